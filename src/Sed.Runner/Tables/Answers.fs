/// Summarises the statistics of a table: a sentence, and one line for each metric.
module internal Sed.Runner.Answers

open System
open Sed

/// The row with the best score, among those that are better than a constant prediction.
let bestOf (statistics: MetricStatistics) =
    let candidates =
        statistics.Estimates
        |> Map.toList
        |> List.filter (fun (row, _) -> not (statistics.Constant.Contains row))
    match candidates with
    | [] -> None
    | _ when statistics.Metric.LowerIsBetter -> Some(candidates |> List.minBy (fun (_, own) -> own.Mean))
    | _ -> Some(candidates |> List.maxBy (fun (_, own) -> own.Mean))

/// Numbers of rows by their comparison with the reference row: significantly better, significantly worse, not significantly
/// different, and not compared.
type private Counts = {
    Better: int
    Worse: int
    Alike: int
    Unknown: int
}

let private counts (statistics: MetricStatistics) =
    let comparisons = statistics.Comparisons |> Map.values |> Seq.toList
    let count is =
        comparisons |> List.filter is |> List.length
    {
        Better = count (fun own -> own.IsSignificant && own.Gain > 0.0)
        Worse = count (fun own -> own.IsSignificant && own.Gain < 0.0)
        Alike = count (fun own -> own.Verdict.IsOk && not own.IsSignificant)
        Unknown = count _.Verdict.IsError
    }

/// The reference rows of the metrics in which the best row is not the reference row.
let private namedReference (statistics: MetricStatistics list) =
    statistics
    |> List.choose (fun own ->
        match own.Reference, bestOf own with
        | Some reference, Some(best, _) when reference <> best -> Some reference
        | _ -> None)
    |> List.distinct

/// One line for each metric: the best row with its interval, and how many rows differ significantly. `name` maps row
/// labels to the names to print.
let view (name: string -> string) (statistics: MetricStatistics list) : TableView =
    let counted = [ for own in statistics -> own, counts own ]
    let any pick =
        counted |> List.exists (fun (_, counts) -> pick counts > 0)
    let isCompared = statistics |> List.exists (fun own -> not own.Comparisons.IsEmpty)
    let references = namedReference statistics
    let hasBetter = isCompared && (any _.Better || not references.IsEmpty)
    let hasUnknown = any _.Unknown
    let reasons =
        [
            for own in statistics do
                match bestOf own with
                | Some(_, { Interval = Error why }) -> why, own.Metric.Name
                | _ -> ()
        ]
        |> List.groupBy fst
        |> List.map (fun (why, metrics) ->
            let names = Text.andList (List.map snd metrics)
            $"No interval for {names}: {why}.")
    {
        TableView.Plain with
            Headings = [
                Heading.TextColumn "metric"
                Heading.TextColumn "best row"
                Heading.NumberColumn "value"
                Heading.NumberColumn "95 % interval"
                if hasBetter then
                    Heading.NumberColumn "better"
                if isCompared then
                    Heading.NumberColumn "worse"
                    Heading.NumberColumn "≈"
                if hasUnknown then
                    Heading.NumberColumn "not compared"
            ]
            Rows = [
                for own, counts in counted do
                    [
                        own.Metric.Name + (if own.Metric.LowerIsBetter then " ↓" else "")
                        match bestOf own with
                        | None ->
                            "none is better than a constant prediction"
                            "-"
                            "-"
                        | Some(row, estimate) ->
                            name row
                            Text.score estimate.Mean
                            match Result.toOption estimate.Interval with
                            | Some(low, high) -> $"{Text.score low} to {Text.score high}"
                            | None -> "-"
                        if hasBetter then
                            string counts.Better
                        if isCompared then
                            string counts.Worse
                            string counts.Alike
                        if hasUnknown then
                            string counts.Unknown
                    ]
            ]
            Notes = [
                if isCompared then
                    let words =
                        if hasBetter then
                            "better, worse, ≈: number of rows that are significantly better, significantly worse or not significantly different"
                        else
                            "worse, ≈: number of rows that are significantly worse or not significantly different"
                    let reference =
                        match references with
                        | [] -> "the best row"
                        | [ only ] -> $"'{name only}'"
                        | _ -> "the reference row (*)"
                    $"{words}, compared with {reference} (5 %%, corrected for multiple comparisons)."
                yield! reasons
            ]
    }

let private rows count = Text.count count "other row"

