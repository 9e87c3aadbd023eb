/// Findings before training, each with a remedy that would improve the detector or its scores.
module Sed.Tool.Train.Missing

open Sed
open Sed.Core.Corpora

/// The smallest number of recordings with a class from which the class can be learnt and scored in a meaningful way.
let fewest = 5

/// The smallest number of recordings for which intervals are computed.
let private fewestForIntervals = 10

let private list (names: string list) =
    let shown = names |> List.truncate 3 |> String.concat ", "
    if names.Length > 3 then $"{shown}, ..." else shown

let private plural count (what: string) =
    if count = 1 then $"1 {what}" else $"{count} {what}s"

let private ofClass (clips: Clip list) label = [
    let own = clips |> List.filter (Recordings.contains label)
    if own.Length < fewest then
        let found =
            match own.Length with
            | 0 -> "no recording contains this class"
            | 1 -> "only one recording contains this class"
            | count -> $"only {count} recordings contain this class"
        Problem.at
            label
            $"{found}, so it can hardly be learnt or scored"
            $"annotate at least {fewest} recordings with it, from different places or days"
    elif clips |> List.forall (Recordings.lacks label >> not) then
        Problem.at
            label
            "it is present in every recording, all the time, so there are no examples without it"
            "add recordings without this class, with an empty annotation file each"
]

let private ofGroups (grouping: Grouping option) (clips: Clip list) = [
    match grouping with
    | Some grouping ->
        match clips |> List.countBy _.Source |> List.maxBy snd with
        | group, count when 2 * count > clips.Length ->
            Problem.at
                "groups"
                $"{count} of {clips.Length} recordings belong to the group {group} ({Groups.name grouping})"
                "add recordings from other recorders, places or days; otherwise the scores are valid for this group only"
        | _ -> ()
    | None when Recordings.groups clips = clips.Length ->
        match Groups.common clips with
        | Some value ->
            Problem.at
                "groups"
                $"all recordings have {value} in field 0 of their names; if this is the recorder, place or day, the scores are too optimistic for other recorders, places or days"
                "add recordings from other recorders, places or days, with their names in field 0"
        | None ->
            Problem.at
                "groups"
                "no file name states which recorder, place or day a recording is from, so each recording counts as independent; if several of them are from one place, the scores are too optimistic for other places"
                "put the place or day into the file names (pond_01.wav) and use --group-by 0 to hold out whole groups"
    | None -> ()
]

let private ofRate (encoderRate: int option) (manifest: Manifest) = [
    match encoderRate with
    | Some rate when manifest.SampleRate < rate ->
        Problem.at
            "sampling rate"
            $"most recordings have {manifest.SampleRate} Hz, but the encoder expects {rate} Hz; the range above {manifest.SampleRate / 2} Hz is empty"
            $"record at {rate} Hz or more, or use an encoder for a lower rate"
    | _ -> ()
]

let private ofUnlabelled (recordings: Recordings) = [
    match recordings.Unlabelled with
    | [] -> ()
    | files ->
        Problem.at
            "unlabelled recordings"
            $"""{plural files.Length "recording"} without annotations ({list files}), not used"""
            "annotate them; an empty annotation file states that no class occurs"
]

/// A problem if too few recordings are scored. `clips`: the scored recordings.
let private ofNumber (clips: Clip list) = [
    if Recordings.groups clips < fewestForIntervals then
        Problem.at
            "recordings"
            $"""only {plural (Recordings.groups clips) "independent recording"} to score, so no intervals are computed"""
            $"annotate at least {fewestForIntervals}"
]

let private ofProtocol (design: Design) = [
    match design.Protocol with
    | ValidationSplit ->
        Problem.at
            "splits"
            "there are validation recordings but no test recordings, so epoch and thresholds are selected on the scored recordings, and the scores are optimistic"
            "assign some recordings to the test split, for example in splits.tsv"
    | CrossValidation _
    | TestSplit _ -> ()
    if design.Labels = BothLabels && not design.ScoresEvents then
        Problem.at
            "labels"
            "some recordings have no event times, so scores are clip-level (tagging) scores"
            "annotate onsets and offsets in all recordings that are to be scored"
]

/// All findings for a design and its recordings. `encoderRate`: the sampling rate of the encoder, if there is one.
let findings (design: Design) (encoderRate: int option) (recordings: Recordings) : Problem list =
    let training = Recordings.ofSplit Split.Training recordings
    [
        let scored =
            match design.Protocol with
            | CrossValidation _ -> training
            | TestSplit(test, _) -> Recordings.ofSplit test recordings
            | ValidationSplit -> Recordings.ofSplit Split.Validation recordings
        yield! ofNumber scored
        for label in recordings.Manifest.Classes do
            yield! ofClass training label
        yield! ofGroups design.Group training
        yield! ofRate encoderRate recordings.Manifest
        yield! ofUnlabelled recordings
        yield! ofProtocol design
    ]

/// Problems that make training impossible.
let obstacles (folder: string) (recordings: Recordings) : Problem list =
    let training = Recordings.ofSplit Split.Training recordings
    [
        match training.Length with
        | 0
        | 1 ->
            Problem.at
                folder
                $"""{plural training.Length "training recording"} with annotations"""
                "annotate at least two recordings"
        | _ when Recordings.groups training < 2 ->
            Problem.at
                folder
                "all training recordings belong to one group, so none can be held out"
                "add recordings of another group, or use --group-by none"
        | _ -> ()
        if recordings.Manifest.Classes.Count = 0 then
            Problem.at folder "no annotation names a class" "annotate at least one event"
    ]
