/// Sentences that summarise the statistics of a table.
module internal Sed.Runner.Verdicts

open System
open Sed

let private number (value: float) =
    value.ToString("F3", Globalization.CultureInfo.InvariantCulture)

let private andList (words: string list) =
    match List.rev words with
    | [] -> ""
    | [ only ] -> only
    | last :: others -> (others |> List.rev |> String.concat ", ") + " and " + last

// If more rows differ, only the closest and the farthest one are named.
let private mostListed = 6

// The effect, in standard errors, that a two-sided test at 5 % detects with a power of 80 % (1.96 + 0.84; Cohen 1988).
let private detectableEffect = 2.8

/// A sentence on how much more data would detect the largest of the insignificant differences with a power of 80 %.
let private dataNeeded (alike: Comparison list) =
    let times (comparison: Comparison) =
        let standardError = (comparison.High - comparison.Low) / (2.0 * 1.96)
        (detectableEffect * standardError / comparison.Gain) ** 2.0
    match alike |> List.filter (fun comparison -> comparison.Gain <> 0.0) with
    | [] -> None
    | differing ->
        let largest = differing |> List.maxBy (fun comparison -> abs comparison.Gain)
        let gain = number (abs largest.Gain)
        let what =
            if alike.Length = 1 then
                $"a difference of {gain}"
            else
                $"the largest of these differences, {gain},"
        match times largest with
        | times when times > 100.0 -> None
        | times -> Some $"Detecting {what} needs about {max 2.0 (ceil times):F0} times the data (80 %% power)."

/// One or two sentences on a metric: the reference row's score, and the rows that differ significantly from it. `name` maps row
/// labels to the names to print.
let ofMetric (name: string -> string) (statistics: MetricStatistics) =
    match statistics.Reference with
    | None when statistics.Estimates.IsEmpty -> $"{statistics.Metric.Name}: no trial has finished."
    | None -> $"{statistics.Metric.Name}: no row is better than a constant prediction, so rows are not compared."
    | Some reference ->
        let estimate = statistics.Estimates[reference]
        let others = Map.toList statistics.Comparisons
        let alike =
            others |> List.filter (fun (_, comparison) -> not comparison.IsSignificant)
        let named (row, comparison: Comparison) =
            let sign = if comparison.IsAtFloor then "≤" else "="
            let low, high =
                min (abs comparison.Low) (abs comparison.High), max (abs comparison.Low) (abs comparison.High)
            $"'{name row}' by {number (abs comparison.Gain)} ({number low} to {number high}, p {sign} {number comparison.Adjusted})"
        let side sign =
            let rows =
                others
                |> List.filter (fun (_, comparison) -> comparison.IsSignificant && sign * comparison.Gain > 0.0)
            if rows.Length <= mostListed then
                andList (List.map named rows)
            else
                let near, far =
                    rows |> List.minBy (fun (_, comparison) -> abs comparison.Gain),
                    rows |> List.maxBy (fun (_, comparison) -> abs comparison.Gain)
                $"{rows.Length} rows, from {named near} to {named far}"
        [
            $"{statistics.Metric.Name}: '{name reference}' has {number estimate.Mean}, "
            + $"95 %% confidence interval {number estimate.Low} to {number estimate.High}."
            match side 1.0 with
            | "" -> ()
            | better -> $"Significantly better: {better}."
            match side -1.0 with
            | "" -> ()
            | worse -> $"Significantly worse: {worse}."
            match alike with
            | [] -> ()
            | _ when alike.Length > 1 && alike.Length = others.Length -> "No other row differs significantly from it."
            | alike ->
                let rows = [ for row, _ in alike -> $"'{name row}'" ]
                $"Not significantly different: {andList rows}."
            match dataNeeded (List.map snd alike) with
            | Some sentence -> sentence
            | None -> ()
        ]
        |> String.concat " "

/// One or two sentences on the groups of rows that do not differ significantly by the metric that rows are sorted by. None if
/// not all pairs of rows were compared.
let ofGroups (name: string -> string) (statistics: MetricStatistics) =
    let better (row, _) =
        let mean = statistics.Estimates[row].Mean
        if statistics.Metric.LowerIsBetter then mean else -mean
    let rows = Map.toList statistics.Letters |> List.sortBy better
    let letters = rows |> List.collect snd |> List.distinct
    let pairs = Text.count (rows.Length * (rows.Length - 1) / 2) "pair"
    let by =
        $"{statistics.Metric.Name}, all pairs of rows compared (paired bootstrap over clips and trials, {pairs}, Holm correction, 5 %%)"
    let isAlone = rows |> List.forall (fun (_, own) -> own.Length = 1)
    match rows, letters with
    | ([] | [ _ ]), _ -> None
    | _, [ _ ] -> Some $"{by}: no two rows differ significantly."
    | _ when letters.Length = rows.Length && isAlone -> Some $"{by}: all rows differ significantly."
    | _ when letters.Length > mostListed -> Some $"{by}: rows that share a letter do not differ significantly."
    | _ ->
        let groups = [
            for letter in letters do
                let own = [
                    for row, own in rows do
                        if List.contains letter own then
                            $"'{name row}'"
                ]
                $"{letter}: {andList own}"
        ]
        let groups = String.concat "; " groups
        Some $"{by}: rows that share a letter do not differ significantly. {groups}."