/// Whether some compared rows have only one repetition each, so that their comparison is between networks, not between
/// configurations.
let private isOfNetworks (statistics: MetricStatistics) =
    statistics.Comparisons
    |> Map.values
    |> Seq.exists (fun own -> own.IsOfNetworks && own.Verdict.IsOk)

/// A sentence on the difference between the best row and the reference row.
let private toReference (name: string -> string) best reference (statistics: MetricStatistics) =
    match Map.tryFind best statistics.Comparisons with
    | Some({ Verdict = Ok((low, high), _) } as own) ->
        let verdict =
            if own.IsSignificant then
                "significant"
            else
                "not significant"
        $" The difference from the reference row, '{name reference}', is {Text.score (abs own.Gain)} ({Text.score low} to {Text.score high}), which is {verdict}."
    | _ -> $" It could not be compared with the reference row, '{name reference}'."

/// A sentence on how many rows differ significantly from the reference row.
let private others counts all =
    let parts =
        [
            counts.Better, "is significantly better", "are significantly better"
            counts.Worse, "is significantly worse", "are significantly worse"
            counts.Alike, "does not differ significantly", "do not differ significantly"
        ]
        |> List.filter (fun (count, _, _) -> count > 0)
        |> List.mapi (fun index (count, one, several) ->
            let subject = if index = 0 then Text.count count "row" else string count
            $"{subject} {if count = 1 then one else several}")
    if all = 1 then
        ""
    elif counts.Alike = all then
        " No other row differs significantly from the reference row either."
    else
        $" Compared with the reference row, {Text.andList parts}."

/// A sentence on the row with the second-best score. Empty if there is no such row.
let private second (name: string -> string) best (statistics: MetricStatistics) =
    let others = {
        statistics with
            Estimates = Map.remove best statistics.Estimates
    }
    match bestOf others with
    | Some(row, estimate) -> $" It is followed by '{name row}' with {Text.score estimate.Mean}."
    | None -> ""

let private comparison (name: string -> string) best (statistics: MetricStatistics) =
    let counts = counts statistics
    let all = statistics.Comparisons.Count
    match statistics.Reference with
    | _ when all = 0 -> ""
    | _ when counts.Unknown = all -> " It could not be compared with the other rows."
    | Some reference when reference <> best -> toReference name best reference statistics + others counts all
    | _ when counts.Worse = all && all > 1 -> $" All {rows all} are significantly worse."
    | _ when counts.Worse = all -> " The other row is significantly worse."
    | _ when counts.Alike = all && all = 1 -> $" The other row does not differ significantly from '{name best}'."
    | _ when counts.Alike = all -> $" No other row differs significantly from '{name best}'."
    | _ ->
        let worse = if counts.Worse = 1 then "is" else "are"
        let alike = if counts.Alike = 1 then "does" else "do"
        $" {counts.Worse} of the {rows all} {worse} significantly worse; {counts.Alike} {alike} not differ significantly."

/// The answer to the experiment's question in a few sentences, by the metric that rows are sorted by or, if rows are
/// not sorted, by the first metric.
let sentence (name: string -> string) (sorted: Metric option) (statistics: MetricStatistics list) =
    let chosen =
        statistics
        |> List.tryFind (fun own -> Some own.Metric = sorted)
        |> Option.orElse (List.tryHead statistics)
    match chosen with
    | None -> "No metric is reported."
    | Some own when own.Estimates.IsEmpty -> "No row has a score yet."
    | Some own ->
        match bestOf own with
        | None -> $"No row is better than a constant prediction in {own.Metric.Name}."
        | Some(best, estimate) ->
            let within =
                match Result.toOption estimate.Interval with
                | Some(low, high) -> $" (95 %% confidence interval {Text.score low} to {Text.score high})"
                | None -> ""
            let word = if own.Metric.LowerIsBetter then "lowest" else "highest"
            let has =
                if own.Estimates.Count = 1 then
                    $"'{name best}' has {own.Metric.Name} {Text.score estimate.Mean}{within}."
                else
                    $"'{name best}' has the {word} {own.Metric.Name}, {Text.score estimate.Mean}{within}."
            let caution =
                if not (isOfNetworks own) then
                    ""
                elif own.ArePooled then
                    " Each row has the networks of one seed, so this does not compare the configurations."
                else
                    " Each row is one trained network, so this does not compare the configurations."
            let next =
                if own.Reference = Some best then
                    second name best own
                else
                    ""
            has + next + comparison name best own + caution
