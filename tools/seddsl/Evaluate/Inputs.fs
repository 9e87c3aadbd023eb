namespace Sed.Tool.Evaluate

open System
open System.Collections.Generic
open Argu
open Sed.Core.Annotations
open Sed.Core.Annotations.Formats
open Sed.Core.Metrics.Pairs
open Sed.Core.Metrics.Uncertainty
open Sed.Core.Scoring
open Sed.Tool
open Sed.Tool.Evaluate.ListChecks

/// The estimated events of one system, paired with the reference.
type System = {
    Path: string
    Events: EventList
    Pairs: EventPairs
    /// The inputs of segment-based and event-based metrics.
    Decisions: MetricInputs
}

/// The estimated tags of one system.
type TaggedSystem = {
    Path: string
    Tags: TagList
    /// The inputs of clip-level metrics; computing them raises an exception for labels outside the classes.
    Inputs: Lazy<MetricInputs>
}

/// The frame scores of one system, paired with the reference.
type ScoredSystem = {
    Pairs: ScorePairs
    Inputs: MetricInputs
}

/// The validated lists of the command line, with warnings.
type Inputs = {
    Classes: ClassList
    ReferencePath: string
    /// The reference events. If only tags are scored: the files of the reference tags, without events.
    Reference: EventList
    ReferenceTags: TagList
    Estimated: System option
    Against: System option
    /// The estimated tags: the given tags or, if none are given, the tags of the estimated events.
    Tagged: TaggedSystem option
    AgainstTagged: TaggedSystem option
    Scores: ScoredSystem option
    AgainstScores: ScoredSystem option
    Durations: Durations option
    /// The column by whose values the metrics are also computed.
    By: FileColumn option
    Warnings: string list
}

