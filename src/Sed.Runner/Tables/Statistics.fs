namespace Sed.Runner

open System
open System.Collections.Generic
open MathNet.Numerics.Statistics
open Sed
open Sed.Core.Metrics.Counts
open Sed.Core.Metrics.Uncertainty
open Sed.Core.Runtime
open Sed.Core.Scoring

/// A row's score by one metric.
type Estimate = {
    Mean: float
    /// The sample standard deviation over trials; None for one trial.
    Deviation: float option
    /// The number of trials: seeds times folds.
    Trials: int
    /// The 95 % confidence interval over clips and trials, by the bootstrap.
    Low: float
    High: float
}

/// The difference between a row and the reference row on the same clips.
type Comparison = {
    /// Positive if the row is better, also if lower scores are better.
    Gain: float
    Low: float
    High: float
    /// The two-sided p-value of the paired bootstrap.
    P: float
    /// The p-value after Holm's correction for the number of comparisons (Holm 1979).
    Adjusted: float
    /// Whether p is the smallest value that the number of resamples allows, and therefore an upper bound.
    IsAtFloor: bool
} with

    /// Whether the difference is significant at 5 %.
    member comparison.IsSignificant = comparison.Adjusted <= 0.05

/// The statistics of one metric of a table.
type MetricStatistics = {
    Metric: Metric
    /// By the rows' labels. Rows without a finished trial are missing.
    Estimates: Map<string, Estimate>
    /// The row that the other rows are compared with.
    Reference: string option
    /// By the labels of the other rows.
    Comparisons: Map<string, Comparison>
    /// The rows that are no better than a constant prediction. They are never the reference row.
    Constant: Set<string>
    /// The rows' letters if all pairs were compared: rows that share a letter do not differ significantly.
    Letters: Map<string, string list>
}

