/// What each class is worth.
module internal Sed.Runner.PerClass

open System.Globalization
open Sed
open Sed.Core.Metrics.Counts
open Sed.Core.Scoring

/// One class in one row: means over the row's trials; None where the class was neither there nor detected.
type ClassScores = {
    Label: string
    WeakF: float option
    StrongF: float option
    /// None where the class was not there.
    StrongER: float option
    /// How it was decided on, where that was chosen for it alone: the different ways of the trials.
    Decoding: string list
}

/// How each class of a trial was decided on that was tuned, in a line.
let decoding (trial: ScoredClips) =
    [
        for label in trial.Classes do
            match trial.Detection.PerClass.TryGetValue label with
            | true, own -> $"{label}: {own.Summary}"
            | _ -> ()
    ]
    |> String.concat "; "

/// The F-score, None where nothing was there or detected. What was there and never detected has 0; sed_eval leaves it
/// undefined.
let fMeasure (counts: BinaryCounts) =
    match counts.Reference + counts.Estimated with
    | 0L -> None
    | all -> Some(2.0 * float counts.TruePositives / float all)

let private errorRate (counts: BinaryCounts) =
    match counts.Reference with
    | 0L -> None
    | reference -> Some(float (counts.FalseNegatives + counts.FalsePositives) / float reference)

let private mean score (counts: BinaryCounts list) =
    match List.choose score counts with
    | [] -> None
    | defined -> Some(List.average defined)

/// The scores of each class over some trials of a row.
let scores (trials: ScoredClips list) : ClassScores list =
    match trials with
    | [] -> []
    | first :: _ ->
        let weak = [ for trial in trials -> trial.Once().Tagging ]
        let strong = [
            for trial in trials do
                if trial.HasEvents then
                    trial.Once().Segments
        ]
        [
            for index, label in Seq.indexed first.Classes ->
                {
                    Label = label
                    WeakF = mean fMeasure [ for counts in weak -> counts[index] ]
                    StrongF = mean fMeasure [ for counts in strong -> counts[index] ]
                    StrongER = mean errorRate [ for counts in strong -> counts[index] ]
                    Decoding =
                        List.distinct [
                            for trial in trials do
                                match trial.Detection.PerClass.TryGetValue label with
                                | true, own -> own.Summary
                                | _ -> ()
                        ]
                }
        ]

let private cell (value: float option) =
    match value with
    | Some value -> value.ToString("F3", CultureInfo.InvariantCulture)
    | None -> "-"

/// The best and the worst classes of a row by a score, in a sentence.
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

/// A table with a row for each class, for one row of an experiment's table.
let view (row: string) (published: (string * string) list) (trials: ScoredClips list) : TableView =
    let classes = scores trials
    let known = Map published
    let isTuned = classes |> List.exists (fun own -> not own.Decoding.IsEmpty)
    let seeds =
        match trials with
        | [ _ ] -> "1 trial"
        | _ -> $"means of {trials.Length} trials"
    {
        Title = $"Class by class: {row} ({seeds})"
        Headings = [
            { Text = "class"; Number = false }
            { Text = "weak F"; Number = true }
            if not known.IsEmpty then
                { Text = "published"; Number = true }
            { Text = "strong F"; Number = true }
            { Text = "strong ER ↓"; Number = true }
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
                "-: the class was neither there nor detected."
        ]
    }
