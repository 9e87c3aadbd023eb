/// Scores of each class.
module internal Sed.Runner.PerClass

open System.Globalization
open Sed
open Sed.Core.Metrics.Counts
open Sed.Core.Metrics.Psds
open Sed.Core.Scoring

/// The scores of one class in one row, averaged over the row's repetitions. A score is None if the class is neither
/// annotated nor detected.
type ClassScores = {
    Label: string
    WeakF: float option
    StrongF: float option
    /// None if the class is not annotated.
    StrongER: float option
    /// PSDS of the class alone, in the requested scenarios; None if the class is not annotated.
    Psds: float option list
    /// The distinct decodings that tuning chose for this class.
    Decoding: string list
}

/// The tuned decoding of each class of a trial, as one line.
let decoding (trial: ScoredClips) =
    [
        for label in trial.Classes do
            match trial.Detection.PerClass.TryGetValue label with
            | true, own -> $"{label}: {own.Summary}"
            | _ -> ()
    ]
    |> String.concat "; "

/// The F-score; None if nothing is annotated or detected. A class that is annotated but never detected has 0, whereas
/// sed_eval (Mesaros et al. 2016) leaves it undefined.
let fMeasure (counts: BinaryCounts) =
    match counts.Reference + counts.Estimated with
    | 0L -> None
    | all -> Some(2.0 * float counts.TruePositives / float all)

let private errorRate (counts: BinaryCounts) =
    match counts.Reference with
    | 0L -> None
    | reference -> Some(float (counts.FalseNegatives + counts.FalsePositives) / float reference)

/// The mean of the defined values; None if no value is defined.
let private meanOf (values: float option list) =
    match List.choose id values with
    | [] -> None
    | defined -> Some(List.average defined)

let private mean score (counts: BinaryCounts list) = meanOf (List.map score counts)

/// The scenarios of PSDS with their metrics.
let psdsScenarios = [
    PsdsMetrics.Scenario1, PsdsOptions.Scenario1
    PsdsMetrics.Scenario2, PsdsOptions.Scenario2
]

/// The area under the ROC curve of a class (its PSDS); None if the class is not annotated.
let private psdsOf label (result: PsdsResult) =
    match result.Classes.IndexOf label with
    | -1 -> None
    | index -> Some result.ClassScores[index]

/// The scores of each class, averaged over the given repetitions.
let scores (scenarios: PsdsOptions list) (trials: ScoredClips list) : ClassScores list =
    match trials with
    | [] -> []
    | first :: _ ->
        let weak = [ for trial in trials -> trial.Once().Tagging ]
        let strong = [
            for trial in trials do
                if trial.HasEvents then
                    trial.Once().Segments
        ]
        let psds = [
            for scenario in scenarios ->
                [
                    for trial in trials do
                        if trial.HasEvents then
                            trial.Once().Psds scenario
                ]
        ]
        [
            for index, label in Seq.indexed first.Classes ->
                {
                    Label = label
                    WeakF = mean fMeasure [ for counts in weak -> counts[index] ]
                    StrongF = mean fMeasure [ for counts in strong -> counts[index] ]
                    StrongER = mean errorRate [ for counts in strong -> counts[index] ]
                    Psds = [
                        for results in psds -> meanOf [ for result in results -> psdsOf label result ]
                    ]
                    Decoding =
                        List.distinct [
                            for trial in trials do
                                for detection in trial.Detections do
                                    match detection.PerClass.TryGetValue label with
                                    | true, own -> own.Summary
                                    | _ -> ()
                        ]
                }
        ]

let private cell (value: float option) =
    match value with
    | Some value -> Text.score value
    | None -> "-"

/// A sentence naming the best and the worst classes by one score.
let private extremes what (pick: ClassScores -> float option) (classes: ClassScores list) =
    let known =
        classes
        |> List.choose (fun own -> pick own |> Option.map (fun value -> own.Label, value))
        |> List.sortByDescending snd
    let names some =
        [ for label, value in some -> $"{label} ({cell (Some value)})" ]
        |> String.concat "; "
    if known.Length < 2 then
        []
    else
        let some = min 3 (known.Length / 2)
        [
            $"Best {what}: {names (List.truncate some known)}. Worst: {names (known |> List.rev |> List.truncate some)}."
        ]

/// A table of one row's scores, class by class. It contains the PSDS of each class in the scenarios that are among the
/// given metrics.
let view
    (metrics: Metric list)
    (row: string)
    (published: (string * string) list)
    (trials: ScoredClips list)
    : TableView =
    let scenarios =
        if trials |> List.exists _.HasEvents then
            psdsScenarios |> List.filter (fun (metric, _) -> List.contains metric metrics)
        else
            []
    let classes = scores (List.map snd scenarios) trials
    let known = Map published
    let isTuned = classes |> List.exists (fun own -> not own.Decoding.IsEmpty)
    let what =
        if trials |> List.exists (fun trial -> trial.Detections.Count > 1) then
            "seed"
        else
            "trial"
    let over =
        match trials with
        | [ _ ] -> $"1 {what}"
        | _ -> $"mean of {trials.Length} {what}s"
    {
        TableView.Plain with
            Title = $"Scores by class: {row} ({over})"
            Headings = [
                { Text = "class"; Number = false }
                { Text = "weak F"; Number = true }
                if not known.IsEmpty then
                    { Text = "published"; Number = true }
                { Text = "strong F"; Number = true }
                { Text = "strong ER ↓"; Number = true }
                for metric, _ in scenarios do
                    { Text = metric.Name; Number = true }
                if isTuned then
                    { Text = "decoding"; Number = false }
            ]
            Rows = [
                for own in classes do
                    [
                        own.Label
                        cell own.WeakF
                        if not known.IsEmpty then
                            Map.tryFind own.Label known |> Option.defaultValue "-"
                        cell own.StrongF
                        cell own.StrongER
                        for psds in own.Psds do
                            cell psds
                        if isTuned then
                            match own.Decoding with
                            | [] -> "-"
                            | ways -> String.concat " / " ways
                    ]
            ]
            Notes = [
                yield! extremes "weak F" _.WeakF classes
                yield! extremes "strong F" _.StrongF classes
                if classes |> List.exists (fun own -> own.WeakF = None || own.StrongF = None) then
                    "-: undefined, because the class is neither annotated nor detected."
            ]
    }
