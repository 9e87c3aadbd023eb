// An experiment's plan, as somebody has it who installed the packages.
open Sed

let experiments = [
    experiment "dropout" {
        data Soundscapes.smartCars
        vary Dropout [ 0.05; 0.25 ]
        seeds [ 1..3 ]
        report [ WeakF; StrongF ]
    }
]

let planned = Plan.ofExperiments Choices.none experiments
printfn $"%A{planned |> List.map (Result.map _.Trials.Length)}"
exit (if planned |> List.forall Result.isOk then 0 else 1)
