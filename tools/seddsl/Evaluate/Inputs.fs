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
    /// The reference events. If only tags are scored, a list that names the files of the reference tags but has no events.
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
    /// The annotated times of the reference; None if the reference is annotated at all times.
    Annotated: AnnotatedTimes option
    /// The column of --by: the metrics are also computed for the files with each of its values.
    By: FileColumn option
    /// The column of --group-by.
    Groups: FileColumn option
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

    /// Applies `select`, which removes rows and scores of other classes from a list, if --ignore-other-labels is given.
    let private selected (arguments: ParseResults<Arguments>) (select: 'list -> 'list) (list: 'list) =
        if arguments.Contains Ignore_Other_Labels then
            select list
        else
            list

    let private readSystem
        (arguments: ParseResults<Arguments>)
        (names: LabelNames option)
        (classes: ClassList)
        (reference: EventList)
        (annotated: AnnotatedReference option)
        (path: string)
        : System =
        let events =
            (readEvents arguments names path).WithNamesOf reference
            |> selected arguments (fun (list: EventList) -> list.OfClasses classes)
        requireFiles arguments reference.Source reference.Files events.Source events.Files

        let unknown =
            if arguments.Contains Unknown_Labels then
                UnknownLabels.CountOverall
            else
                UnknownLabels.Reject

        let pairs =
            withLabelOptions classes [ reference.Labels; events.Labels ] (fun () ->
                EventPairs.Of(classes, reference, events, unknown, AnnotatedTimes.known classes annotated))

        {
            Path = path
            Events = events
            Pairs = pairs
            Decisions = MetricInputs.Of pairs
        }

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
        ArgumentChecks.check arguments
        let names = arguments.TryGetResult Label_Names |> Option.map LabelNames.Read
        let reference, givenTags = readReference arguments names
        let classes =
            readClasses
                arguments
                (if arguments.Contains Reference then
                     reference.Labels
                 else
                     givenTags |> Option.map _.Labels |> Option.defaultValue [])

        if classes.Count = 0 then
            raise (
                AnnotationException(
                    reference.Source,
                    0,
                    "the list has no events; give the classes with --classes or --class"
                )
            )

        let eventsOf (classes: ClassList) =
            selected arguments (fun (list: EventList) -> list.OfClasses classes)
        let tagsOfClasses =
            selected arguments (fun (list: TagList) -> list.OfClasses classes)
        let reference = eventsOf classes reference
        let givenTags = givenTags |> Option.map tagsOfClasses
        let durations =
            arguments.TryGetResult Arguments.Durations |> Option.map Durations.Read

        let annotated =
            arguments.TryGetResult Annotated
            |> Option.map (fun path -> AnnotatedReference.Read(path, reference, classes, Option.toObj names))
        let system = readSystem arguments names classes reference annotated
        let estimated = arguments.TryGetResult Estimated |> Option.map system
        let against = arguments.TryGetResult Against |> Option.map system

        let readScores (path: string) =
            let list =
                ScoreList.Read path
                |> selected arguments (fun (list: ScoreList) -> list.OfClasses classes)
            if arguments.Contains Classes || arguments.Contains Class then
                requireClasses classes list
            let known = AnnotatedTimes.known list.Classes annotated
            let own = eventsOf list.Classes reference
            let pairs =
                withLabelOptions list.Classes [ own.Labels ] (fun () ->
                    ScorePairs.Of(list, own, Option.toObj durations, known))
            {
                Pairs = pairs
                Inputs = MetricInputs.Of pairs
            }

        let scores = arguments.TryGetResult Scores |> Option.map readScores
        let againstScores = arguments.TryGetResult Against_Scores |> Option.map readScores

        let lengths =
            durations
            |> Option.orElse (scores |> Option.map (fun one -> AnnotatedTimes.lengthsOf one.Pairs))
        let referenceTags =
            match givenTags, annotated with
            | Some tags, _ -> tags
            | None, Some annotated -> annotated.TagsOf(classes, Option.toObj lengths)
            | None, None -> TagList.From reference

        let tagged path (tags: TagList) : TaggedSystem = {
            Path = path
            Tags = tags
            Inputs =
                lazy
                    withLabelOptions classes [ referenceTags.Labels; tags.Labels ] (fun () ->
                        MetricInputs.Of(classes, referenceTags, tags))
        }

        let estimatedTags =
            arguments.TryGetResult Estimated_Tags
            |> Option.map (readTags arguments names >> tagsOfClasses)

        for tags in Option.toList estimatedTags do
            requireFiles arguments referenceTags.Source referenceTags.Files tags.Source tags.Files

        let scored = [
            yield! reference.Files
            for one in List.choose id [ scores; againstScores ] do
                yield! one.Pairs.Scores.Files
        ]

        let by = columnOf arguments "--by" (arguments.TryGetResult By) scored

        let groups =
            columnOf arguments "--group-by" (arguments.TryGetResult Group_By) [
                yield! scored
                yield! referenceTags.Files
            ]

        let unused (notes: string seq) =
            List.choose id [ by; groups ]
            |> List.fold (fun left (column: FileColumn) -> column.RemoveFrom left) notes

        let warnings = [
            yield! unused reference.Notes
            yield! duplicates reference
            yield! overlaps reference
            for one in List.choose id [ scores; againstScores ] do
                yield! ListChecks.classesWithoutScores classes one.Pairs.Scores
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
                for list in
                    reference
                    :: [ for system in List.choose id [ estimated; against ] -> system.Events ] do
                    yield! afterEnd one list
            for one in Option.toList annotated do
                yield! one.Notes
            if scores.IsSome && durations.IsNone then
                "no --durations: each scored file ends with its last frame"
            match annotated with
            | Some annotated when lengths.IsNone && givenTags.IsNone ->
                $"without --durations, it is not known whether the files in {annotated.Source} are annotated to their ends, so tags of classes without events in these files are not scored"
            | _ -> ()
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
            Annotated =
                annotated
                |> Option.map (
                    AnnotatedTimes.summary classes reference lengths [
                        for one in List.choose id [ estimated; against ] -> one.Events
                    ]
                )
            By = by
            Groups = groups
            Warnings = warnings
        }
