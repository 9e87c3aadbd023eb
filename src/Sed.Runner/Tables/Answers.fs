/// What statistics say, in sentences.
module internal Sed.Runner.Answers

open System
open Sed

let private number (value: float) =
    value.ToString("F3", Globalization.CultureInfo.InvariantCulture)

let private andList (words: string list) =
    match List.rev words with
    | [] -> ""
    | [ only ] -> only
    | last :: others -> (others |> List.rev |> String.concat ", ") + " and " + last

// More than so many are told by their first and their last: the table has the others.
let private mostListed = 6

// What separates a two-sided 5 % from a power of 80 %, in standard errors (1.96 + 0.84; Cohen 1988).
let private separation = 2.8

/// How many times the clips and trials would tell the largest of the differences that were not told, four times in five.
let private whatItWouldTake (alike: Comparison list) =
    let times (comparison: Comparison) =
        let standardError = (comparison.High - comparison.Low) / (2.0 * 1.96)
        (separation * standardError / comparison.Gain) ** 2.0
    match alike |> List.filter (fun comparison -> comparison.Gain <> 0.0) with
    | [] -> None
    | differing ->
        let largest = differing |> List.maxBy (fun comparison -> abs comparison.Gain)
        let gain = number (abs largest.Gain)
        let what =
            if alike.Length = 1 then
                $"A difference of {gain}"
            else
                $"The largest of these differences, {gain},"
        match times largest with
        | times when times > 100.0 -> None
        | times ->
            Some
                $"{what} would take some {max 2.0 (ceil times):F0} times as many clips and trials to be told (power 80 %%)."

/// What a metric's statistics say, in a sentence or two, with the names that rows have there.
let ofMetric (name: string -> string) (statistics: MetricStatistics) =
    match statistics.Reference with
    | None when statistics.Estimates.IsEmpty -> $"{statistics.Metric.Name}: no trial has finished."
    | None ->
        $"{statistics.Metric.Name}: no row that others could be compared with is better than the same answer for every clip."
    | Some reference ->
        let estimate = statistics.Estimates[reference]
        let others = Map.toList statistics.Comparisons
        let alike =
            others |> List.filter (fun (_, comparison) -> not comparison.IsDistinguishable)
        let named (row, comparison: Comparison) =
            let sign = if comparison.IsAtFloor then "≤" else "="
            let low, high =
                min (abs comparison.Low) (abs comparison.High), max (abs comparison.Low) (abs comparison.High)
            $"'{name row}' by {number (abs comparison.Gain)} ({number low} to {number high}, p {sign} {number comparison.Adjusted})"
        let side sign =
            let rows =
                others
                |> List.filter (fun (_, comparison) -> comparison.IsDistinguishable && sign * comparison.Gain > 0.0)
            if rows.Length <= mostListed then
                andList (List.map named rows)
            else
                let near, far =
                    rows |> List.minBy (fun (_, comparison) -> abs comparison.Gain),
                    rows |> List.maxBy (fun (_, comparison) -> abs comparison.Gain)
                $"{rows.Length} rows, from {named near} to {named far}"
        [
            $"{statistics.Metric.Name}: '{name reference}' has {number estimate.Mean}, "
            + $"95 %% interval {number estimate.Low} to {number estimate.High}."
            match side 1.0 with
            | "" -> ()
            | better -> $"Better: {better}."
            match side -1.0 with
            | "" -> ()
            | worse -> $"Worse: {worse}."
            match alike with
            | [] -> ()
            | _ when alike.Length > 1 && alike.Length = others.Length -> "No other row is distinguishable from it."
            | alike ->
                let rows = [ for row, _ in alike -> $"'{name row}'" ]
                $"Not distinguishable from it: {andList rows}."
            match whatItWouldTake (List.map snd alike) with
            | Some sentence -> sentence
            | None -> ()
        ]
        |> String.concat " "

/// Which rows cannot be told apart by the metric that they are sorted by, in a sentence or two; nothing where rows were not
/// compared with each other.
let ofGroups (name: string -> string) (statistics: MetricStatistics) =
    let better (row, _) =
        let mean = statistics.Estimates[row].Mean
        if statistics.Metric.LowerIsBetter then mean else -mean
    let rows = Map.toList statistics.Letters |> List.sortBy better
    let letters = rows |> List.collect snd |> List.distinct
    let pairs = Text.count (rows.Length * (rows.Length - 1) / 2) "pair"
    let by =
        $"By {statistics.Metric.Name}, each row compared with each (paired bootstrap over clips and trials, {pairs}, Holm, 5 %%)"
    let isAlone = rows |> List.forall (fun (_, own) -> own.Length = 1)
    match rows, letters with
    | ([] | [ _ ]), _ -> None
    | _, [ _ ] -> Some $"{by}, no two rows can be told apart."
    | _ when letters.Length = rows.Length && isAlone -> Some $"{by}, every row can be told from every other."
    | _ when letters.Length > mostListed -> Some $"{by}, rows that share a letter cannot be told apart."
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
        Some $"{by}, rows that share a letter cannot be told apart. {groups}."
