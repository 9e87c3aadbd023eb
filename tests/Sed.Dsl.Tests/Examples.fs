module Sed.Dsl.Tests.Examples

open Sed

/// A small valid experiment.
let small =
    experiment "small" {
        title "Two weights"
        data Soundscapes.smartCars
        clips 40 20 10
        network (crnn { dropout 0.15 })
        train (training { epochs 3 })
        vary StrongWeight [ 0.5; 1.0 ]
        addRow "baseline MLP" [ Network mlp; WeakWeight 0.0 ]
        seeds [ 1; 2 ]
        report [ WeakF; StrongER ]
        profile "quick" [ 7 ] [ Epochs 1 ]
    }

/// A valid experiment with as few settings as possible.
let bare = {
    Experiment.named "bare" with
        Data = Some SmartCars
        Seeds = [ 1 ]
        Report = [ WeakF ]
}

let plan choices experiment =
    match Plan.ofExperiment choices experiment with
    | Ok plan -> plan
    | Error problems -> failwith (Problem.printAll experiment.Name problems)

let problems experiment =
    match Plan.ofExperiment Choices.none experiment with
    | Ok _ -> []
    | Error problems -> List.map Problem.print problems
