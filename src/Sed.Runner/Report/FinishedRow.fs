namespace Sed.Runner

open System
open Sed
open Sed.Core.Annotations

/// A row of the table with its finished trials, as figures show it.
type internal FinishedRow = {
    Series: Series
    Trials: (Trial * TrialResult) list
    /// The trial whose best epoch was the best by what early stopping watches.
    Best: Trial * TrialResult
}

module internal FinishedRow =
    /// What early stopping watches, at its best.
    let monitor (result: TrialResult) =
        result.History
        |> List.map _.Monitor
        |> List.filter Double.IsFinite
        |> List.fold max -infinity

    /// Every row that has a finished trial, in the table's order; a row keeps its colour when another one has none.
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

    /// The row that early stopping's criterion finds best, averaged over its trials.
    let best (rows: FinishedRow list) =
        rows |> List.maxBy (fun row -> row.Trials |> List.averageBy (snd >> monitor))
