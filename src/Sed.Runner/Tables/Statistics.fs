/// How sure a table is: intervals over clips, deviations over trials, and whether rows differ.
namespace Sed.Runner

open System
open System.Collections.Generic
open System.Collections.Immutable
open Sed
open Sed.Core.Metrics.Counts
open Sed.Core.Metrics.Uncertainty
open Sed.Core.Runtime
open Sed.Core.Training

/// A row's score.
type Estimate = {
    Mean: float
    /// Of the sample of trials; None for one trial.
    Deviation: float option
    /// Trials behind the mean: seeds, and folds.
    Trials: int
    /// The interval of 95 % over clips and trials.
    Low: float
    High: float
}

/// A row's score less that of the row it is compared with, on the same clips.
type Comparison = {
    /// Above 0 where the row is better, whichever way the metric runs.
    Gain: float
    Low: float
    High: float
    /// Two-sided, of the paired bootstrap.
    P: float
    /// The same, corrected for the number of rows that are compared (Holm 1979).
    Adjusted: float
} with

    /// Whether chance alone is an unlikely cause, at 5 %.
    member comparison.IsDistinguishable = comparison.Adjusted <= 0.05

/// One metric of a table.
type MetricStatistics = {
    Metric: Metric
    /// By the rows' labels; a row without a finished trial is missing.
    Estimates: Map<string, Estimate>
    /// The row that the others are compared with.
    Reference: string option
    /// By the labels of the other rows.
    Comparisons: Map<string, Comparison>
    /// The rows that are no better than an answer which is the same for every clip; nothing is compared with them.
    Constant: Set<string>
}

