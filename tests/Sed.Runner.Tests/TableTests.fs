module Sed.Runner.Tests.TableTests

open Xunit
open Sed
open Sed.Runner

let private experiment =
    experiment "small" {
        title "Two weights"
        data Soundscapes.smartCars
        vary StrongWeight [ 0.5; 1.0 ]
        alongside "baseline" [ Network mlp ]
        seeds [ 1; 2 ]
        report [ WeakF; StrongER ]
        published "a paper" [ row [ StrongWeight 1.0; WeakWeight 1.0 ] [ WeakF, 0.433 ] ]
    }

let private plan =
    match
        Plan.ofExperiment
            {
                Choices.none with
                    Profile = Some "paper"
            }
            experiment
    with
    | Ok plan -> plan
    | Error problems -> failwith (Problem.printAll "small" problems)

let private result weakF = {
    Specification = ""
    Corpus = ""
    Data = ""
    Classes = 17
    Scores =
        Map [
            for metric in Metric.all -> metric.Name, (if metric = WeakF then weakF else 0.5)
        ]
    Epochs = 3
    BestEpoch = 2
    Parameters = 10L
    Threads = 2
    Device = "cpu"
    History = []
}

let private frame =
    ResultFrame.ofTrials (fun _ -> "nowhere") plan [
        for index, trial in List.indexed plan.Trials -> trial, Finished(result (float index / 10.0))
    ]

[<Fact>]
let ``the frame has a row for each trial and a column for each axis and metric`` () =
    Assert.Equal(6, frame.RowCount)

    Assert.Equal<string>(
        [ "row"; "strong weight"; "seed" ]
        @ [ for metric in Metric.all -> metric.Name ]
        @ [ "epochs"; "best epoch"; "parameters"; "seconds"; "clips per second"; "trial" ],
        frame.ColumnKeys
    )

[<Fact>]
let ``a published cell stands beside the row that it belongs to and no other`` () =
    let cells = [ for variant in plan.Variants -> Plan.published plan variant WeakF ]
    Assert.Equal<float option list>([ None; Some 0.433; None ], cells)
