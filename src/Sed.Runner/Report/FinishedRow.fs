namespace Sed.Runner

open System
open Sed

/// A row of the table with at least one complete repetition.
type internal FinishedRow = {
    Series: Series
    Repetitions: Repetition list
    /// The repetition in which the early-stopping criterion reaches the highest value. For pooled folds, the highest
    /// values of the folds are averaged.
    Best: Repetition
} with

    /// The trials of all repetitions.
    member row.Trials = row.Repetitions |> List.collect _.Trials

module internal FinishedRow =
    /// The highest value of the early-stopping criterion in a trial.
    let monitor (result: TrialResult) =
        result.History
        |> List.map _.Monitor
        |> List.filter Double.IsFinite
        |> List.fold max -infinity

    let private mean (trials: FinishedTrial list) =
        trials |> List.averageBy (_.Result >> monitor)

    /// Every row with a complete repetition, in the order of the table. The index of the colour is the position of the
    /// row among all rows, including incomplete ones.
    let all (plan: Plan) (repetitions: Repetition list) = [
        for colour, (variant, name) in List.indexed (List.zip plan.Variants (Variant.names plan.Variants)) do
            let own = repetitions |> List.filter (fun one -> one.Variant = variant)
            if not own.IsEmpty then
                {
                    Series = { Name = name; Colour = colour }
                    Repetitions = own
                    Best = own |> List.maxBy (_.Trials >> mean)
                }
    ]

    /// The row with the highest value of `monitor`, averaged over the trials of the row.
    let best (rows: FinishedRow list) = rows |> List.maxBy (_.Trials >> mean)

    /// The best trial of a row's best repetition, by the early-stopping criterion.
    let bestTrial (row: FinishedRow) =
        row.Best.Trials |> List.maxBy (_.Result >> monitor)

    /// The word for a repetition in sentences: "seed" if folds are pooled, otherwise "trial".
    let repetition (rows: FinishedRow list) =
        if rows |> List.exists _.Best.IsPooled then
            "seed"
        else
            "trial"