module Inputs =
    let private readClasses (arguments: ParseResults<Arguments>) (labels: string seq) =
        match arguments.TryGetResult Classes, arguments.GetResults Class with
        | Some _, _ :: _ -> raise (BadArguments [ "--classes and --class cannot both be given" ])
        | Some path, [] -> ClassList.Read path
        | None, [] -> ClassList labels
        | None, labels ->
            for label in labels do
                if String.IsNullOrWhiteSpace label then
                    raise (BadArguments [ "--class: the label is empty" ])
            for label, times in List.countBy id labels do
                if times > 1 then
                    raise (BadArguments [ $"--class \"{label}\" is given {times} times" ])
            ClassList labels

    let private readEvents (arguments: ParseResults<Arguments>) (names: LabelNames option) (path: string) =
        let events =
            EventListFile.Read(path, arguments.TryGetResult Minimum_Confidence |> Option.toNullable)
        match names with
        | Some names -> names.Apply events
        | None -> events

    let private readTags (arguments: ParseResults<Arguments>) (names: LabelNames option) (path: string) =
        let tags =
            TagList.Read(path, arguments.TryGetResult Minimum_Confidence |> Option.toNullable)
        match names with
        | Some names -> names.Apply tags
        | None -> tags

    let private readSystem
        (arguments: ParseResults<Arguments>)
        (names: LabelNames option)
        classes
        (reference: EventList)
        (path: string)
        : System =
        let events = (readEvents arguments names path).WithNamesOf reference
        requireFiles arguments reference.Source reference.Files events.Source events.Files

        let unknown =
            if arguments.Contains Unknown_Labels then
                UnknownLabels.CountOverall
            else
                UnknownLabels.Reject

        let pairs = EventPairs.Of(classes, reference, events, unknown)

        {
            Path = path
            Events = events
            Pairs = pairs
            Decisions = MetricInputs.Of pairs
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
            "--label-names", arguments.TryGetResult Label_Names
        ]

        let known = Set [ for metric in Offered.metrics -> metric.Key ]

        let problems = [
            for key in arguments.GetResults Arguments.Metric do
                if not (known.Contains key) then
                    let keys = String.concat ", " [ for metric in Offered.metrics -> metric.Key ]
                    $"--metric \"{key}\" is unknown; the metrics are {keys}"
            for option, path in paths do
                if Option.exists String.IsNullOrWhiteSpace path then
                    $"{option}: the path is empty"
            if
                not (
                    arguments.Contains Estimated
                    || arguments.Contains Scores
                    || arguments.Contains Estimated_Tags
                )
            then
                "nothing to score: give --estimated, --scores or --estimated-tags"
            if not (arguments.Contains Reference) then
                if arguments.Contains Estimated || arguments.Contains Scores then
                    "--reference is missing: --estimated and --scores need the reference events"
                elif not (arguments.Contains Reference_Tags) then
                    "no reference: give --reference or --reference-tags"
            match arguments.TryGetResult Minimum_Confidence with
            | Some part when not (part >= 0.0 && part <= 1.0) ->
                $"--minimum-confidence must lie between 0 and 1, was {string part}"
            | _ -> ()
            if arguments.Contains Against && not (arguments.Contains Estimated) then
                "--against needs --estimated to compare with"
            if arguments.Contains Against_Scores && not (arguments.Contains Scores) then
                "--against-scores needs --scores to compare with"
            if arguments.TryGetResult By |> Option.exists String.IsNullOrWhiteSpace then
                "--by: the column's name is empty"
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

    /// The reference events and tags. Without events, the tags determine the files.
    let private readReference (arguments: ParseResults<Arguments>) (names: LabelNames option) =
        let tags =
            arguments.TryGetResult Reference_Tags |> Option.map (readTags arguments names)

        let events =
            match arguments.TryGetResult Reference, tags with
            | Some path, _ -> readEvents arguments names path
            | None, Some tags ->
                EventList.Of(
                    [ for file in tags.Files -> struct (file, [||] :> IReadOnlyList<SoundEvent>) ],
                    tags.Source
                )
            | None, None -> raise (BadArguments [ "no reference: give --reference or --reference-tags" ])

        if events.Files.IsEmpty then
            raise (AnnotationException(events.Source, 0, "the list is empty; a reference needs at least one file"))

        events, tags

    let read (arguments: ParseResults<Arguments>) =
        check arguments
        let names = arguments.TryGetResult Label_Names |> Option.map LabelNames.Read
        let reference, givenTags = readReference arguments names
        let referenceTags =
            givenTags |> Option.defaultWith (fun () -> TagList.From reference)

        let classes =
            readClasses
                arguments
                (if arguments.Contains Reference then
                     reference.Labels
                 else
                     referenceTags.Labels)

        if classes.Count = 0 then
            raise (
                AnnotationException(
                    reference.Source,
                    0,
                    "the list has no events; give the classes with --classes or --class"
                )
            )

        let durations =
            arguments.TryGetResult Arguments.Durations |> Option.map Durations.Read

        let system = readSystem arguments names classes reference
        let estimated = arguments.TryGetResult Estimated |> Option.map system
        let against = arguments.TryGetResult Against |> Option.map system

        let tagged path (tags: TagList) : TaggedSystem = {
            Path = path
            Tags = tags
            Inputs = lazy MetricInputs.Of(classes, referenceTags, tags)
        }

        let estimatedTags =
            arguments.TryGetResult Estimated_Tags |> Option.map (readTags arguments names)

        for tags in Option.toList estimatedTags do
            requireFiles arguments referenceTags.Source referenceTags.Files tags.Source tags.Files

        let readScores (path: string) =
            let pairs = ScorePairs.Of(ScoreList.Read path, reference, Option.toObj durations)
            {
                Pairs = pairs
                Inputs = MetricInputs.Of pairs
            }

        let scores = arguments.TryGetResult Scores |> Option.map readScores
        let againstScores = arguments.TryGetResult Against_Scores |> Option.map readScores

        let by =
            columnOf arguments [
                yield! reference.Files
                for one in List.choose id [ scores; againstScores ] do
                    yield! one.Pairs.Scores.Files
            ]

        let unused (notes: string seq) =
            match by with
            | Some column -> column.RemoveFrom notes
            | None -> notes

        let warnings = [
            yield! unused reference.Notes
            yield! duplicates reference
            yield! overlaps reference
            for one in List.choose id [ estimated; against ] do
                yield! one.Events.Notes
                yield! duplicates one.Events
                yield! ignored reference.Source one.Path one.Pairs.IgnoredFiles
            for tags in List.choose id [ givenTags; estimatedTags ] do
                yield! unused tags.Notes
            for tags in Option.toList estimatedTags do
                yield!
                    tags.Files
                    |> Seq.filter (fun file -> referenceTags.IndexOf file < 0)
                    |> ignored referenceTags.Source tags.Source
            for one in Option.toList durations do
                yield! unused one.Notes
            if scores.IsSome && durations.IsNone then
                "no --durations: each scored file ends with its last frame"
        ]

        if arguments.Contains Strict && not warnings.IsEmpty then
            raise (BadArguments warnings)

        {
            Classes = classes
            ReferencePath = reference.Source
            Reference = reference
            ReferenceTags = referenceTags
            Estimated = estimated
            Against = against
            Tagged =
                match estimatedTags with
                | Some tags -> Some(tagged tags.Source tags)
                | None -> estimated |> Option.map (fun one -> tagged one.Path (TagList.From one.Events))
            AgainstTagged = against |> Option.map (fun one -> tagged one.Path (TagList.From one.Events))
            Scores = scores
            AgainstScores = againstScores
            Durations = durations
            By = by
            Warnings = warnings
        }
