using System.Collections.Immutable;
using Sed.Core.Annotations;
using Sed.Core.Metrics.Events;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Psds;
using Sed.Core.Metrics.Segments;
using Sed.Core.Metrics.Uncertainty;

namespace Sed.Core.Metrics.Thresholds;

/// <summary>
/// Evaluation of frame scores at every decision threshold at once, as sed_scores_eval 0.0.4 does (Ebbers, Serizel and
/// Haeb-Umbach, ICASSP 2022). Detections are longest runs of frames whose score lies above the threshold.
/// </summary>
public static class ScoreBased
{
    /// <summary>PSDS over all thresholds, exactly.</summary>
    /// <exception cref="ArgumentException">The options are unusable.</exception>
    public static PsdsResult Psds(ScorePairs pairs, PsdsOptions options) =>
        ExactPsds.Prepare(pairs, options).Evaluate();

    /// <summary>Intervals of PSDS and of every class's area over resampled files.</summary>
    /// <exception cref="ArgumentException">The options are unusable.</exception>
    public static ImmutableArray<Interval> PsdsIntervals(
        ScorePairs pairs,
        PsdsOptions options,
        BootstrapOptions? bootstrap = null
    )
    {
        var psds = ExactPsds.PrepareForResampling(pairs, options);
        return Bootstrap.Intervals(pairs.Count, weights => psds.Evaluate(weights).All(), bootstrap);
    }

