/// Sentences that summarise the statistics of a table.
module internal Sed.Runner.Verdicts

open System
open Sed

// If more rows differ, only the closest and the farthest one are named.
let private mostListed = 6

// The effect, in standard errors, that a two-sided test at 5 % detects with a power of 80 % (1.96 + 0.84; Cohen 1988).
let private detectableEffect = 2.8

/// A sentence on how many times the data is needed to detect, with a power of 80 %, the largest of the insignificant
/// differences.
let private dataNeeded (alike: Comparison list) =
    let times (comparison: Comparison) =
        (detectableEffect * comparison.StandardError / comparison.Gain) ** 2.0
    match alike |> List.filter (fun comparison -> comparison.Gain <> 0.0) with
    | [] -> None
    | differing ->
        let largest = differing |> List.maxBy (fun comparison -> abs comparison.Gain)
        let gain = Text.score (abs largest.Gain)
        let what =
            if alike.Length = 1 then
                $"a difference of {gain}"
            else
                $"the largest of these differences, {gain},"
        match times largest with
        | times when times > 100.0 -> None
        | times -> Some $"Detecting {what} needs about {max 2.0 (ceil times):F0} times the data (80 %% power)."

/// The score of the reference row with its interval, or with the reason why there is none.
let private score (estimate: Estimate) =
    match estimate.Interval with
    | Ok(low, high) when estimate.Trials = 1 ->
        let one =
            if estimate.Folds > 1 then
                "one seed"
            else
                "one training run"
        $"{Text.score estimate.Mean}, 95 %% confidence interval {Text.score low} to {Text.score high} over clips ({one})."
    | Ok(low, high) ->
        $"{Text.score estimate.Mean}, 95 %% confidence interval {Text.score low} to {Text.score high} over clips and training runs."
    | Error why -> $"{Text.score estimate.Mean}. It has no confidence interval: {why}."

/// Sentences on a metric: the reference row's score, the rows that differ significantly from it, and those that do not.
/// `name` maps row labels to the names to print.
let ofMetric (name: string -> string) (statistics: MetricStatistics) =
    match statistics.Reference with
    | None when statistics.Estimates.IsEmpty -> $"{statistics.Metric.Name}: no row has a score yet."
    | None -> $"{statistics.Metric.Name}: no row is better than a constant prediction, so rows are not compared."
    | Some reference ->
        let others = Map.toList statistics.Comparisons
        let rated = [
            for row, comparison in others do
                match comparison.Verdict with
                | Ok(limits, p) -> row, comparison, limits, p
                | Error _ -> ()
        ]
        let alike =
            rated |> List.filter (fun (_, comparison, _, _) -> not comparison.IsSignificant)
        let ofNetworks =
            rated |> List.exists (fun (_, comparison, _, _) -> comparison.IsOfNetworks)
        let named (row, comparison: Comparison, (low, high), p) =
            // Limits of the distance, which is positive also for worse rows.
            let low, high = if comparison.Gain < 0.0 then -high, -low else low, high
            let p = if p < 0.001 then "< 0.001" else "= " + Text.score p
            $"'{name row}' by {Text.score (abs comparison.Gain)} ({Text.score low} to {Text.score high}, p {p})"
        let side sign =
            let rows =
                rated
                |> List.filter (fun (_, comparison, _, _) -> comparison.IsSignificant && sign * comparison.Gain > 0.0)
            if rows.Length <= mostListed then
                Text.andList (List.map named rows), rows.Length
            else
                let distance (_, comparison: Comparison, _, _) = abs comparison.Gain
                $"{rows.Length} rows, from {named (List.minBy distance rows)} to {named (List.maxBy distance rows)}",
                rows.Length
        /// With one repetition per row, the sentence is about networks, not about configurations.
        let sentence word (rows: string, count) =
            match ofNetworks, count with
            | _, 0 -> None
            | false, _ -> Some $"Significantly {word}: {rows}."
            | true, 1 when statistics.ArePooled ->
                Some $"Significantly {word}: {rows}; the networks of these two rows differ on these clips."
            | true, _ when statistics.ArePooled ->
                Some $"Significantly {word}: {rows}; in each pair, the networks of the two rows differ on these clips."
            | true, 1 -> Some $"Significantly {word}: {rows}; these two networks differ on these clips."
            | true, _ -> Some $"Significantly {word}: {rows}; in each pair, the two networks differ on these clips."
        let withoutVerdict =
            [
                for row, comparison in others do
                    match comparison.Verdict with
                    | Error why -> why, row
                    | Ok _ -> ()
            ]
            |> List.groupBy fst
        [
            $"{statistics.Metric.Name}: '{name reference}' has {score statistics.Estimates[reference]}"
            yield! Option.toList (sentence "better" (side 1.0))
            yield! Option.toList (sentence "worse" (side -1.0))
            match alike with
            | [] -> ()
            | _ when alike.Length > 1 && alike.Length = others.Length ->
                $"No other row differs significantly from '{name reference}'."
            | alike ->
                let rows = [ for row, _, _, _ in alike -> $"'{name row}'" ]
                $"Not significantly different: {Text.andList rows}."
            match dataNeeded [ for _, comparison, _, _ in alike -> comparison ] with
            | Some sentence -> sentence
            | None -> ()
            for why, rows in withoutVerdict do
                let rows = [ for _, row in rows -> $"'{name row}'" ]
                $"No comparison with {Text.andList rows}: {why}."
        ]
        |> String.concat " "

/// One or two sentences on the groups of rows that do not differ significantly, by the metric that rows are sorted by.
/// None for other metrics, for which not all pairs of rows are compared.
let ofGroups (name: string -> string) (statistics: MetricStatistics) =
    let better (row, _) =
        let mean = statistics.Estimates[row].Mean
        if statistics.Metric.LowerIsBetter then mean else -mean
    let rows = Map.toList statistics.Letters |> List.sortBy better
    let letters = rows |> List.collect snd |> List.distinct
    let pairs = Text.count (rows.Length * (rows.Length - 1) / 2) "pair"
    let ofNetworks =
        rows |> List.exists (fun (row, _) -> statistics.Estimates[row].Trials = 1)
    let over =
        if ofNetworks then
            let one = if statistics.ArePooled then "one seed" else "one network"
            $"{one} of each row, t-test with a bootstrap over clips"
        else
            "t-test with a bootstrap over clips and training runs"
    let by =
        $"{statistics.Metric.Name}, all pairs of rows compared ({over}, {pairs}, Holm correction, 5 %%)"
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
                $"{letter}: {Text.andList own}"
        ]
        let groups = String.concat "; " groups
        Some $"{by}: rows that share a letter do not differ significantly. {groups}."
