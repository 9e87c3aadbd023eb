namespace Sed.Runner

open System
open System.Collections.Generic
open Sed
open Sed.Core.Metrics.Counts
open Sed.Core.Metrics.Uncertainty
open Sed.Core.Scoring

/// A 95 % confidence interval, or the reason why there is none.
type Limits = Result<float * float, string>

/// A row's score by one metric.
type Estimate = {
    Mean: float
    /// The sample standard deviation over repetitions; None for one repetition.
    Deviation: float option
    /// The number of repetitions: seeds, times folds if all folds score the same clips.
    Trials: int
    /// The number of folds whose held-out clips are pooled in each repetition; 1 if none are pooled.
    Folds: int
    /// The confidence interval over clips and training runs; for one repetition, over clips only.
    Interval: Limits
}

/// The difference between a row and the reference row on the same clips.
type Comparison = {
    /// Positive if the row is better, even for metrics for which lower values are better.
    Gain: float
    /// The limits of the 95 % confidence interval of the gain, and its p-value after Holm's correction for the number
    /// of comparisons; or the reason why the rows could not be compared.
    Verdict: Result<(float * float) * float, string>
    /// The standard error of the gain; NaN if the rows could not be compared.
    StandardError: float
    /// Whether both rows have one repetition, so that the comparison is between their networks, not between their
    /// configurations.
    IsOfNetworks: bool
} with

    /// Whether the difference is significant at 5 %.
    member comparison.IsSignificant =
        match comparison.Verdict with
        | Ok(_, p) -> p <= RowComparisons.Level
        | Error _ -> false

/// The statistics of one metric of a table.
type MetricStatistics = {
    Metric: Metric
    /// The estimated score of each row, by label. Rows without a complete repetition are missing.
    Estimates: Map<string, Estimate>
    /// The row that the other rows are compared with; None if no row is better than a constant prediction.
    Reference: string option
    /// The comparisons of the other rows with the reference row, by label.
    Comparisons: Map<string, Comparison>
    /// The rows that are no better than a constant prediction. They are never the reference row.
    Constant: Set<string>
    /// The letters of the rows, by label. Rows that share a letter do not differ significantly. Empty if not all pairs
    /// of rows were compared.
    Letters: Map<string, string list>
} with

    /// Whether the held-out clips of folds are pooled, so that a repetition has a network for each fold.
    member statistics.ArePooled =
        statistics.Estimates |> Map.exists (fun _ estimate -> estimate.Folds > 1)

/// The comparisons of all pairs of rows, by the rows' indices.
type private PairwiseComparisons = IReadOnlyDictionary<struct (int * int), RowComparison>