    /// <summary>Differences of PSDS between two systems over the same resampled files.</summary>
    /// <exception cref="ArgumentException">The files differ, or the options are unusable.</exception>
    public static ImmutableArray<PairedDifference> PsdsDifferences(
        ScorePairs first,
        ScorePairs second,
        PsdsOptions options,
        BootstrapOptions? bootstrap = null
    )
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (!first.Scores.Files.SequenceEqual(second.Scores.Files))
            throw new ArgumentException(
                "The two systems have scores for different files, or in another order.",
                nameof(second)
            );
        var (a, b) = (ExactPsds.PrepareForResampling(first, options), ExactPsds.PrepareForResampling(second, options));
        return Bootstrap.Differences(
            first.Count,
            weights => a.Evaluate(weights).All(),
            weights => b.Evaluate(weights).All(),
            bootstrap
        );
    }

    /// <summary>Counts of segments: a segment's score is the largest of the frames that it touches.</summary>
    /// <param name="pairs">What is compared.</param>
    /// <param name="segmentSeconds">Length of a segment, in seconds; positive.</param>
    public static ThresholdCurves Segments(ScorePairs pairs, double segmentSeconds = 1.0)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        new SegmentOptions { ResolutionSeconds = segmentSeconds }.Check();
        return Curves(
            pairs,
            FormattableString.Invariant($"segments of {segmentSeconds} s"),
            (file, k, list) => SegmentChanges.Add(pairs, segmentSeconds, file, k, list)
        );
    }

    /// <summary>Counts of events within collars; times are compared in whole microseconds.</summary>
    /// <param name="pairs">What is compared.</param>
    /// <param name="options">Collars; onset and offset both count, and pairs are as many as possible.</param>
    /// <exception cref="ArgumentException">The options are unusable, or ask for something else.</exception>
    public static ThresholdCurves Events(ScorePairs pairs, EventOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        options ??= new EventOptions();
        options.Check();
        if (!options.EvaluateOnset || !options.EvaluateOffset || options.Matching != EventMatching.Optimal)
            throw new ArgumentException(
                "Curves over thresholds need onset and offset and the optimal matching.",
                nameof(options)
            );
        CollarChanges changes = new(pairs, options);
        return Curves(
            pairs,
            FormattableString.Invariant(
                $"events, collar {options.CollarSeconds} s, {options.PercentageOfLength} of the length"
            ),
            changes.Add,
            EventsOf
        );
    }

    /// <summary>Counts of events by intersection.</summary>
    /// <param name="pairs">What is compared.</param>
    /// <param name="options">The detection tolerance and the ground truth intersection; the rest does not matter here.</param>
    /// <exception cref="ArgumentException">The options are unusable.</exception>
    public static ThresholdCurves Intersections(ScorePairs pairs, PsdsOptions options)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        IntersectionChanges changes = new(pairs, options, crossTriggers: false);
        return Curves(
            pairs,
            FormattableString.Invariant(
                $"events by intersection, DTC {options.DetectionTolerance}, GTC {options.GroundTruthIntersection}"
            ),
            changes.Add,
            EventsOf
        );
    }

    private static long EventsOf(ScorePairs pairs, int classIndex)
    {
        long sum = 0;
        for (var file = 0; file < pairs.Count; file++)
            sum += pairs.EventsOf(file, classIndex).Length;
        return sum;
    }

    /// <param name="pairs">What is compared.</param>
    /// <param name="counting">What is counted, in words.</param>
    /// <param name="add">Adds the changes of a file and a class.</param>
    /// <param name="references">The number of references of a class; null where it is what the lowest threshold finds.</param>
    private static ThresholdCurves Curves(
        ScorePairs pairs,
        string counting,
        Action<int, int, ChangeList> add,
        Func<ScorePairs, int, long>? references = null
    )
    {
        var curves = ImmutableArray.CreateBuilder<ThresholdCurve>(pairs.Classes.Count);
        ChangeList list = new();
        ChangeList ofFile = new();
        for (var k = 0; k < pairs.Classes.Count; k++)
        {
            list.Clear();
            for (var file = 0; file < pairs.Count; file++)
            {
                // Where a class has no events, every peak and valley of its scores is a change, even if two at one score cancel:
                // that decides between which scores a best threshold lies half-way.
                if (pairs.EventsOf(file, k).IsEmpty)
                {
                    add(file, k, list);
                    continue;
                }
                ofFile.Clear();
                add(file, k, ofFile);
                Merge(ofFile, list);
            }
            list.Sort();
            var points = PointsOf(list);
            curves.Add(
                new ThresholdCurve(pairs.Classes[k], points, references?.Invoke(pairs, k) ?? points[^1].TruePositives)
            );
        }
        return new ThresholdCurves(curves.MoveToImmutable(), counting);
    }

    /// <summary>Takes over a file's changes, without those that cancel at one score: there nothing changes.</summary>
    private static void Merge(ChangeList ofFile, ChangeList to)
    {
        ofFile.Sort();
        var items = ofFile.Items;
        for (var k = 0; k < items.Length; )
        {
            var (first, found, wrong) = (k, 0, 0);
            for (; k < items.Length && items[k].Key == items[first].Key; k++)
                if (items[k].Kind == Change.TruePositives)
                    found += items[k].Delta;
                else
                    wrong += items[k].Delta;
            if (found != 0)
                to.Add(items[first] with { Kind = Change.TruePositives, Delta = (short)found });
            if (wrong != 0)
                to.Add(items[first] with { Kind = Change.FalsePositives, Delta = (short)wrong });
        }
    }

    internal static ImmutableArray<ThresholdPoint> PointsOf(ChangeList sorted)
    {
        var points = ImmutableArray.CreateBuilder<ThresholdPoint>();
        points.Add(new ThresholdPoint(double.PositiveInfinity, 0, 0));
        var items = sorted.Items;
        for (var k = 0; k < items.Length; )
        {
            var key = items[k].Key;
            var (score, found, wrong) = (items[k].Score, points[^1].TruePositives, points[^1].FalsePositives);
            for (; k < items.Length && items[k].Key == key; k++)
                if (items[k].Kind == Change.TruePositives)
                    found += items[k].Delta;
                else
                    wrong += items[k].Delta;
            points.Add(new ThresholdPoint(score, found, wrong));
        }
        return points.ToImmutable();
    }
}
