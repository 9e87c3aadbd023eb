using Sed.Core.Detection;
using Sed.Core.Detection.Steps;
using Sed.Core.Metrics.Thresholds;

namespace Sed.Core.Scoring;

/// <summary>
/// Tunes the decoding of each class on labelled clips: the steps, from a list of candidates, and the threshold, over
/// all values that change a decision. The objective is the F1 of the class: segment-based (1 s) if all clips have
/// strong labels, otherwise clip-level. Deterministic.
/// </summary>
public static class DetectionTuner
{
    /// <summary>Returns the options with tuned steps and thresholds for each class that can be tuned.</summary>
    /// <remarks>
    /// A class that is absent from the clips, or that no candidate detects, keeps the given options. Ties are resolved
    /// in favour of the first candidate and the highest threshold. Thresholds are midpoints between two adjacent
    /// scores.
    /// </remarks>
    /// <param name="truth">Reference labels of the clips.</param>
    /// <param name="scores">Network outputs for the same clips.</param>
    /// <param name="options">The options of classes that cannot be tuned, and the source of tags.</param>
    /// <param name="steps">At least one candidate; a candidate may have no steps.</param>
    /// <exception cref="ArgumentException">
    /// There are no candidates, or scores and reference have different clips.
    /// </exception>
    public static DetectionOptions Tune(
        ClipTruth truth,
        ClipScores scores,
        DetectionOptions options,
        IReadOnlyList<IReadOnlyList<DecodingStep>> steps
    )
    {
        if (steps.Count == 0)
            throw new ArgumentException("There are no candidate steps.", nameof(steps));
        var best = new Choice?[truth.Classes.Count];
        var tags = new double?[best.Length];
        foreach (var way in steps)
        {
            ScoredClips scored = new(truth, scores, options with { Steps = way, PerClass = NotTuned });
            var once = scored.Once();
            var curves = (scored.HasEvents ? once.SegmentCurves : once.TagCurves).PerClass;
            for (var k = 0; k < best.Length; k++)
                if (BestOf(curves[k]) is { } found && !(found.F <= best[k]?.F))
                    best[k] = found with { Steps = way };
            if (options.Tags == TagSource.WeakOutput && way == steps[0])
                tags = [.. once.WeakOutputCurves.PerClass.Select(curve => BestOf(curve)?.Threshold)];
        }
        return options with
        {
            PerClass = truth.Classes.Select(Own).OfType<Tuned>().ToDictionary(own => own.Label, own => own.Way),
        };

        Tuned? Own(string label, int k) =>
            best[k] is null && tags[k] is null
                ? null
                : new(
                    label,
                    new()
                    {
                        Threshold = best[k]?.Threshold ?? options.Threshold,
                        Steps = best[k]?.Steps ?? options.Steps,
                        TagThreshold = tags[k] ?? (options.Tags == TagSource.WeakOutput ? options.Threshold : null),
                    }
                );
    }

    private static readonly Dictionary<string, ClassDetection> NotTuned = [];

    private sealed record Choice(double F, double Threshold, IReadOnlyList<DecodingStep> Steps);

    private sealed record Tuned(string Label, ClassDetection Way);

    /// <summary>The threshold with the highest F1; null if no threshold has a true positive.</summary>
    private static Choice? BestOf(ThresholdCurve curve)
    {
        Choice? best = null;
        for (var k = 1; k < curve.Points.Length && curve.Points[k].Score > 0; k++)
        {
            var point = curve.Points[k];
            var f = 2.0 * point.TruePositives / (point.TruePositives + point.FalsePositives + curve.References);
            var next = k + 1 < curve.Points.Length ? curve.Points[k + 1].Score : 0;
            if (f > (best?.F ?? 0))
                best = new(f, (point.Score + next) / 2, []);
        }
        return best;
    }
}

/// <summary>
/// Candidate decoding steps for tuning. The simplest candidates come first, because the tuner resolves ties in favour
/// of the first.
/// </summary>
public static class DecodingGrid
{
    /// <summary>
    /// 30 candidates: a median filter of 0 (none), 0.1, 0.2, 0.5, 1 or 2 s, then a minimum event length of 0 (none),
    /// 0.2, 0.5, 1 or 2 s.
    /// </summary>
    public static IReadOnlyList<IReadOnlyList<DecodingStep>> Smoothing { get; } =
    [
        .. from median in (double[])[0, 0.1, 0.2, 0.5, 1, 2]
        from shortest in (double[])[0, 0.2, 0.5, 1, 2]
        select (IReadOnlyList<DecodingStep>)
            [
                .. median > 0 ? [new DecodingStep.MedianFilter(median)] : (DecodingStep[])[],
                .. shortest > 0 ? [new DecodingStep.MinimumDuration(shortest)] : (DecodingStep[])[],
            ],
    ];

    /// <summary>
    /// 24 candidates: change-point based bounding boxes (cSEBBs; Ebbers et al. 2024) with a step filter of 0.3, 0.5, 1
    /// or 2 s and an absolute merge threshold of 0.1, 0.2 or 0.3 or a relative one of 1.5, 2 or 3.
    /// </summary>
    public static IReadOnlyList<IReadOnlyList<DecodingStep>> ChangePoints { get; } =
    [
        .. from seconds in (double[])[0.5, 0.3, 1, 2]
        from step in (DecodingStep[])
            [
                .. ((double[])[0.2, 0.1, 0.3]).Select(fall => new DecodingStep.ChangePoints(
                    seconds,
                    MergeDifference: fall
                )),
                .. ((double[])[2, 1.5, 3]).Select(ratio => new DecodingStep.ChangePoints(seconds, MergeRatio: ratio)),
            ]
        select (IReadOnlyList<DecodingStep>)[step],
    ];
}
