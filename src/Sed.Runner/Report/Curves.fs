namespace Sed.Runner

open System
open Sed.Core.Metrics.Calibration
open Sed.Core.Metrics.Counts
open Sed.Core.Metrics.Pairs
open Sed.Core.Metrics.Psds
open Sed.Core.Metrics.Segments
open Sed.Core.Metrics.Thresholds

/// Threshold-independent results of a row's best repetition.
type internal Curves = {
    Row: FinishedRow
    /// Points (recall, precision) of tagging, for all classes together and for each class. Empty if the reference is
    /// empty.
    Tags: (float * float)[]
    TagsByClass: (float * float)[] list
    /// Points (recall, precision) of segments of 1 s.
    Segments: (float * float)[]
    SegmentsByClass: (float * float)[] list
    /// The average precision of tagging for all classes together (micro average), and its mean over classes (macro
    /// average).
    Pooled: Rate
    Mean: Rate
    /// PSDS in the two scenarios of DCASE 2021 to 2023 (Bilen et al. 2020, Ebbers et al. 2022). Empty if event times
    /// are unknown.
    Psds: PsdsResult list
    /// Counts of predicted probabilities and labels, for the calibration of the weak output and of the frame
    /// probabilities. The counts of frames are None if event times are unknown.
    WeakCalibration: CalibrationCounts
    FrameCalibration: CalibrationCounts option
}

module internal Curves =
    let private precision (counts: BinaryCounts) =
        if counts.Estimated = 0L then
            1.0
        else
            float counts.TruePositives / float counts.Estimated

    let private point (counts: BinaryCounts) =
        float counts.TruePositives / float counts.Reference, precision counts

    /// Keeps the highest precision at each recall, as average precision does.
    let private best (points: seq<float * float>) =
        points
        |> Seq.groupBy fst
        |> Seq.map (fun (recall, own) -> recall, own |> Seq.map snd |> Seq.max)
        |> Seq.sortBy fst
        |> Seq.toArray

    let precisionOverRecall (curve: ThresholdCurve) =
        if curve.References = 0L then
            [||]
        else
            best [
                for own in curve.Points ->
                    point (
                        BinaryCounts(own.TruePositives, own.FalsePositives, curve.References - own.TruePositives, 0L)
                    )
            ]

    /// The curve for all classes together. All classes have the same threshold, which goes from 0.00 to 1.00 in steps
    /// of 0.01.
    let private pooled (curves: ThresholdCurves) =
        best [
            for step in 0..100 do
                let threshold = float step / 100.0
                let together =
                    curves.PerClass
                    |> Seq.filter (fun curve -> curve.References > 0L)
                    |> Seq.map _.At(threshold)
                    |> Seq.fold (fun sum counts -> sum + counts) (BinaryCounts(0L, 0L, 0L, 0L))
                if together.Reference > 0L then
                    point together
        ]

    let ofOutput (row: FinishedRow) (output: TrialOutput) =
        let tags = output.Tags.Curves()
        let together = output.Tags.Pooled()
        let pairs =
            output.Reference
            |> Option.map (fun reference ->
                ScorePairs.Of(output.Scored.ScoresOverTime, reference, known = output.Scored.Truth.KnownTimes))
        let segments = pairs |> Option.map SegmentBased.Curves
        {
            Row = row
            Tags = precisionOverRecall together
            TagsByClass = [ for curve in tags.PerClass -> precisionOverRecall curve ]
            Segments = segments |> Option.map pooled |> Option.defaultValue [||]
            SegmentsByClass =
                match segments with
                | Some segments -> [ for curve in segments.PerClass -> precisionOverRecall curve ]
                | None -> [ for _ in output.Classes -> [||] ]
            Pooled = together.AveragePrecision()
            Mean = tags.Mean _.AveragePrecision()
            Psds =
                match pairs with
                | Some pairs -> [
                    for scenario in [ PsdsOptions.Scenario1; PsdsOptions.Scenario2 ] ->
                        Intersection.Psds(pairs, scenario)
                  ]
                | None -> []
            WeakCalibration = output.Scored.Once().WeakOutputCalibration
            FrameCalibration = output.Reference |> Option.map (fun _ -> output.Scored.Once().FrameCalibration)
        }
