/// Segment-based, event-based and clip-level metrics.
module internal Sed.Tool.Evaluate.Decisions

open System.Collections.Generic
open Argu
open Sed.Core.Metrics.Counts
open Sed.Core.Metrics.Events
open Sed.Core.Metrics.Segments
open Sed.Core.Metrics.Tags
open Sed.Core.Metrics.Uncertainty
open Sed.Tool.Evaluate.Settings

let private uncertainty
    (resampling: Resampling option)
    (files: string seq)
    (each: 'input -> IReadOnlyList<'counts>)
    (first: 'input)
    (second: 'input option)
    (metrics: 'counts -> IReadOnlyList<Measure>)
    =
    match resampling with
    | None -> Uncertainty.None
    | Some resampling -> {
        Intervals =
            List.ofSeq (Bootstrap.Intervals<'counts>(each first, metrics, resampling.Options, resampling.UnitsOf files))
        Differences =
            match second with
            | None -> []
            | Some second ->
                List.ofSeq (
                    Bootstrap.Differences<'counts>(
                        each first,
                        each second,
                        metrics,
                        resampling.Options,
                        resampling.UnitsOf files
                    )
                )
      }

let private countsOf withNegatives (counts: BinaryCounts) = [
    "Nref", counts.Reference
    "Nsys", counts.Estimated
    "Ntp", counts.TruePositives
    if withNegatives then
        "Ntn", counts.TrueNegatives
    "Nfp", counts.FalsePositives
    "Nfn", counts.FalseNegatives
]

let segments (arguments: ParseResults<Arguments>) (inputs: Inputs) (system: System) bootstrap conventions resolution =
    let segment =
        SegmentOptions(
            ResolutionSeconds = resolution,
            LengthSeconds = (arguments.TryGetResult Evaluated_Length |> Option.toNullable)
        )

    let lengths =
        if arguments.Contains Evaluated_Durations then
            Option.toObj (lengthsOf inputs)
        else
            null

    let metrics (one: SegmentCounts) = one.Scores(conventions).All()
    let each (one: System) =
        if isNull lengths then
            one.Decisions.SegmentCounts segment
        else
            SegmentBased.CountEach(one.Pairs, segment, lengths)
    let counts = each system |> Seq.reduce (fun sum one -> sum + one)

    {
        Settings = [
            "segment_seconds", Number resolution
            "evaluated_length",
            (match segment.LengthSeconds |> Option.ofNullable with
             | Some seconds -> Number seconds
             | None when isNull lengths ->
                 Text "the later of the last offsets in the reference and the estimate (as in sed_eval)"
             | None -> Text "given durations")
            yield! named conventions
        ]
        Files = counts.Files
        Seconds = counts.EvaluatedSeconds
        Counts =
            countsOf true counts.Overall
            @ [ "S", counts.Substitutions; "D", counts.Deletions; "I", counts.Insertions ]
        ClassCounts = [ for k in 0 .. counts.Classes.Count - 1 -> countsOf true counts[k] ]
        Scores = counts.Scores conventions
        Uncertainty = uncertainty bootstrap system.Pairs.Files each system inputs.Against metrics
    }

let events (arguments: ParseResults<Arguments>) (inputs: Inputs) (system: System) bootstrap conventions =
    let greedy = arguments.GetResult(Matching, Matching.Optimal) = Matching.Greedy

    let event =
        EventOptions(
            EvaluateOnset = not (arguments.Contains Offset_Only),
            EvaluateOffset = not (arguments.Contains Onset_Only),
            CollarSeconds = arguments.GetResult(Collar, 0.2),
            PercentageOfLength = arguments.GetResult(Length, 0.5),
            Matching =
                (if greedy then
                     EventMatching.Greedy
                 else
                     EventMatching.Optimal),
            Order =
                (if arguments.Contains Order_By_Time then
                     EventOrder.ByTime
                 else
                     EventOrder.AsListed)
        )

    let metrics (one: EventCounts) = one.Scores(conventions).All()
    let each (one: System) = one.Decisions.EventCounts event
    let counts = each system |> Seq.reduce (fun sum one -> sum + one)

    {
        Settings = [
            "evaluate_onset", Flag event.EvaluateOnset
            "evaluate_offset", Flag event.EvaluateOffset
            "collar_seconds", Number event.CollarSeconds
            "percentage_of_length", Number event.PercentageOfLength
            "matching", Text(if greedy then "greedy" else "optimal")
            "order",
            Text(
                if event.Order = EventOrder.ByTime then
                    "by time"
                else
                    "as listed (sed_eval)"
            )
            yield! named conventions
        ]
        Files = counts.Files
        Seconds = counts.EvaluatedSeconds
        Counts = [
            "Nref", counts.Reference
            "Nsys", counts.Estimated
            "Ntp", counts.TruePositives
            "Nfp", counts.Insertions
            "Nfn", counts.Deletions
            "Nsubs", counts.Substitutions
        ]
        ClassCounts = [ for k in 0 .. counts.Classes.Count - 1 -> countsOf false counts[k] ]
        Scores = counts.Scores conventions
        Uncertainty = uncertainty bootstrap system.Pairs.Files each system inputs.Against metrics
    }

let tagging (inputs: Inputs) (tagged: TaggedSystem) (bootstrap: Resampling option) conventions rules =
    // By the official rules the scored files depend on the estimate, so two systems cannot be compared.
    let plain = (rules = TaggingRules.Plain)
    let each (one: TaggedSystem) =
        if plain then
            one.Inputs.Value.TagCounts()
        else
            Tagging.CountEach(inputs.Classes, inputs.ReferenceTags, one.Tags, rules)

    let perFile = each tagged
    let counts =
        Seq.fold (fun sum one -> sum + one) (TaggingCounts.None(inputs.Classes, rules)) perFile
    let metrics (one: TaggingCounts) = one.Scores(conventions).All()

    {
        Settings = [
            "rules", Text(if plain then "plain" else "DCASE 2017 Task 4 A (official)")
            if plain then
                yield! named conventions
            else
                "undefined", Text "0/0 counts as 0 (official)"
        ]
        Files = counts.Files
        Counts = counts.Overall
        ClassCounts = [ for k in 0 .. counts.Classes.Count - 1 -> counts[k] ]
        Scores = counts.Scores conventions
        Uncertainty =
            // By the official rules, the counts are those of the files of the estimate, which have no groups.
            if perFile.Count = 0 || (not plain && inputs.Groups.IsSome) then
                Uncertainty.None
            else
                let second = if plain then inputs.AgainstTagged else None
                uncertainty bootstrap inputs.ReferenceTags.Files each tagged second metrics
    }