/// Confidence intervals over clips and training runs, and significance tests between rows.
module internal Statistics =
    let private limits struct (low: Rate, high: Rate) : Limits =
        if low.IsDefined && high.IsDefined then
            Ok(low.Value, high.Value)
        else
            Error(nonNull low.Why)

    /// The metrics of a repetition on all clips and on each resample of them.
    let private resampled (metrics: Metric list) (scored: ScoredClips) =
        let measure (weights: int array) : IReadOnlyList<Measure> =
            let clips = scored.Weighted weights
            [|
                for metric in metrics ->
                    let value = metric.Of clips
                    Measure(
                        metric.Name,
                        (if Double.IsNaN value then
                             Rate.Undefined "the metric is undefined"
                         else
                             Rate value)
                    )
            |]
        Bootstrap.Resample(
            scored.Inputs.Units,
            Func<_, _> measure,
            BootstrapOptions(Resamples = metrics.Head.Resamples)
        )

    let private estimate (clips: ScoredClips) (scores: RowScores) = {
        Mean = scores.Mean
        Deviation = Option.ofNullable scores.Deviation
        Trials = scores.Trials
        Folds = clips.Detections.Count
        Interval = limits (scores.Interval())
    }

    let private comparison (metric: Metric) (own: RowComparison) =
        let sign = if metric.LowerIsBetter then -1.0 else 1.0
        {
            Gain = sign * own.Difference
            Verdict =
                if own.Adjusted.IsDefined then
                    let low, high =
                        match limits struct (own.Low, own.High) with
                        | Ok(low, high) -> sign * low, sign * high
                        // Rows whose outputs are equal differ by 0 in every resample.
                        | Error _ -> 0.0, 0.0
                    Ok((min low high, max low high), own.Adjusted.Value)
                else
                    Error(nonNull own.Adjusted.Why)
            StandardError = own.StandardError
            IsOfNetworks = (own.Compared = Compared.Networks)
        }

    let private sameClips (left: ScoredClips) (right: ScoredClips) =
        left.Names.Count = right.Names.Count && Seq.forall2 (=) left.Names right.Names

    let private rank (metric: Metric) (estimate: Estimate) =
        if metric.LowerIsBetter then
            -estimate.Mean
        else
            estimate.Mean

    /// The letters of the rows whose pairs could all be compared. Rows that are no better than a constant prediction have no
    /// letters.
    let private letters
        (metric: Metric)
        (constant: Set<string>)
        (estimates: Map<string, Estimate>)
        (rows: string list)
        (pairs: PairwiseComparisons)
        =
        let isKnown (left, _) (right, _) =
            left = right || isNull pairs[struct (left, right)].WhyNone
        let known =
            List.indexed rows
            |> List.filter (fun (_, row) -> not (constant.Contains row))
            |> List.sortByDescending (fun (_, row) -> rank metric estimates[row])
            |> List.fold
                (fun known row ->
                    if List.forall (isKnown row) known then
                        row :: known
                    else
                        known)
                []
            |> List.rev
        let place = Map [ for index, row in known -> row, index ]
        LetterDisplay.ofPairs [ for _, row in known -> row ] (fun (left, right) ->
            pairs[struct (place[left], place[right])].Differs)

    /// The row that other rows are compared with: the row `against` if it is better than a constant prediction,
    /// otherwise the best row. None if no row is better than a constant prediction.
    let private referenceOf (metric: Metric) (against: string option) (constant: Set<string>) own =
        let candidates = own |> List.filter (fun (row, _) -> not (constant.Contains row))
        match against with
        | Some label when List.exists (fst >> (=) label) candidates -> Some label
        | _ when candidates.IsEmpty -> None
        | _ -> Some(fst (List.maxBy (snd >> rank metric) candidates))

    /// The comparisons of rows with the reference row. With a named reference row, p-values are corrected for the
    /// number of comparisons with it. The best row is selected by its scores, so p-values are corrected for all pairs
    /// of rows.
    let private compare (metric: Metric) isNamed reference (rows: (string * RowScores) list) pairs =
        let own, others = rows |> List.partition (fst >> (=) reference)
        let found =
            if isNamed then
                let others = [| for _, scores in others -> scores |]
                List.ofSeq (RowComparisons.With(snd own.Head, others))
            else
                let pairs: PairwiseComparisons = pairs ()
                let best = rows |> List.findIndex (fst >> (=) reference)
                [
                    for index in 0 .. rows.Length - 1 do
                        if index <> best then
                            pairs[struct (index, best)]
                ]
        Map [ for (row, _), own in List.zip others found -> row, comparison metric own ]

    /// The statistics of metrics that use the same number of resamples.
    let private ofMetrics
        (trainingsOf: string -> string list)
        isConstant
        (metrics: Metric list)
        against
        sorted
        (rows: (string * ScoredClips list) list)
        = [
        let rows =
            rows
            |> List.filter (snd >> List.isEmpty >> not)
            |> Array.ofList
            |> Array.Parallel.map (fun (row, repetitions) ->
                row, repetitions.Head, [| for scored in repetitions -> resampled metrics scored |])
            |> List.ofArray
        for metric in metrics do
            let scores = [
                for row, clips, repetitions in rows ->
                    row,
                    clips,
                    RowScores.Of(repetitions, metric.Name, trainingsOf row |> List.toArray, metric.FewestClips)
            ]
            let own = [ for row, clips, scores in scores -> row, estimate clips scores ]
            let constant =
                Set [
                    for row, estimate in own do
                        if isConstant row metric estimate.Mean then
                            row
                ]
            let reference = referenceOf metric against constant own
            let comparable = [
                match reference with
                | None -> ()
                | Some label ->
                    let _, clips, _ = scores |> List.find (fun (row, _, _) -> row = label)
                    for row, others, scores in scores do
                        if sameClips others clips then
                            row, scores
            ]
            let pairs =
                lazy (RowComparisons.AllPairs [| for _, scores in comparable -> scores |])
            {
                Metric = metric
                Estimates = Map own
                Reference = reference
                Comparisons =
                    match reference with
                    | None -> Map.empty
                    | Some label -> compare metric (against = Some label) label comparable pairs.Force
                Constant = constant
                Letters =
                    if sorted = Some metric && reference.IsSome then
                        letters metric constant (Map own) (List.map fst comparable) pairs.Value
                    else
                        Map.empty
            }
    ]

    /// The statistics of metrics over rows, given as labels with the scored clips of each repetition. Rows are compared
    /// with the row `against`, or with the best row if there is none. Rows that were scored on different clips than the
    /// reference row are not compared. For the metric `sorted`, all pairs of rows are compared as well. `trainingsOf` gives,
    /// for each repetition of a row, the key of its training runs. Rows that differ only in decoding share their training
    /// runs, and are compared repetition by repetition.
    let ofRows
        (trainingsOf: string -> string list)
        (isConstant: string -> Metric -> float -> bool)
        (metrics: Metric list)
        (against: string option)
        (sorted: Metric option)
        (rows: (string * ScoredClips list) list)
        =
        let found = [
            for _, metrics in List.groupBy (fun (metric: Metric) -> metric.Resamples) metrics do
                yield! ofMetrics trainingsOf isConstant metrics against sorted rows
        ]
        [ for metric in metrics -> found |> List.find (fun own -> own.Metric = metric) ]
