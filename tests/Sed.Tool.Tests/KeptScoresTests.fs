namespace Sed.Tool.Tests

open System
open System.Collections.Generic
open System.Globalization
open System.IO
open Xunit
open Sed.Core.Annotations
open Sed.Core.Annotations.Formats
open Sed.Core.Detection
open Sed.Core.Scoring

/// The stored scores of a trial, scored again, give the results of `seddsl evaluate` on lists of the same scores.
[<Collection("console")>]
type KeptScoresTests() =
    let folder = new Folder()
    let labels = [ "Bus"; "Car"; "Train" ]
    let clips, frames, hop = 40, 50, 0.2
    let random = Random 7
    let names = [| for clip in 1..clips -> $"{clip}.wav" |]

    let events = [|
        for _ in names ->
            [|
                for label in labels do
                    if random.NextDouble() < 0.5 then
                        let onset = Math.Round(random.NextDouble() * 7.0, 2)
                        SoundEvent(onset, onset + 0.5 + Math.Round(random.NextDouble() * 2.0, 2), label)
            |]
    |]

    let truth =
        let list =
            EventList.Of [|
                for name, own in Seq.zip names events -> struct (name, own :> IReadOnlyList<SoundEvent>)
            |]
        let tags = [|
            for own in events do
                for label in labels -> own |> Array.exists (fun sound -> sound.Label = label)
        |]
        ClipTruth(ClassList labels, names, tags, list)

    /// Probabilities that are higher inside events.
    let scores =
        let isInside (own: SoundEvent array) time label =
            own
            |> Array.exists (fun sound -> sound.Label = label && sound.Onset <= time && time < sound.Offset)
        let strong = [|
            for own in events do
                for frame in 0 .. frames - 1 do
                    for label in labels ->
                        (if isInside own (float frame * hop) label then
                             0.35f
                         else
                             0.05f)
                        + 0.6f * random.NextSingle()
        |]
        let weak = [| for _ in 1 .. clips * labels.Length -> random.NextSingle() |]
        ClipScores(names, frames, hop, strong, weak)

    let file = folder.Path "scores-testing.npz"
    let reference = folder.Path "reference.tsv"

    let scored threshold =
        scores.Write file
        EventListFile.Write(reference, nonNull truth.Events)
        ScoredClips(truth, ClipScores.Read file, DetectionOptions(Threshold = threshold))

    let evaluate arguments =
        let classes = [
            for label in labels do
                "--class"
                label
        ]
        Run.json ([ "--reference"; reference ] @ arguments @ classes)

    /// Checks that every metric of the command, except the given ones, equals that of the trial.
    let equalMetrics except result again =
        let values = [
            for one in (Run.at "metrics/values" result).EnumerateObject() do
                if not (List.contains one.Name except) then
                    one.Name
        ]
        Assert.NotEmpty values
        for key in values do
            match Metric.WithKey key with
            | null -> Assert.Fail $"there is no metric {key}"
            | metric ->
                // JSON has infinite values, such as d-prime of a perfect ranking, as strings.
                let value = Run.at $"metrics/values/{key}/value" result |> string
                Assert.Equal(metric.Of(again: ScoredClips), Double.Parse(value, CultureInfo.InvariantCulture))

    interface IDisposable with
        member _.Dispose() = (folder :> IDisposable).Dispose()

    [<Theory>]
    [<InlineData 0.2>]
    [<InlineData 0.3>]
    [<InlineData 0.5>]
    [<InlineData 0.6>]
    [<InlineData 0.7>]
    member _.``At any threshold the metrics equal those of the event lists``(threshold: float) =
        let again = scored threshold
        let estimate = folder.Path "estimate.tsv"
        EventListFile.Write(estimate, again.Events)
        let result = evaluate [ "--estimated"; estimate; "--allow-empty" ]
        for path, metric in
            [
                "segment_based/0/overall/f_measure/f_measure", SegmentMetrics.F
                "segment_based/0/overall/error_rate/error_rate", SegmentMetrics.ErrorRate
                "event_based/0/overall/f_measure/f_measure", EventMetrics.F
                "tagging/0/micro/f_measure/f_measure", TagMetrics.F
            ] do
            Assert.Equal(Run.number path result, metric.Of again)
        // A trial has one class per frame from its scores, whatever the threshold.
        equalMetrics [ FrameMetrics.Error.Key ] result again

    [<Fact>]
    member _.``Over all thresholds the metrics equal those of the score lists``() =
        let again = scored 0.5
        let list = folder.Path "scores.tsv"
        let number (value: float) =
            value.ToString("R", CultureInfo.InvariantCulture)
        File.WriteAllLines(
            list,
            [
                String.concat "\t" ([ "filename"; "onset"; "offset" ] @ labels)
                for index, name in Seq.indexed again.FrameScores.Files do
                    let own = again.FrameScores[index]
                    for frame in 0 .. own.Frames - 1 do
                        let values = [ for k in 0 .. labels.Length - 1 -> number (own.Of(k)[frame]) ]
                        String.concat "\t" ([ name; number own.Borders[frame]; number own.Borders[frame + 1] ] @ values)
            ]
        )
        let durations = folder.Path "durations.tsv"
        File.WriteAllLines(
            durations,
            [
                "filename\tduration"
                for index, name in Seq.indexed again.FrameScores.Files do
                    let own = again.FrameScores[index]
                    $"{name}\t{number own.Borders[own.Frames]}"
            ]
        )
        let result = evaluate [ "--scores"; list; "--durations"; durations ]
        Assert.Equal(
            Run.number "tagging_from_scores/mean_average_precision" result,
            RankingMetrics.MeanAveragePrecision.Of again
        )
        let psds = [ for one in (Run.at "psds" result).EnumerateArray() -> Run.number "psds" one ]
        Assert.Contains(PsdsMetrics.Scenario1.Of again, psds)
        Assert.Contains(PsdsMetrics.Scenario2.Of again, psds)
        equalMetrics [] result again