module internal Statistics =
    // Resamples; p cannot be below 2 in so many.
    let private resamples = 2000
    let private options = BootstrapOptions(Resamples = resamples)

    /// Tells a draw of clips from others.
    let private drawOf (clips: int array) =
        clips |> Array.fold (fun hash weight -> hash * 31L + int64 weight) 17L

    /// How often each of a row's trials stands in a resample of the clips: once in the corpus as it is, else as drawn. It
    /// depends on the row and on the clips that were drawn, so a row has the same draws in every comparison.
    let private trialWeights (row: string) (trials: int) (clips: int array) =
        if trials = 1 || clips |> Array.forall ((=) 1) then
            Array.create trials 1
        else
            let random = RandomSource.For(drawOf clips, "trials", row)
            let weights = Array.zeroCreate trials
            for _ in 1..trials do
                let drawn = random.Next trials
                weights[drawn] <- weights[drawn] + 1
            weights

    /// The metrics of a row on weighted clips: means over its trials. Each draw is scored once, however often it is asked for.
    let private measured (metrics: Metric list) row (trials: ClipCounts list) =
        let weighted = [| for counts in trials -> counts.Weighted() |]
        let known = Dictionary<int64, IReadOnlyList<Measure>>()
        let measure (clips: int array) =
            let trialWeights = trialWeights row weighted.Length clips
            let scores = [|
                for index in 0 .. weighted.Length - 1 do
                    if trialWeights[index] > 0 then
                        weighted[index] clips, float trialWeights[index]
            |]
            let all = Array.sumBy snd scores
            [|
                for metric in metrics ->
                    let sum =
                        scores
                        |> Array.sumBy (fun (scores: Scores, weight) -> weight * Translate.score scores metric)
                    Measure(metric.Name, Rate.op_Implicit (sum / all))
            |]
        fun (clips: int array) ->
            let draw = drawOf clips
            match known.TryGetValue draw with
            | true, found -> found
            | _ ->
                let found = measure clips :> IReadOnlyList<Measure>
                known[draw] <- found
                found

    /// p-values corrected for their number, step down (Holm 1979).
    let holm (values: (string * float) list) =
        let count = values.Length
        values
        |> List.sortBy snd
        |> List.indexed
        |> List.scan
            (fun (_, highest) (index, (name, p)) -> name, max highest (min 1.0 (float (count - index) * p)))
            ("", 0.0)
        |> List.tail
        |> Map.ofList

    let private deviation (values: float list) =
        match values with
        | []
        | [ _ ] -> None
        | _ ->
            let mean = List.average values
            let squares = values |> List.sumBy (fun value -> (value - mean) ** 2.0)
            Some(sqrt (squares / float (values.Length - 1)))

    let private estimates (metrics: Metric list) (trials: ClipCounts list) measured =
        let clips = trials.Head.Clips.Length
        let once = Array.create clips 1
        let perTrial = [ for counts in trials -> counts.Weighted () once ]
        let intervals: ImmutableArray<Interval> =
            Bootstrap.Intervals(clips, Func<_, _> measured, options)
        [
            for metric, interval in Seq.zip metrics intervals ->
                let values = [ for scores in perTrial -> Translate.score scores metric ]
                {
                    Mean = interval.Value.Value
                    Deviation = deviation values
                    Trials = trials.Length
                    Low = interval.Low.Value
                    High = interval.High.Value
                }
        ]

    /// Gain, its interval and p-value of each metric.
    let private compare (metrics: Metric list) clips measured reference = [
        let differences: ImmutableArray<PairedDifference> =
            Bootstrap.Differences(clips, Func<_, _> reference, Func<_, _> measured, options)
        for metric, difference in Seq.zip metrics differences do
            let low, high = difference.Low.Value, difference.High.Value
            if metric.LowerIsBetter then
                -difference.Difference.Value, -high, -low, difference.PValue.Value
            else
                difference.Difference.Value, low, high, difference.PValue.Value
    ]

    /// The statistics of some metrics over rows, each with its label and finished trials. Rows are compared with the named
    /// one, or else with the best. Rows that were scored on other clips are not compared, and none is compared with a row
    /// whose mean is that of a constant answer.
    let ofRows
        (isConstant: string -> Metric -> float -> bool)
        (metrics: Metric list)
        (against: string option)
        (rows: (string * ClipCounts list) list)
        = [
        let rows = [
            for row, trials in rows do
                if not trials.IsEmpty then
                    row, trials, measured metrics row trials
        ]
        let all = [ for row, trials, measured in rows -> row, estimates metrics trials measured ]
        for index, metric in List.indexed metrics do
            let own = [ for row, estimates in all -> row, List.item index estimates ]
            let constant =
                Set [
                    for row, estimate in own do
                        if isConstant row metric estimate.Mean then
                            row
                ]
            let candidates = own |> List.filter (fun (row, _) -> not (constant.Contains row))
            let reference =
                match against with
                | Some label when List.exists (fst >> (=) label) own ->
                    if constant.Contains label then None else Some label
                | _ when candidates.IsEmpty -> None
                | _ ->
                    let rank (_, estimate: Estimate) =
                        if metric.LowerIsBetter then
                            -estimate.Mean
                        else
                            estimate.Mean
                    Some(fst (List.maxBy rank candidates))
            let compared =
                match reference with
                | None -> []
                | Some label ->
                    let _, trials, reference = rows |> List.find (fun (row, _, _) -> row = label)
                    let clips = trials.Head.Clips
                    [
                        for row, others, measured in rows do
                            if row <> label && others.Head.Clips = clips then
                                row, List.item index (compare metrics clips.Length measured reference)
                    ]
            let adjusted = holm [ for row, (_, _, _, p) in compared -> row, p ]
            {
                Metric = metric
                Estimates = Map own
                Reference = reference
                Comparisons =
                    Map [
                        for row, (gain, low, high, p) in compared ->
                            row,
                            {
                                Gain = gain
                                Low = low
                                High = high
                                P = p
                                Adjusted = adjusted[row]
                            }
                    ]
                Constant = constant
            }
    ]

    let private number (value: float) =
        value.ToString("F3", Globalization.CultureInfo.InvariantCulture)

    let private andList (words: string list) =
        match List.rev words with
        | [] -> ""
        | [ only ] -> only
        | last :: others -> (others |> List.rev |> String.concat ", ") + " and " + last

    /// What a metric's statistics say, in a sentence or two, with the names that rows have there.
    let inWords (name: string -> string) (statistics: MetricStatistics) =
        match statistics.Reference with
        | None when statistics.Estimates.IsEmpty -> $"{statistics.Metric.Name}: no trial has finished."
        | None ->
            $"{statistics.Metric.Name}: no row that others could be compared with is better than the same answer for every clip."
        | Some reference ->
            let estimate = statistics.Estimates[reference]
            let others = Map.toList statistics.Comparisons
            let alike = [
                for row, comparison in others do
                    if not comparison.IsDistinguishable then
                        $"'{name row}'"
            ]
            let named (row, comparison: Comparison) =
                $"'{name row}' by {number (abs comparison.Gain)} (p = {number comparison.Adjusted})"
            let side sign = [
                for row, comparison in others do
                    if comparison.IsDistinguishable && sign * comparison.Gain > 0.0 then
                        named (row, comparison)
            ]
            [
                $"{statistics.Metric.Name}: '{name reference}' has {number estimate.Mean}, "
                + $"95 %% interval {number estimate.Low} to {number estimate.High}."
                match side 1.0 with
                | [] -> ()
                | better -> $"Better: {andList better}."
                match side -1.0 with
                | [] -> ()
                | worse -> $"Worse: {andList worse}."
                match alike with
                | [] -> ()
                | _ when alike.Length > 1 && alike.Length = others.Length -> "No other row is distinguishable from it."
                | alike -> $"Not distinguishable from it: {andList alike}."
            ]
            |> String.concat " "
