using Sed.Core.Detection;
using Sed.Core.Detection.Steps;
using Sed.Core.Metrics.Thresholds;

namespace Sed.Core.Scoring;

/// <summary>
/// Chooses for each class how it is decided on, by clips of which the truth is known: the steps among those that are offered,
/// and with each of them the threshold among all that differ on these clips. What counts is the F-score of the class:
/// segment-based at 1 s where the events of all clips are known, else of its tags. Deterministic.
/// </summary>
public static class DetectionTuner
{
    /// <summary>The options with a way of its own for each class that can be tuned.</summary>
    /// <remarks>
    /// A class that is in none of the clips, or that nothing finds, is decided on as the options say. Of equally good ways the
    /// first is taken, of equally good thresholds the highest; a threshold lies half-way between two scores.
    /// </remarks>
    /// <param name="truth">What is true of the clips.</param>
    /// <param name="scores">What was said of them.</param>
    /// <param name="options">How classes are decided on that cannot be tuned, and where tags come from.</param>
    /// <param name="steps">The steps to choose from; at least one way, which may have no steps.</param>
    /// <exception cref="ArgumentException">No steps are offered, or scores and truth are of other clips.</exception>
    public static DetectionOptions Tune(
        ClipTruth truth,
        ClipScores scores,
        DetectionOptions options,
        IReadOnlyList<IReadOnlyList<DecodingStep>> steps
    )
    {
        if (steps.Count == 0)
            throw new ArgumentException("There are no steps to choose from.", nameof(steps));
        var best = new Choice?[truth.Classes.Count];
        var tags = new double?[best.Length];
        foreach (var way in steps)
        {
            ScoredClips scored = new(truth, scores, options with { Steps = way, PerClass = Nobody });
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

    private static readonly Dictionary<string, ClassDetection> Nobody = [];

    private sealed record Choice(double F, double Threshold, IReadOnlyList<DecodingStep> Steps);

    private sealed record Tuned(string Label, ClassDetection Way);

    /// <summary>The best threshold above 0, below which no score is; null where no threshold finds anything.</summary>
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
