/// Notes below a table: what its columns and marks mean.
module internal Sed.Runner.TableNotes

open System
open Sed

/// Definitions of the metrics and of ±.
let definitions (plan: Plan) (statistics: MetricStatistics list) = [
    let all = [ for { Metric = metric } in statistics -> $"{metric.Name}: {metric.Summary}" ]
    String.concat "; " all + "."
    let hasDeviation own =
        own.Estimates |> Map.values |> Seq.exists _.Deviation.IsSome
    if statistics |> List.exists hasDeviation then
        let over =
            if plan.Experiment.Folds > 0 && not (Repetition.arePooled plan) then
                "seeds and folds"
            else
                "seeds"
        $"±: standard deviation over {over}. Intervals also account for the variation between clips and for the small number of {over}, so they can be much wider."
]

/// The marks of comparisons with the reference row.
let comparisonLegend (plan: Plan) (statistics: MetricStatistics list) =
    if statistics |> List.forall (fun statistics -> statistics.Comparisons.IsEmpty) then
        []
    else
        let star, family =
            match plan.Experiment.Against with
            | Some row when statistics |> List.exists _.Constant.Contains(row) ->
                $"*: reference row ({row}; for metrics in which it is no better than a constant prediction, the best row)",
                "Holm correction"
            | Some row when statistics |> List.exists _.Estimates.ContainsKey(row) ->
                $"*: reference row ({row})", "Holm correction"
            | _ -> "*: best row", "Holm correction for all pairs of rows"
        let compared = [
            for own in statistics do
                for KeyValue(row, comparison) in own.Comparisons do
                    if not (own.Constant.Contains row) then
                        comparison
        ]
        let ofNetworks = compared |> List.exists _.IsOfNetworks
        let over = if ofNetworks then "clips" else "clips and training runs"
        let reasons =
            compared
            |> List.choose (fun comparison ->
                match comparison.Verdict with
                | Error why -> Some why
                | Ok _ -> None)
            |> List.distinct
        [
            $"{star}. ≈: does not differ significantly from it at 5 %% (the test accounts for {over}; {family})."
            if ofNetworks then
                let one, networks =
                    if statistics |> List.exists _.ArePooled then
                        "one seed", "the networks of two seeds"
                    else
                        "one trial", "two networks"
                $"Rows with {one}: a row without a mark differs significantly from the reference row on these clips. This compares {networks}; further training runs with the same settings may not differ."
            if not reasons.IsEmpty then
                $"""?: could not be compared, because {String.concat "; or " reasons}."""
        ]

/// Notes on how folds are scored. Empty if no row pools the held-out clips of its folds.
let pooledFolds (plan: Plan) (states: (Trial * TrialState) list) = [
    let pooled = plan.Variants |> List.filter (Repetition.isPooledRow plan)
    if not pooled.IsEmpty then
        let rows =
            if Repetition.arePooled plan then
                ""
            else
                " of rows that are scored on validation clips"
        $"The folds of a seed{rows} are scored together: every clip is scored once, by the network that was trained without it."
        let rankings = plan.Experiment.Report |> List.filter (_.IsOfDecisions >> not)
        if not rankings.IsEmpty then
            let names = Text.andList [ for metric in rankings -> metric.Name ]
            $"{names}: computed from the probabilities of all folds together, which are from different networks."
        if
            pooled
            |> List.exists (fun variant -> Repetition.pools plan variant states |> List.exists Repetition.isIncomplete)
        then
            "Incomplete: seeds of which only some folds are finished. A seed is scored when all of its folds are finished."
]

/// The scores of the best constant prediction, and the mark of rows that are no better.
let constantLegend (bounds: ConstantPredictions.Bounds) (statistics: MetricStatistics list) idle = [
    let best =
        [
            for { Metric = metric } in statistics do
                match Map.tryFind metric.Name bounds with
                | Some bound -> $"{metric.Name} {Text.score bound}"
                | None -> ()
        ]
        |> String.concat ", "
    if not idle && statistics |> List.forall _.Constant.IsEmpty then
        if best <> "" then
            $"The best constant prediction, which predicts the same classes for every clip, has {best}."
    else
        let best = if best = "" then "" else $"; the best one has {best}"
        "○: no better than a constant prediction, which predicts the same classes for every clip (none, the most frequent or all"
        + $"{best}). A row with this mark is not used as the reference row."
    if idle then
        "Learnt nothing: no better than a constant prediction in any metric, for example because training diverged or was too short."
]