/// Confidence intervals over clips and trials, and significance tests between rows.
module internal Statistics =
    /// The significance level.
    [<Literal>]
    let private alpha = 0.05

    /// A hash of the numbers of times that each clip was drawn.
    let private hashOfDraw (clips: int array) =
        clips |> Array.fold (fun hash weight -> hash * 31L + int64 weight) 17L

    /// How often each trial of a row is drawn in a resample: once for the original clips, else at random with replacement. The
    /// draw depends only on the row's key and the drawn clips, so a row has the same draws in every comparison and under any label.
    let private trialWeights (key: string) (trials: int) (clips: int array) =
        if trials = 1 || clips |> Array.forall ((=) 1) then
            Array.create trials 1
        else
            let random = RandomSource.For(hashOfDraw clips, "trials", key)
            let weights = Array.zeroCreate trials
            for _ in 1..trials do
                let drawn = random.Next trials
                weights[drawn] <- weights[drawn] + 1
            weights

    /// The metrics of a row, means over its trials, on the original clips and on each resample.
    let private resampled (metrics: Metric list) resamples key (trials: ScoredClips array) =
        let measure (clips: int array) : IReadOnlyList<Measure> =
            let trialWeights = trialWeights key trials.Length clips
            let drawn = [|
                for index in 0 .. trials.Length - 1 do
                    if trialWeights[index] > 0 then
                        trials[index].Weighted clips, float trialWeights[index]
            |]
            let all = Array.sumBy snd drawn
            [|
                for metric in metrics ->
                    let sum =
                        drawn
                        |> Array.sumBy (fun (trial: WeightedClips, weight) -> weight * metric.Of trial)
                    Measure(metric.Name, Rate.op_Implicit (sum / all))
            |]
        Bootstrap.Resample(trials[0].Names.Count, Func<_, _> measure, BootstrapOptions(Resamples = resamples))

    /// The number of resamples: enough for the metric's intervals, and for p-values that stay significant after correction for
    /// the number of comparisons.
    let private resamplesFor (metric: Metric) comparisons =
        max metric.Resamples (int (ceil (2.0 / alpha)) * comparisons)

    /// p-values after Holm's step-down correction (Holm 1979).
    let holm (values: ('name * float) list) =
        let sorted = List.sortBy snd values
        let corrected =
            sorted
            |> List.mapi (fun index (_, p) -> min 1.0 (float (values.Length - index) * p))
            |> List.scan max 0.0
            |> List.tail
        Map(List.zip (List.map fst sorted) corrected)

    let private deviation (values: float list) =
        match values with
        | []
        | [ _ ] -> None
        | _ ->
            // Not finite if a value is infinite, as d-prime is for a perfect ranking.
            Some(values.StandardDeviation()) |> Option.filter Double.IsFinite

    let private estimates (metrics: Metric list) (trials: ScoredClips array) (resampled: Resampled) = [
        for metric, interval in Seq.zip metrics (resampled.Intervals metrics.Head.Resamples) ->
            {
                Mean = interval.Value.Value
                Deviation = deviation [ for trial in trials -> metric.Of trial ]
                Trials = trials.Length
                Low = interval.Low.Value
                High = interval.High.Value
            }
    ]

    /// The gain over the reference row, its interval and its p-value, for each metric.
    let private compare (metrics: Metric list) (resampled: Resampled) (reference: Resampled) = [
        for metric, difference in Seq.zip metrics (resampled.DifferencesFrom reference) do
            let low, high = difference.Low.Value, difference.High.Value
            // The p-value is undefined if no resample has a difference.
            let p =
                if difference.PValue.IsDefined then
                    difference.PValue.Value
                else
                    1.0
            if metric.LowerIsBetter then
                -difference.Difference.Value, -high, -low, p
            else
                difference.Difference.Value, low, high, p
    ]

    let private sameClips (left: ScoredClips array) (right: ScoredClips array) =
        left[0].Names.Count = right[0].Names.Count
        && Seq.forall2 (=) left[0].Names right[0].Names

    let private rank (metric: Metric) (estimate: Estimate) =
        if metric.LowerIsBetter then
            -estimate.Mean
        else
            estimate.Mean

    /// Compares all pairs of rows (with Holm's correction) and returns the letters. Rows that are no better than a constant
    /// prediction, and rows that were not scored on the same clips as the best row, have none.
    let private letters keyOf (metric: Metric) (own: (string * Estimate) list) rows constant =
        let place = Map [ for row, estimate in own -> row, rank metric estimate ]
        let ordered =
            rows
            |> List.filter (fun (row, _, _) -> not (Set.contains row constant))
            |> List.sortByDescending (fun (row, _, _) -> place[row])
        match ordered with
        | [] -> Map.empty
        | (_, best, _) :: _ ->
            let ordered = ordered |> List.filter (fun (_, trials, _) -> sameClips trials best)
            let resamples = resamplesFor metric (ordered.Length * (ordered.Length - 1) / 2)
            let drawn =
                [| for row, trials, _ in ordered -> row, trials |]
                |> Array.Parallel.map (fun (row, trials) -> row, resampled [ metric ] resamples (keyOf row) trials)
                |> List.ofArray
            let pairs = [
                for i, (left, first) in List.indexed drawn do
                    for right, second in List.skip (i + 1) drawn do
                        let _, _, _, p = compare [ metric ] second first |> List.head
                        (left, right), p
            ]
            let adjusted = holm pairs
            LetterDisplay.ofPairs (List.map fst drawn) (fun pair -> adjusted[pair] <= alpha)

    /// The reference row: the named row or, without one or if it is no better than a constant prediction, the best row. None if
    /// no row is better than a constant prediction.
    let private referenceOf (metric: Metric) (against: string option) (constant: Set<string>) own =
        let candidates = own |> List.filter (fun (row, _) -> not (constant.Contains row))
        match against with
        | Some label when List.exists (fst >> (=) label) candidates -> Some label
        | _ when candidates.IsEmpty -> None
        | _ -> Some(fst (List.maxBy (snd >> rank metric) candidates))

    /// The statistics of metrics that use the same number of resamples.
    let private ofMetrics
        keyOf
        isConstant
        (metrics: Metric list)
        against
        sorted
        (rows: (string * ScoredClips list) list)
        = [
        let rows =
            [ for row, trials in rows -> row, List.toArray trials ]
            |> List.filter (snd >> Array.isEmpty >> not)
        let resamples = resamplesFor metrics.Head (rows.Length - 1)
        let rows =
            Array.ofList rows
            |> Array.Parallel.map (fun (row, trials) -> row, trials, resampled metrics resamples (keyOf row) trials)
            |> List.ofArray
        let all = [
            for row, trials, resampled in rows -> row, estimates metrics trials resampled
        ]
        for index, metric in List.indexed metrics do
            let own = [ for row, estimates in all -> row, List.item index estimates ]
            let constant =
                Set [
                    for row, estimate in own do
                        if isConstant row metric estimate.Mean then
                            row
                ]
            let reference = referenceOf metric against constant own
            let compared =
                match reference with
                | None -> []
                | Some label ->
                    let _, trials, reference = rows |> List.find (fun (row, _, _) -> row = label)
                    [
                        for row, others, resampled in rows do
                            if row <> label && sameClips others trials then
                                row, List.item index (compare metrics resampled reference)
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
                                // No resample crossed 0, so p is an upper bound.
                                IsAtFloor = p <= 2.0 / float (resamples + 1)
                            }
                    ]
                Constant = constant
                Letters =
                    if sorted = Some metric then
                        letters keyOf metric own rows constant
                    else
                        Map.empty
            }
    ]

    /// The statistics of metrics over rows, given as labels with finished trials. Rows are compared with the row `against`, or else
    /// with the best row. Rows that were scored on other clips than the reference row are not compared. By the metric `sorted`,
    /// all pairs of rows are compared as well. The rows' keys seed the draws of trials.
    let ofRows
        (keyOf: string -> string)
        (isConstant: string -> Metric -> float -> bool)
        (metrics: Metric list)
        (against: string option)
        (sorted: Metric option)
        (rows: (string * ScoredClips list) list)
        =
        let found = [
            for _, metrics in List.groupBy (fun (metric: Metric) -> metric.Resamples) metrics do
                yield! ofMetrics keyOf isConstant metrics against sorted rows
        ]
        [ for metric in metrics -> found |> List.find (fun own -> own.Metric = metric) ]
