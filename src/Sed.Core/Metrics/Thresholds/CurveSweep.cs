using System.Collections.Immutable;
using Sed.Core.Annotations;

namespace Sed.Core.Metrics.Thresholds;

/// <summary>Curves over all thresholds, prepared once, for a corpus or for resamples of its clips. Immutable.</summary>
public sealed class CurveSweep
{
    private readonly ClassList classes;
    private readonly string counting;
    private readonly Change[][] changes; // of each class, by falling score
    private readonly int[][]? references; // of each class and clip; null where the lowest threshold finds them all

    /// <param name="classes">The classes.</param>
    /// <param name="counting">What is counted, in words.</param>
    /// <param name="changes">Of each class what changes in which clip, by falling score.</param>
    /// <param name="references">Of each class the references in each clip; null where the lowest threshold finds them all.</param>
    internal CurveSweep(ClassList classes, string counting, Change[][] changes, int[][]? references = null)
    {
        this.classes = classes;
        this.counting = counting;
        this.changes = changes;
        this.references = references;
    }

    /// <summary>The curve of every class of a corpus in which each clip stands as often as its weight says.</summary>
    /// <param name="weights">How often each clip stands in the corpus, 0 or more.</param>
    public ThresholdCurves Of(ReadOnlySpan<int> weights)
    {
        var curves = ImmutableArray.CreateBuilder<ThresholdCurve>(classes.Count);
        for (var k = 0; k < classes.Count; k++)
        {
            var points = PointsOf(changes[k], weights);
            curves.Add(new ThresholdCurve(classes[k], points, ReferencesOf(k, weights) ?? points[^1].TruePositives));
        }
        return new ThresholdCurves(curves.MoveToImmutable(), counting);
    }

    /// <summary>The points of one class, or of several together, sorted by falling score.</summary>
    internal static ImmutableArray<ThresholdPoint> PointsOf(ReadOnlySpan<Change> sorted, ReadOnlySpan<int> weights)
    {
        var points = ImmutableArray.CreateBuilder<ThresholdPoint>();
        points.Add(new ThresholdPoint(double.PositiveInfinity, 0, 0));
        for (var k = 0; k < sorted.Length; )
        {
            var first = sorted[k];
            var (found, wrong, counts) = (points[^1].TruePositives, points[^1].FalsePositives, false);
            for (; k < sorted.Length && sorted[k].Key == first.Key; k++)
            {
                var weight = weights[sorted[k].File];
                counts |= weight > 0;
                if (sorted[k].Kind == Change.TruePositives)
                    found += weight * sorted[k].Delta;
                else
                    wrong += weight * sorted[k].Delta;
            }
            if (counts)
                points.Add(new ThresholdPoint(first.Score, found, wrong));
        }
        return points.ToImmutable();
    }

    private long? ReferencesOf(int k, ReadOnlySpan<int> weights)
    {
        if (references is null)
            return null;
        long sum = 0;
        for (var clip = 0; clip < weights.Length; clip++)
            sum += (long)weights[clip] * references[k][clip];
        return sum;
    }
}
