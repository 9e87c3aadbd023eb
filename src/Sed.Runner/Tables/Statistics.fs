/// How sure a table is: intervals over clips, deviations over trials, and whether rows differ.
namespace Sed.Runner

open System
open System.Collections.Generic
open Sed
open Sed.Core.Metrics.Counts
open Sed.Core.Metrics.Uncertainty
open Sed.Core.Runtime
open Sed.Core.Scoring

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
    /// Whether p is the smallest that the resamples can show, so that it is at most so much.
    IsAtFloor: bool
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
    /// The letters of the rows, where all were compared with each other: those that share one cannot be told apart.
    Letters: Map<string, string list>
}

module internal Statistics =
    /// The chance of telling rows apart that are alike.
    [<Literal>]
    let private alpha = 0.05

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

    /// The metrics of a row, means over its trials, on its clips and on resamples of them.
    let private resampled (metrics: Metric list) resamples row (trials: ScoredClips array) =
        let measure (clips: int array) : IReadOnlyList<Measure> =
            let trialWeights = trialWeights row trials.Length clips
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

    /// So many that a p-value can be small enough to be told after correction for the number of comparisons, and as many as
    /// the metric's intervals are taken from.
    let private enough (metric: Metric) comparisons =
        max metric.Resamples (int (ceil (2.0 / alpha)) * comparisons)

    /// p-values corrected for their number, step down (Holm 1979).
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
            let mean = List.average values
            let squares = values |> List.sumBy (fun value -> (value - mean) ** 2.0)
            // Infinite values, as d-prime has for a perfect ranking, have none.
            if Double.IsFinite squares then
                Some(sqrt (squares / float (values.Length - 1)))
            else
                None

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

    /// Gain, its interval and p-value of each metric.
    let private compare (metrics: Metric list) (resampled: Resampled) (reference: Resampled) = [
        for metric, difference in Seq.zip metrics (resampled.DifferencesFrom reference) do
            let low, high = difference.Low.Value, difference.High.Value
            // Where no resample has a difference, nothing is told.
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

    /// The letters of rows of which every pair was compared (Holm); rows that are like a constant answer, or were scored on
    /// other clips than the best of the others, have none.
    let private letters (metric: Metric) (own: (string * Estimate) list) rows constant =
        let place = Map [ for row, estimate in own -> row, rank metric estimate ]
        let ordered =
            rows
            |> List.filter (fun (row, _, _) -> not (Set.contains row constant))
            |> List.sortByDescending (fun (row, _, _) -> place[row])
        match ordered with
        | [] -> Map.empty
        | (_, best, _) :: _ ->
            let ordered = ordered |> List.filter (fun (_, trials, _) -> sameClips trials best)
            let resamples = enough metric (ordered.Length * (ordered.Length - 1) / 2)
            let drawn =
                [| for row, trials, _ in ordered -> row, trials |]
                |> Array.Parallel.map (fun (row, trials) -> row, resampled [ metric ] resamples row trials)
                |> List.ofArray
            let pairs = [
                for i, (left, first) in List.indexed drawn do
                    for right, second in List.skip (i + 1) drawn do
                        let _, _, _, p = compare [ metric ] second first |> List.head
                        (left, right), p
            ]
            let adjusted = holm pairs
            LetterDisplay.ofPairs (List.map fst drawn) (fun pair -> adjusted[pair] <= alpha)

    /// The row that the others are compared with: the named one, or else (also where that is like a constant answer) the best;
    /// none is that is like a constant answer.
    let private referenceOf (metric: Metric) (against: string option) (constant: Set<string>) own =
        let candidates = own |> List.filter (fun (row, _) -> not (constant.Contains row))
        match against with
        | Some label when List.exists (fst >> (=) label) candidates -> Some label
        | _ when candidates.IsEmpty -> None
        | _ -> Some(fst (List.maxBy (snd >> rank metric) candidates))

    /// Metrics that take the same number of resamples.
    let private ofMetrics isConstant (metrics: Metric list) against sorted (rows: (string * ScoredClips list) list) = [
        let rows =
            [ for row, trials in rows -> row, List.toArray trials ]
            |> List.filter (snd >> Array.isEmpty >> not)
        let resamples = enough metrics.Head (rows.Length - 1)
        let rows =
            Array.ofList rows
            |> Array.Parallel.map (fun (row, trials) -> row, trials, resampled metrics resamples row trials)
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
                                // No resample crossed 0; more of them could only say less.
                                IsAtFloor = p <= 2.0 / float (resamples + 1)
                            }
                    ]
                Constant = constant
                Letters =
                    if sorted = Some metric then
                        letters metric own rows constant
                    else
                        Map.empty
            }
    ]

    /// The statistics of some metrics over rows, each with its label and finished trials. Rows are compared with the named
    /// one, or else with the best. Rows that were scored on other clips are not compared, and none is compared with a row
    /// whose mean is that of a constant answer. By the metric that rows are sorted by, all are compared with each other too.
    let ofRows
        (isConstant: string -> Metric -> float -> bool)
        (metrics: Metric list)
        (against: string option)
        (sorted: Metric option)
        (rows: (string * ScoredClips list) list)
        =
        let found = [
            for _, metrics in List.groupBy (fun (metric: Metric) -> metric.Resamples) metrics do
                yield! ofMetrics isConstant metrics against sorted rows
        ]
        [ for metric in metrics -> found |> List.find (fun own -> own.Metric = metric) ]
