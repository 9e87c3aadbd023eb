/// The summary before training: the recordings, what is missing, and what each recording is used for.
module Sed.Tool.Train.Summary

open Sed
open Sed.Core.Corpora
open Sed.Core.Runtime

let private networks (design: Design) =
    if design.Seeds = 1 then
        "one network"
    else
        $"{design.Seeds} networks"

let private kind (design: Design) =
    match design.Labels with
    | StrongLabels -> "events with onset and offset (strong labels)"
    | WeakLabels -> "labels of whole recordings (weak labels)"
    | BothLabels -> "events in some recordings, labels of whole recordings in others (mixed labels)"

/// A table with the numbers of recordings and events of each class.
let private classes (recordings: Recordings) (clips: Clip list) = [
    let width =
        recordings.Manifest.Classes |> Seq.map _.Length |> Seq.append [ 5 ] |> Seq.max
    let heading = "class".PadRight width
    $"  {heading}  recordings  events"
    for label in recordings.Manifest.Classes do
        let own = clips |> List.filter (Recordings.contains label)
        let events =
            own
            |> List.sumBy (fun clip ->
                match Option.ofObj clip.StrongEvents with
                | Some events -> events |> Seq.filter (fun sound -> sound.Label = label) |> Seq.length
                | None -> 0)
        let events = if events = 0 then "-" else string events
        $"  {label.PadRight width}  {own.Length, 10}  {events, 6}"
]

let private uses (design: Design) (recordings: Recordings) = [
    let count split =
        (Recordings.ofSplit split recordings).Length
    let training = count Split.Training
    match design.Protocol with
    | CrossValidation folds ->
        $"The recordings have no test split, so each of them is held out once ({folds} folds)."
        "  scores      on the held-out recordings, by networks that were trained on the other folds"
        "  thresholds  for scoring: tuned on the held-out recordings of the other folds, never on the scored ones;"
        "              for the detector: tuned on the held-out recordings of all folds"
        "  epoch       the last one; none is selected"
        $"  detector    {networks design}, trained on all {training} recordings"
    | TestSplit(test, hasValidation) ->
        let held =
            if hasValidation then
                $"the {count Split.Validation} validation recordings"
            else
                $"{100.0 * Design.share:F0} %% of the training recordings"
        $"  training    {training} recordings"
        $"  epoch and thresholds  {held}, held out from training"
        $"  scores      {count test} {(string test).ToLowerInvariant()} recordings, used for nothing else"
        $"  detector    {networks design}, as scored"
    | ValidationSplit ->
        $"  training    {training} recordings"
        $"  epoch, thresholds and scores  the {count Split.Validation} validation recordings"
        $"  detector    {networks design}, as scored"
    match design.Group with
    | Some grouping ->
        let clips = Recordings.ofSplit Split.Training recordings
        $"Recordings of one group are held out together: {Groups.print grouping clips}."
    | None -> ()
]

/// The lines of the summary.
let lines (design: Design) (findings: Problem list) (recordings: Recordings) = [
    let clips = Recordings.ofSplit Split.Training recordings
    $"{design.Folder}: {clips.Length} annotated training recordings, {Recordings.duration (Recordings.seconds clips)}, {recordings.Manifest.SampleRate} Hz, {kind design}"
    ""
    yield! classes recordings clips
    ""
    match findings with
    | [] -> "Nothing is missing for a first detector."
    | _ ->
        "Improvements for the detector or its scores:"
        for problem in findings do
            $"  {problem}"
    ""
    yield! uses design recordings
    ""
]

let print design findings recordings =
    for line in lines design findings recordings do
        printfn $"{OneLine.Of line}"
