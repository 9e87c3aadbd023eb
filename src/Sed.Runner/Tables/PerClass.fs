/// Scores of each class.
module internal Sed.Runner.PerClass

open System.Globalization
open Sed
open Sed.Core.Metrics.Counts
open Sed.Core.Scoring

/// The scores of one class in one row, averaged over the row's repetitions. F-scores are None if the class is neither
/// annotated nor detected.
type ClassScores = {
    Label: string
    WeakF: float option
    StrongF: float option
    /// None if the class is not annotated.
    StrongER: float option
    /// The values of the requested metrics for this class; None if a value is undefined, for example because the class
    /// is not annotated.
    Others: float option list
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

/// The metrics among the given ones that have values for single classes.
let withClasses (metrics: Metric list) =
    metrics |> List.filter (fun metric -> not (isNull metric.OfClass))

/// The scores of each class, averaged over the given repetitions. The metrics must have values for single classes.
let scores (metrics: Metric list) (trials: ScoredClips list) : ClassScores list =
    match trials with
    | [] -> []
    | first :: _ ->
        // Counts and curves are computed once for all classes.
        let once = [ for trial in trials -> trial.Once() ]
        let weak = [ for own in once -> own.Tagging ]
        let strong = [
            for trial, own in List.zip trials once do
                if trial.HasEvents then
                    own.Segments
        ]
        [
            for index, label in Seq.indexed first.Classes ->
                {
                    Label = label
                    WeakF = mean fMeasure [ for counts in weak -> counts[index] ]
                    StrongF = mean fMeasure [ for counts in strong -> counts[index] ]
                    StrongER = mean errorRate [ for counts in strong -> counts[index] ]
                    Others = [
                        for metric in metrics ->
                            meanOf [
                                for own in once ->
                                    let rate = metric.RateOf(own, label)
                                    if rate.IsDefined then Some rate.Value else None
                            ]
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

/// A table of one row's scores, class by class, with the given metrics that have values for single classes.
let view
    (metrics: Metric list)
    (row: string)
    (published: (string * string) list)
    (trials: ScoredClips list)
    : TableView =
    let hasEvents = trials |> List.exists _.HasEvents
    let others =
        withClasses metrics
        |> List.filter (fun metric -> hasEvents || not metric.NeedsEvents)
    let classes = scores others trials
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
                for metric in others do
                    {
                        Text =
                            if metric.LowerIsBetter then
                                $"{metric.Name} ↓"
                            else
                                metric.Name
                        Number = true
                    }
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
                        for value in own.Others do
                            cell value
                        if isTuned then
                            match own.Decoding with
                            | [] -> "-"
                            | ways -> String.concat " / " ways
                    ]
            ]
            Notes = [
                yield! extremes "weak F" _.WeakF classes
                yield! extremes "strong F" _.StrongF classes
                if
                    classes
                    |> List.exists (fun own ->
                        List.contains None (own.WeakF :: own.StrongF :: own.StrongER :: own.Others))
                then
                    "-: undefined, for example because the class is neither annotated nor detected."
            ]
    }
