/// What tables say of the scores that a trial keeps is what the command line says of them.
namespace Sed.Tool.Tests

open System
open System.Globalization
open System.IO
open Xunit
open Sed.Core.Annotations
open Sed.Core.Detection
open Sed.Core.Detection.Steps
open Sed.Core.Scoring

[<Collection("console")>]
type KeptScoresTests() =
    let folder = new Folder()
    let classes = ClassList [ "Car"; "Train"; "Bus" ]
    let clips, frames, hop = 24, 250, 0.04

    /// Events of clips of 10 s, and scores that are higher inside than outside.
    let truth, scores =
        let random = Random 11
        let names = [| for clip in 1..clips -> $"{clip}.wav" |]
        let events = [|
            for _ in names ->
                [|
                    for label in classes do
                        if random.NextDouble() < 0.5 then
                            let onset = Math.Round(8.0 * random.NextDouble(), 3)
                            SoundEvent(onset, Math.Round(onset + 0.3 + 1.6 * random.NextDouble(), 3), label)
                |]
        |]
        let isThere (own: SoundEvent array) label =
            own |> Array.exists (fun sound -> sound.Label = label)
        let strong = [|
            for own in events do
                // Scores that wander, as those of a network do.
                let drift = Array.create classes.Count 0.0
                for frame in 0 .. frames - 1 do
                    let time = float frame * hop
                    for k in 0 .. classes.Count - 1 do
                        drift[k] <- 0.9 * drift[k] + 0.1 * random.NextDouble()
                        let inside =
                            own
                            |> Array.exists (fun sound ->
                                sound.Label = classes[k] && sound.Onset <= time && time < sound.Offset)
                        float32 (drift[k] + if inside then 0.3 else 0.0)
        |]
        let weak = [|
            for own in events do
                for label in classes -> float32 (0.6 * random.NextDouble() + if isThere own label then 0.3 else 0.0)
        |]
        let tags = [|
            for own in events do
                for label in classes -> isThere own label
        |]
        ClipTruth(classes, names, tags, EventList.Of [ for name, own in Seq.zip names events -> struct (name, own :> _) ]),
        ClipScores(names, frames, hop, strong, weak)

    /// Lists of frame scores to the last digit.
    let writeScores (path: string) (list: ScoreList) =
        let text (value: float) =
            value.ToString("R", CultureInfo.InvariantCulture)
        File.WriteAllLines(
            path,
            [
                "filename\tonset\toffset\t" + String.Join('\t', classes)
                for file in 0 .. list.Files.Length - 1 do
                    let own = list[file]
                    for frame in 0 .. own.Frames - 1 do
                        let borders = own.Borders
                        let values = [ for k in 0 .. classes.Count - 1 -> text (own.Of(k)[frame]) ]
                        String.Join('\t', list.Files[file] :: text borders[frame] :: text borders[frame + 1] :: values)
            ]
        )

    interface IDisposable with
        member _.Dispose() = (folder :> IDisposable).Dispose()

    [<Theory>]
    [<InlineData false>]
    [<InlineData true>]
    member _.``Events, segments, tags, rankings and PSDS of kept scores are what is printed of them, to the last digit``
        (isSmooth: bool)
        =
        // As a trial keeps them, and reads them back.
        let kept = folder.Path "scores-testing.npz"
        scores.Write kept
        let steps: DecodingStep array =
            if isSmooth then
                [| DecodingStep.MedianFilter 0.2; DecodingStep.Shortest 0.2 |]
            else
                [||]
        let scored =
            ScoredClips(truth, ClipScores.Read kept, DetectionOptions(Threshold = 0.6, Steps = steps))
        let path (name: string) = folder.Path name
        EventListFile.Write(path "truth.tsv", truth.Events |> nonNull)
        EventListFile.Write(path "found.tsv", scored.Events)
        writeScores (path "scores.tsv") scored.FrameScores
        let printed =
            Run.json [
                "--reference"
                path "truth.tsv"
                "--estimated"
                path "found.tsv"
                "--scores"
                path "scores.tsv"
                for label in classes do
                    "--class"
                    label
            ]
        // PSDS of decisions comes first.
        let ofScores =
            [
                for index in 0 .. (printed |> Run.at "psds").GetArrayLength() - 1 do
                    let one = printed |> Run.at $"psds/{index}"
                    if (one |> Run.at "params/cross_triggers_averaged_over").GetString() <> "all n classes (psds_eval)" then
                        one
            ]
        let psds dtc =
            ofScores
            |> List.find (fun one -> Run.number "params/dtc" one = dtc)
            |> Run.number "psds"
        let curves =
            [
                for index in 0 .. (printed |> Run.at "threshold_curves").GetArrayLength() - 1 ->
                    printed |> Run.at $"threshold_curves/{index}"
            ]
            |> List.find (fun one -> (one |> Run.at "counting").GetString() = "segments of 1 s")
        for metric, expected in
            [
                EventMetrics.F, printed |> Run.number "event_based/0/overall/f_measure/f_measure"
                EventMetrics.ErrorRate, printed |> Run.number "event_based/0/overall/error_rate/error_rate"
                SegmentMetrics.F, printed |> Run.number "segment_based/0/overall/f_measure/f_measure"
                SegmentMetrics.ErrorRate, printed |> Run.number "segment_based/0/overall/error_rate/error_rate"
                TagMetrics.F, printed |> Run.number "tagging/0/micro/f_measure/f_measure"
                PsdsMetrics.Scenario1, psds 0.7
                PsdsMetrics.Scenario2, psds 0.1
                RankingMetrics.MeanAveragePrecision,
                printed |> Run.number "tagging_from_scores/mean_average_precision"
                RankingMetrics.Lwlrap, printed |> Run.number "tagging_from_scores/lwlrap"
                RankingMetrics.DPrime, printed |> Run.number "tagging_from_scores/d_prime_of_mean_roc_auc"
                ThresholdMetrics.BestStrongF, curves |> Run.number "best_f/micro/f_measure/f_measure"
            ] do
            Assert.InRange(expected, 1e-6, 10.0)
            Assert.Equal(metric.Name + $" {expected:R}", metric.Name + $" {metric.Of scored:R}")
