/// Chooses the design of a detector for given recordings.
module Sed.Tool.Train.DesignChoice

open System
open System.IO
open System.Text.RegularExpressions
open Sed.Core.Corpora
open Sed.Tool

/// The name of the experiment, derived from the name of the model file.
let private nameOf (out: string) =
    let stem = string (Path.GetFileNameWithoutExtension out)
    let name = Regex.Replace(stem, "[^A-Za-z0-9_.-]", "-").Trim('.', ' ')
    if name = "" then "detector" else name

/// The column of the lists that states the groups, if the command line names one.
let columnOf (settings: Settings) : Grouping option =
    match settings.GroupBy with
    | Some "none" -> None
    | Some text when not (Seq.forall Char.IsAsciiDigit text) -> Some(GroupColumn text)
    | _ -> None

let private groupOf (settings: Settings) (clips: Clip list) : Grouping option =
    match settings.GroupBy, columnOf settings with
    | Some "none", _ -> None
    | _, Some column -> Some column
    | Some text, None ->
        match Groups.field (int text) clips with
        | Some field -> Some field
        | None ->
            raise (
                BadArguments [
                    $"--group-by {text}: field {text} is missing in some file names, or is the same in all of them (fields are separated by _, -, . or a space)"
                ]
            )
    | None, None -> Groups.find clips |> Option.map (fun field -> field :> Grouping)

/// The length of clips: the duration of the longest recording with tags only, if training uses both kinds of labels and
/// this recording is longer than the default length. None for the default.
let private clipFor kind (manifest: Manifest) (clips: Clip list) =
    let longestWeak =
        clips
        |> List.filter (fun clip -> isNull clip.StrongEvents)
        |> List.map _.DurationSeconds
        |> List.fold max 0.0
    if
        kind = BothLabels
        && manifest.HopSeconds.HasValue
        && longestWeak > manifest.ClipSeconds
    then
        Some(ceil (longestWeak * 10.0) / 10.0)
    else
        None

// In seconds. Longer inputs need too much memory.
let private longestClip = 60.0

/// The design for the labelled recordings and the options of the command line.
let designOf (settings: Settings) (recordings: Recordings) : Design =
    let training = Recordings.ofSplit Split.Training recordings
    let validation = Recordings.ofSplit Split.Validation recordings
    let kind, clip =
        let kind = Recordings.kindOf training
        match clipFor kind recordings.Manifest training with
        | Some seconds when seconds > longestClip -> WeakLabels, None
        | clip -> kind, clip
    let group = groupOf settings training
    let protocol =
        match Recordings.testSplit recordings with
        | Some test -> TestSplit(test, not validation.IsEmpty)
        | None when not validation.IsEmpty -> ValidationSplit
        | None ->
            let groups =
                match group with
                | Some(:? NameField as field) ->
                    training |> List.distinctBy (fun clip -> field.Of clip.Name) |> List.length
                | _ -> Recordings.groups training
            CrossValidation(min 5 groups)
    let selection = if validation.IsEmpty then training else validation
    let scored =
        match protocol with
        | TestSplit(test, _) -> Recordings.ofSplit test recordings
        | CrossValidation _
        | ValidationSplit -> selection
    let strong =
        training
        |> List.filter (fun clip -> not (isNull clip.StrongEvents))
        |> List.length
    let windows =
        training
        |> List.sumBy (fun clip -> max 1 (int (ceil (clip.DurationSeconds / recordings.Manifest.ClipSeconds))))
    {
        Name = nameOf settings.Out
        Folder = settings.Folder
        Group = group
        Classes = settings.Classes
        Clip = clip
        Encoder = settings.Encoder
        From = settings.From
        Labels = kind
        StrongShare = Math.Round(min 0.75 (max 0.25 (float strong / float training.Length)), 2)
        SelectsByEvents = Recordings.kindOf selection = StrongLabels
        ScoresEvents = Recordings.kindOf scored = StrongLabels
        Protocol = protocol
        Epochs =
            settings.Epochs
            |> Option.defaultWith (fun () -> Design.epochs settings.Encoder.IsSome windows)
        Seeds = settings.Seeds
    }
