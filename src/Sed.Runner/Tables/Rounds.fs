/// The rounds of labelling and training that led to a row's networks.
module internal Sed.Runner.Rounds

open System
open System.Globalization
open System.IO
open Sed
open Sed.Core.Corpora
open Sed.Core.Models
open Sed.Core.Scoring

/// The rounds of the model file that training started from; empty if training did not start from a readable model file.
let private before (specification: Specification) =
    match specification.Network.StartFrom with
    | Some weights when Path.GetExtension weights.Path = ModelFile.Extension ->
        try
            List.ofSeq (ModelFile.Read weights.Path).Rounds
        with
        | :? InvalidDataException
        | :? IOException -> []
    | _ -> []

let private scoreOf (estimate: Estimate) =
    match estimate.Interval with
    | Ok(low, high) -> RoundScore(estimate.Mean, Nullable low, Nullable high)
    | Error _ -> RoundScore(estimate.Mean, Nullable(), Nullable())

/// The row's own round, in a list; empty if the row has none. Rows with folds have none, because the held-out clips of folds
/// are not a fixed test set.
let private own (workspace: Workspace) (outcome: ExperimentOutcome) label (specification: Specification) =
    let scores = [
        for metric in outcome.Statistics do
            match metric.Estimates.TryFind label with
            | Some estimate when Double.IsFinite estimate.Mean -> metric.Metric.Key, scoreOf estimate
            | _ -> ()
    ]
    let test = specification.ScoreOn
    if outcome.Plan.Experiment.Folds > 0 || test = Split.Training || scores.IsEmpty then
        []
    else
        let manifest = workspace.Manifest specification
        let labelled = [
            for clip in manifest.Clips do
                if
                    (clip.Split = Split.Training || clip.Split = Split.Validation)
                    && clip.Split <> test
                    && clip.LabelledSeconds > 0.0
                then
                    clip.LabelledSeconds
        ]
        [
            TrainingRound(labelled.Length, List.sum labelled, manifest.ContentHashOf test, readOnlyDict scores)
        ]

/// The rounds of labelling and training that led to a row's networks: those of the model file that training started from,
/// then the row's own round, if it has one. The row's networks were trained with the given specification.
let ofRow workspace outcome label specification =
    before specification @ own workspace outcome label specification

let private number (value: float) =
    value.ToString("F3", CultureInfo.InvariantCulture)

let private cell (key: string) (round: TrainingRound) =
    match round.Scores.TryGetValue key with
    | true, score when score.Low.HasValue && score.High.HasValue ->
        $"{number score.Mean} ({number score.Low.Value} to {number score.High.Value})"
    | true, score -> number score.Mean
    | false, _ -> "-"

/// The metrics that all rounds have.
let metrics (rounds: TrainingRound list) = [
    for metric in Metric.All do
        if rounds |> List.forall (fun round -> round.Scores.ContainsKey metric.Key) then
            metric
]

/// A table with a row for each round.
let view (rounds: TrainingRound list) : TableView =
    let metrics = metrics rounds
    let isComparable (round: TrainingRound) =
        round.TestSet = (List.last rounds).TestSet
    {
        TableView.Plain with
            Title = "Scores by round of labelling, with 95 % confidence intervals"
            Headings = [
                Heading.NumberColumn "round"
                Heading.NumberColumn "labelled min"
                Heading.NumberColumn "recordings"
                for metric in metrics do
                    Heading.NumberColumn metric.Name
            ]
            Rows = [
                for index, round in List.indexed rounds ->
                    [
                        (if isComparable round then "" else "other test set: ") + string (index + 1)
                        (round.LabelledSeconds / 60.0).ToString("F1", CultureInfo.InvariantCulture)
                        string round.Recordings
                        for metric in metrics do
                            cell metric.Key round
                    ]
            ]
            Notes = [
                if not (List.forall isComparable rounds) then
                    "Rounds with another test set cannot be compared with the last round, because the recordings of the test set or their labels have changed."
            ]
            Dispensable = [ 2 ]
    }
