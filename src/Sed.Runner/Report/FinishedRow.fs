namespace Sed.Runner

open System
open Sed
open Sed.Core.Annotations

/// A row of the table with at least one finished trial.
type internal FinishedRow = {
    Series: Series
    Trials: (Trial * TrialResult) list
    /// The best trial by the early-stopping criterion at its best epoch.
    Best: Trial * TrialResult
}

module internal FinishedRow =
    /// The best value of the early-stopping criterion.
    let monitor (result: TrialResult) =
        result.History
        |> List.map _.Monitor
        |> List.filter Double.IsFinite
        |> List.fold max -infinity

    /// Every row with a finished trial, in the table's order. Colours depend on the order of all rows, finished or not.
    let ofStates (plan: Plan) (states: (Trial * TrialState) list) = [
        for colour, (variant, name) in List.indexed (List.zip plan.Variants (Variant.names plan.Variants)) do
            let finished = [
                for trial, state in states do
                    match state with
                    | Finished result when trial.Variant = variant -> trial, result
                    | _ -> ()
            ]
            if not finished.IsEmpty then
                {
                    Series = { Name = name; Colour = colour }
                    Trials = finished
                    Best = finished |> List.maxBy (snd >> monitor)
                }
    ]

    /// The best row by the early-stopping criterion, averaged over its trials.
    let best (rows: FinishedRow list) =
        rows |> List.maxBy (fun row -> row.Trials |> List.averageBy (snd >> monitor))
