using Sed.Core.Detection;
using Sed.Core.Detection.Steps;
using Sed.Core.Metrics.Events;
using Sed.Core.Metrics.Psds;
using Sed.Core.Metrics.Thresholds;

namespace Sed.Core.Scoring;

/// <summary>
/// Tunes the decoding of each class on labelled clips. Selects the decoding steps and gates from lists of candidates, and
/// the threshold from all values that change a decision. The objective is a score of the class (<see
/// cref="TuningObjective"/>) if all clips have strong labels, otherwise its clip-level F1. Deterministic.
/// </summary>
public static class DetectionTuner
{
    /// <summary>Returns the options with tuned steps and thresholds for each class that can be tuned.</summary>
    /// <remarks>
    /// A class that is absent from the clips, or that no candidate detects, gets the threshold, steps and gate of
    /// <paramref name="options"/>. Ties are resolved in favour of the first candidate and the highest threshold.
    /// Thresholds are midpoints between two adjacent scores; a midpoint below a lower threshold of hysteresis is
    /// replaced by that lower threshold.
    /// </remarks>
    /// <param name="truth">Reference labels of the clips.</param>
    /// <param name="scores">Network outputs for the same clips.</param>
    /// <param name="options">Options for classes that cannot be tuned. They also determine the source of tags.</param>
    /// <param name="steps">Candidate lists of decoding steps, at least one list; a list may be empty.</param>
    /// <param name="objective">The score that is maximised. Default: segment-based F1.</param>
    /// <param name="gates">
    /// Candidate gates (<see cref="ClassDetection.Gate"/>), each combined with each list of steps; the element null
    /// means no gate. Default: the gate of the options.
    /// </param>
    /// <exception cref="ArgumentException">
    /// There are no candidates, or scores and reference have different clips.
    /// </exception>
    public static DetectionOptions Tune(
        ClipTruth truth,
        ClipScores scores,
        DetectionOptions options,
        IReadOnlyList<IReadOnlyList<DecodingStep>> steps,
        TuningObjective objective = TuningObjective.SegmentF,
        IReadOnlyList<double?>? gates = null
    )
    {
        if (steps.Count == 0)
            throw new ArgumentException("There are no candidate steps.", nameof(steps));
        var best = new Choice?[truth.Classes.Count];
        var tags = new double?[best.Length];
        gates ??= [options.Gate];
        foreach (var (way, gate) in steps.SelectMany(way => gates.Select(gate => (way, gate))))
        {
            // The curves do not depend on this threshold, but it must be valid for the steps.
            var lowest = DecodingStep.LowestThreshold(way);
            var candidate = options with
            {
                Threshold = Math.Max(options.Threshold, lowest),
                Steps = way,
                Gate = gate,
                PerClass = NotTuned,
            };
            ScoredClips scored = new(truth, scores, candidate);
            var once = scored.Once();
            var curves = CurvesOf(scored, once, objective).PerClass;
            var psds = scored.HasEvents && objective == TuningObjective.Psds1 ? once.Psds(PsdsOptions.Scenario1) : null;
            for (var k = 0; k < best.Length; k++)
                if (BestOf(curves[k], lowest) is { } found)
                {
                    var value = psds?.ClassScores[psds.Classes.IndexOf(truth.Classes[k])] ?? found.Value;
                    if (!(value <= best[k]?.Value))
                        best[k] = found with { Value = value, Steps = way, Gate = gate };
                }
            if (options.Tags == TagSource.WeakOutput && way == steps[0] && gate == gates[0])
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
                        Gate = best[k] is { } chosen ? chosen.Gate : options.Gate,
                        TagThreshold = tags[k] ?? (options.Tags == TagSource.WeakOutput ? options.Threshold : null),
                    }
                );
    }

    private static readonly Dictionary<string, ClassDetection> NotTuned = [];

    private sealed record Choice(
        double Value,
        double Threshold,
        IReadOnlyList<DecodingStep> Steps,
        double? Gate = null
    );

    private sealed record Tuned(string Label, ClassDetection Way);

    /// <summary>Returns the curves from which thresholds are chosen.</summary>
    private static ThresholdCurves CurvesOf(ScoredClips scored, WeightedClips once, TuningObjective objective) =>
        !scored.HasEvents ? once.TagCurves
        : objective == TuningObjective.EventF
            ? EventBased.Curves(scored.Inputs.ScorePairs!.Value, new EventOptions { PercentageOfLength = 0.2 })
        : once.SegmentCurves;

    /// <summary>Finds the threshold with the highest F1; null if no threshold has a true positive.</summary>
    /// <param name="curve">The counts of a class at every threshold.</param>
    /// <param name="lowest">The lowest threshold that is allowed.</param>
    private static Choice? BestOf(ThresholdCurve curve, double lowest = 0)
    {
        Choice? best = null;
        for (var k = 1; k < curve.Points.Length; k++)
        {
            var point = curve.Points[k];
            if (point.Score <= 0 || point.Score < lowest)
                break;
            var f = 2.0 * point.TruePositives / (point.TruePositives + point.FalsePositives + curve.References);
            var next = k + 1 < curve.Points.Length ? curve.Points[k + 1].Score : 0;
            if (f > (best?.Value ?? 0))
                best = new(f, Math.Max((point.Score + next) / 2, lowest), []);
        }
        return best;
    }
}

/// <summary>The score that tuning maximises for each class.</summary>
public enum TuningObjective
{
    /// <summary>Segment-based F1 (1 s), for the decoding steps, gates and thresholds.</summary>
    SegmentF,

    /// <summary>
    /// PSDS1, for the decoding steps and gates. PSDS1 does not depend on a threshold, so the threshold maximises
    /// segment-based F1 (1 s).
    /// </summary>
    Psds1,

    /// <summary>
    /// Collar-based (event-based) F1, for the decoding steps, gates and thresholds. The collar is 0.2 s for onsets. For
    /// offsets, it is 0.2 s or 20 % of the reference event's length, whichever is longer (Ebbers et al. 2024).
    /// </summary>
    EventF,
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

    /// <summary>10 candidate gates: none, then 0.1 to 0.9 in steps of 0.1.</summary>
    public static IReadOnlyList<double?> Gates { get; } = [null, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

    /// <summary>
    /// 18 candidates: change-point based bounding boxes (cSEBBs) with a step filter of 0.32, 0.48 or 0.64 s and either an
    /// absolute merge threshold (0.15, 0.2 or 0.3) or a relative merge threshold (1.5, 2 or 3; Ebbers et al. 2024).
    /// </summary>
    public static IReadOnlyList<IReadOnlyList<DecodingStep>> ChangePoints { get; } =
    [
        .. from seconds in (double[])[0.32, 0.48, 0.64]
        from step in (DecodingStep[])
            [
                .. ((double[])[0.15, 0.2, 0.3]).Select(fall => new DecodingStep.ChangePoints(
                    seconds,
                    MergeDifference: fall
                )),
                .. ((double[])[1.5, 2, 3]).Select(ratio => new DecodingStep.ChangePoints(seconds, MergeRatio: ratio)),
            ]
        select (IReadOnlyList<DecodingStep>)[step],
    ];
}
