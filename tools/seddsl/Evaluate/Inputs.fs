namespace Sed.Tool.Evaluate

open System
open Argu
open Sed.Core.Annotations
open Sed.Core.Annotations.Formats
open Sed.Core.Metrics.Pairs
open Sed.Core.Metrics.Uncertainty
open Sed.Core.Scoring
open Sed.Tool

/// The estimated events of one system, paired with the reference.
type System = {
    Path: string
    Events: EventList
    Pairs: EventPairs
    Tags: TagList
    /// The inputs of segment-based and event-based metrics.
    Decisions: MetricInputs
    /// The inputs of clip-level metrics; computing them raises an exception for labels outside the classes.
    Tagging: Lazy<MetricInputs>
}

/// The frame scores of one system, paired with the reference.
type ScoredSystem = {
    Pairs: ScorePairs
    Inputs: MetricInputs
}

/// The lists that the arguments name, checked, with warnings.
type Inputs = {
    Classes: ClassList
    ReferencePath: string
    Reference: EventList
    ReferenceTags: TagList
    Estimated: System option
    Against: System option
    Scores: ScoredSystem option
    AgainstScores: ScoredSystem option
    Durations: Durations option
    Warnings: string list
}

module Inputs =
    let private firstLines (count: int) (lines: string list) =
        if lines.Length <= count then
            lines
        else
            List.take count lines @ [ $"... and {lines.Length - count} more" ]

    let private duplicates (list: EventList) = [
        let struct (first, count) = list.Duplicates 3

        for problem in first do
            $"{problem} (counted again, as in the reference tools)"
        if count > first.Count then
            $"{list.Source}: {count - first.Count} more rows repeat an event"
    ]

    let private ignored (reference: EventList) (path: string) (pairs: EventPairs) =
        match List.ofSeq pairs.IgnoredFiles with
        | [] -> []
        | files ->
            let shown = files |> firstLines 3 |> String.concat ", "
            [
                $"{path}: {files.Length} files are not in {reference.Source} and are not scored: {shown}"
            ]

    let private readClasses (arguments: ParseResults<Arguments>) (reference: EventList) =
        match arguments.TryGetResult Classes, arguments.GetResults Class with
        | Some _, _ :: _ -> raise (BadArguments [ "--classes and --class cannot both be given" ])
        | Some path, [] -> ClassList.Read path
        | None, [] -> ClassList.Of [| reference |]
        | None, labels ->
            for label in labels do
                if String.IsNullOrWhiteSpace label then
                    raise (BadArguments [ "--class: the label is empty" ])
            for label, times in List.countBy id labels do
                if times > 1 then
                    raise (BadArguments [ $"--class \"{label}\" is given {times} times" ])
            ClassList labels

    let private requireRows (arguments: ParseResults<Arguments>) (reference: EventList) (events: EventList) =
        if events.Files.IsEmpty && not (arguments.Contains Allow_Empty) then
            raise (
                AnnotationException(
                    events.Source,
                    0,
                    "the list is empty; if the system detected nothing, add --allow-empty"
                )
            )

        let isThere file = reference.IndexOf file >= 0
        if not events.Files.IsEmpty && not (Seq.exists isThere events.Files) then
            let remedy =
                if
                    Seq.exists (fun (file: string) -> file.StartsWith 'Y' && isThere (file.Substring 1)) events.Files
                then
                    "; the names differ by the prefix Y of DCASE 2017's audio files: write the list with seddsl predict --without-prefix Y"
                else
                    ""
            raise (
                AnnotationException(
                    events.Source,
                    0,
                    $"none of its {events.Files.Length} files is in {reference.Source}; the first are \"{events.Files[0]}\" and \"{reference.Files[0]}\"{remedy}"
                )
            )

    let private readSystem
        (arguments: ParseResults<Arguments>)
        classes
        (reference: EventList)
        referenceTags
        tags
        (path: string)
        : System =
        let events = EventListFile.Read path
        requireRows arguments reference events

        let unknown =
            if arguments.Contains Unknown_Labels then
                UnknownLabels.CountOverall
            else
                UnknownLabels.Refuse

        let pairs = EventPairs.Of(classes, reference, events, unknown)
        let tags =
            tags
            |> Option.map TagList.Read
            |> Option.defaultWith (fun () -> TagList.From events)

        {
            Path = path
            Events = events
            Pairs = pairs
            Tags = tags
            Decisions = MetricInputs.Of pairs
            Tagging = lazy MetricInputs.Of(classes, referenceTags, tags)
        }

    let private check (arguments: ParseResults<Arguments>) =
        let paths = [
            "--reference", arguments.TryGetResult Reference
            "--estimated", arguments.TryGetResult Estimated
            "--against", arguments.TryGetResult Against
            "--scores", arguments.TryGetResult Scores
            "--against-scores", arguments.TryGetResult Against_Scores
            "--durations", arguments.TryGetResult Arguments.Durations
            "--reference-tags", arguments.TryGetResult Reference_Tags
            "--estimated-tags", arguments.TryGetResult Estimated_Tags
            "--classes", arguments.TryGetResult Classes
        ]

        let known = Set [ for metric in Metrics.offered -> metric.Key ]

        let problems = [
            for key in arguments.GetResults Arguments.Metric do
                if not (known.Contains key) then
                    let keys = String.concat ", " [ for metric in Metrics.offered -> metric.Key ]
                    $"--metric \"{key}\" is unknown; the metrics are {keys}"
            for option, path in paths do
                if Option.exists String.IsNullOrWhiteSpace path then
                    $"{option}: the path is empty"
            if not (arguments.Contains Estimated || arguments.Contains Scores) then
                "nothing to score: give --estimated, --scores or both"
            if arguments.Contains Against && not (arguments.Contains Estimated) then
                "--against needs --estimated to compare with"
            if arguments.Contains Against_Scores && not (arguments.Contains Scores) then
                "--against-scores needs --scores to compare with"
            if arguments.Contains Onset_Only && arguments.Contains Offset_Only then
                "--onset-only and --offset-only cannot both be given"
            if
                arguments.Contains Evaluated_Durations
                && not (arguments.Contains Arguments.Durations)
            then
                "--evaluated-durations needs --durations"
            if arguments.Contains Evaluated_Durations && arguments.Contains Evaluated_Length then
                "--evaluated-durations and --evaluated-length cannot both be given"
            match arguments.TryGetResult Arguments.Bootstrap with
            | Some count when count < 1 || count > BootstrapOptions.MostResamples ->
                $"--bootstrap must lie between 1 and {BootstrapOptions.MostResamples}, was {count}"
            | _ -> ()
        ]

        if not problems.IsEmpty then
            raise (BadArguments problems)

    let read (arguments: ParseResults<Arguments>) =
        check arguments
        let referencePath = arguments.GetResult Reference
        let reference = EventListFile.Read referencePath

        if reference.Files.IsEmpty then
            raise (AnnotationException(referencePath, 0, "the list is empty; a reference needs at least one file"))

        let classes = readClasses arguments reference

        if classes.Count = 0 then
            raise (
                AnnotationException(
                    referencePath,
                    0,
                    "the list has no events; give the classes with --classes or --class"
                )
            )

        let durations =
            arguments.TryGetResult Arguments.Durations |> Option.map Durations.Read

        let referenceTags =
            arguments.TryGetResult Reference_Tags
            |> Option.map TagList.Read
            |> Option.defaultWith (fun () -> TagList.From reference)

        let system = readSystem arguments classes reference referenceTags
        let estimated =
            arguments.TryGetResult Estimated
            |> Option.map (system (arguments.TryGetResult Estimated_Tags))
        let against = arguments.TryGetResult Against |> Option.map (system None)

        let readScores (path: string) =
            let pairs = ScorePairs.Of(ScoreList.Read path, reference, Option.toObj durations)
            {
                Pairs = pairs
                Inputs = MetricInputs.Of pairs
            }

        let scores = arguments.TryGetResult Scores |> Option.map readScores
        let againstScores = arguments.TryGetResult Against_Scores |> Option.map readScores

        let warnings = [
            yield! duplicates reference
            for one in List.choose id [ estimated; against ] do
                yield! duplicates one.Events
                yield! ignored reference one.Path one.Pairs
        ]

        if arguments.Contains Strict && not warnings.IsEmpty then
            raise (BadArguments warnings)

        {
            Classes = classes
            ReferencePath = referencePath
            Reference = reference
            ReferenceTags = referenceTags
            Estimated = estimated
            Against = against
            Scores = scores
            AgainstScores = againstScores
            Durations = durations
            Warnings = warnings
        }
