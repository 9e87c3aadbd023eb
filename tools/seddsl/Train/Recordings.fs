namespace Sed.Tool.Train

open System
open System.IO
open Sed.Core.Corpora
open Sed.Core.Corpora.Checks

/// The kinds of labels of a set of recordings.
type LabelKind =
    /// Events with onset and offset.
    | StrongLabels
    /// Tags of whole recordings.
    | WeakLabels
    /// Some recordings have events, others have tags only.
    | BothLabels

/// The content of a folder of recordings, as far as training needs it.
type Recordings = {
    Manifest: Manifest
    /// Audio files without annotations.
    Unlabelled: string list
}

module Recordings =
    /// Reads and checks the folder. Decoding results are cached in the folder `cache`.
    let read folder (options: CorpusOptions) cache (progress: IProgress<struct (int * int)>) stop : Recordings =
        let report = Preflight.Check(folder, cache, progress, stop, options)
        let manifest = report.ToManifest()
        {
            Manifest = manifest
            Unlabelled = [
                for finding in report.Findings do
                    if finding.Kind = FindingKind.Unlabelled then
                        finding.Name
                for clip in manifest.Clips do
                    if not clip.IsTagged && isNull clip.StrongEvents then
                        clip.Name
            ]
        }

    let private isLabelled (clip: Clip) =
        clip.IsTagged || not (isNull clip.StrongEvents)

    /// The labelled recordings of a split.
    let ofSplit split (recordings: Recordings) = [
        for clip in recordings.Manifest.Clips do
            if clip.Split = split && isLabelled clip then
                clip
    ]

    /// The split with test recordings: testing or, if it is empty, evaluation; None if both are empty.
    let testSplit recordings =
        [ Split.Testing; Split.Evaluation ]
        |> List.tryFind (fun split -> not (ofSplit split recordings).IsEmpty)

    /// The kind of labels of the recordings in `clips`.
    let kindOf (clips: Clip list) =
        let strong, weak =
            clips |> List.partition (fun clip -> not (isNull clip.StrongEvents))
        match strong, weak with
        | _, [] -> StrongLabels
        | [], _ -> WeakLabels
        | _ -> BothLabels

    /// The total duration in seconds.
    let seconds (clips: Clip list) = clips |> List.sumBy _.DurationSeconds

    /// The number of groups, such as recorders or days; each recording is its own group if nothing else is known.
    let groups (clips: Clip list) =
        clips |> List.distinctBy _.Source |> List.length

    /// Whether a recording contains a class.
    let contains label (clip: Clip) = Seq.contains label clip.WeakLabels

    /// Whether a recording, or a part of it, is annotated as not containing a class.
    let lacks label (clip: Clip) =
        let events = clip.StrongEvents |> Option.ofObj |> Option.map List.ofSeq
        match events with
        | _ when Seq.contains label clip.UnknownLabels -> false
        | None -> not (contains label clip)
        | Some events ->
            // Overlapping events are counted twice, so that doubtful recordings do not count as negative.
            let active =
                events
                |> List.filter (fun sound -> sound.Label = label)
                |> List.sumBy (fun sound -> min sound.Offset clip.DurationSeconds - sound.Onset)
            let known =
                match Option.ofObj clip.AnnotatedSpans with
                | None -> clip.DurationSeconds
                | Some spans ->
                    spans
                    |> Seq.filter (fun span -> isNull span.Label || span.Label = label)
                    |> Seq.sumBy (fun span -> span.Offset - span.Onset)
            active < known - 0.05

    /// A duration as text, for example "7 min 21 s".
    let duration (seconds: float) =
        let time = TimeSpan.FromSeconds(Math.Round seconds)
        if time.TotalHours >= 1.0 then
            $"{int time.TotalHours} h {time.Minutes} min"
        elif time.TotalMinutes >= 1.0 then
            $"{time.Minutes} min {time.Seconds} s"
        else
            $"{time.Seconds} s"

/// Groups of recordings by a field of their file names or a column of their lists, for example the recorder or the day.
module Groups =
    let private separators = [ '_'; '-'; '.'; ' ' ]

    /// What identifies the groups, for example "field 0 of the file names".
    let name (grouping: Grouping) =
        match grouping with
        | :? NameField as field -> $"field {field.Index} of the file names"
        | :? GroupColumn as column -> $"column {column.Name}"
        | other -> string other

    let private groupsBy (field: NameField) (clips: Clip list) =
        let keys = clips |> List.map (fun clip -> Option.ofObj (field.Of clip.Name))
        if List.forall Option.isSome keys then
            Some(List.zip (List.choose id keys) clips |> List.groupBy fst)
        else
            None

    /// Whether a field of the names divides the recordings into groups that can be held out: at least three groups of
    /// two recordings on average, none with more than half of the recordings, and every class in at least two groups.
    let private isUseful (clips: Clip list) (groups: (string * (string * Clip) list) list) =
        let labels = clips |> Seq.collect _.WeakLabels |> Seq.distinct |> Seq.toList
        let groupsWith label =
            groups
            |> List.filter (fun (_, own) -> own |> List.exists (snd >> Recordings.contains label))
            |> List.length
        groups.Length >= 3
        && 2 * groups.Length <= clips.Length
        && groups |> List.forall (fun (_, own) -> 2 * own.Length <= clips.Length)
        && labels |> List.forall (fun label -> groupsWith label >= 2)

    let private fields (index: int) = [ for separator in separators -> NameField(separator, index) ]

    /// The first field of the file names that divides the recordings into useful groups.
    let find (clips: Clip list) : NameField option =
        [ 0..3 ]
        |> List.collect fields
        |> List.tryFind (fun field -> groupsBy field clips |> Option.exists (isUseful clips))

    /// The field with the given index. Its separator is the first one with which all names have this field and its
    /// values differ; None if there is no such separator.
    let field (index: int) (clips: Clip list) : NameField option =
        fields index
        |> List.tryFind (fun field ->
            match groupsBy field clips with
            | Some groups -> groups.Length > 1
            | None -> false)

    /// The first field of the names if it is the same in all of them and other fields follow. All recordings may then be
    /// from one recorder, place or day.
    let common (clips: Clip list) : string option =
        fields 0
        |> List.tryPick (fun field ->
            match groupsBy field clips, groupsBy (NameField(field.Separator, 1)) clips with
            | Some [ value, _ ], Some _ when clips.Length > 1 -> Some value
            | _ -> None)

    /// The groups as text: their number and the first names.
    let print (grouping: Grouping) (clips: Clip list) =
        let groups =
            match grouping with
            | :? NameField as field -> groupsBy field clips |> Option.map (List.map fst)
            | _ -> Some(clips |> List.map _.Source |> List.distinct)
        match groups with
        | None -> ""
        | Some groups ->
            let names = groups |> List.truncate 4 |> String.concat ", "
            let more = if groups.Length > 4 then ", ..." else ""
            $"{groups.Length} groups by {name grouping} ({names}{more})"
