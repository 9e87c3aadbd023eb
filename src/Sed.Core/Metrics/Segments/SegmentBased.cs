using System.Collections.Immutable;
using Sed.Core.Annotations;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Thresholds;

namespace Sed.Core.Metrics.Segments;

/// <summary>
/// Segment-based evaluation: time is cut into segments of equal length, an event is active in every segment that it
/// touches, and decisions are compared segment by segment (Mesaros et al. 2016; equal to sed_eval 0.2.1).
/// </summary>
/// <remarks>
/// An event is active in the segments from floor(onset / resolution) up to, not including, ceil(offset / resolution), in
/// double division. Overlapping events of one label are one activity. Segments are never held one by one: a sweep over the
/// onsets and offsets of a file counts whole stretches of equal activity, so that time and memory depend on the number of
/// events alone.
/// </remarks>
public static class SegmentBased
{
    /// <summary>Counts all files together.</summary>
    /// <param name="pairs">What is compared.</param>
    /// <param name="options">How time is cut; segments of 1 s by default.</param>
    /// <param name="lengths">The length of each file in seconds, in the order of the pairs; overrides the options' length.</param>
    /// <exception cref="ArgumentException">The options are unusable, the lengths do not fit, or labels outside the class list were let in.</exception>
    public static SegmentCounts Count(
        EventPairs pairs,
        SegmentOptions? options = null,
        IReadOnlyList<double>? lengths = null
    )
    {
        options = Checked(pairs, options, lengths);
        var values = SegmentCounts.Zeros(pairs.Classes, SegmentCounts.PerClass);
        SegmentSweep sweep = new(pairs.Classes.Count, options.ResolutionSeconds);
        var seconds = 0.0;
        for (var file = 0; file < pairs.Count; file++)
            seconds += sweep.Add(
                pairs.ReferenceOf(file),
                pairs.EstimatedOf(file),
                LengthOf(file, options, lengths),
                values
            );
        return new SegmentCounts(pairs.Classes, options, values, seconds);
    }

    /// <summary>Counts each file by itself, for resampling; their sum is what <see cref="Count"/> gives.</summary>
    /// <inheritdoc cref="Count"/>
    public static ImmutableArray<SegmentCounts> CountEach(
        EventPairs pairs,
        SegmentOptions? options = null,
        IReadOnlyList<double>? lengths = null
    )
    {
        options = Checked(pairs, options, lengths);
        SegmentSweep sweep = new(pairs.Classes.Count, options.ResolutionSeconds);
        var counts = ImmutableArray.CreateBuilder<SegmentCounts>(pairs.Count);
        for (var file = 0; file < pairs.Count; file++)
        {
            var values = SegmentCounts.Zeros(pairs.Classes, SegmentCounts.PerClass);
            var length = LengthOf(file, options, lengths);
            var seconds = sweep.Add(pairs.ReferenceOf(file), pairs.EstimatedOf(file), length, values);
            counts.Add(new SegmentCounts(pairs.Classes, options, values, seconds));
        }
        return counts.MoveToImmutable();
    }

    /// <summary>The counts at every decision threshold: a segment's score is the largest of the frames that it touches.</summary>
    /// <param name="pairs">What is compared.</param>
    /// <param name="segmentSeconds">Length of a segment, in seconds; positive.</param>
    public static ThresholdCurves Curves(ScorePairs pairs, double segmentSeconds = 1.0) =>
        Sweep(pairs, segmentSeconds).OfAll(pairs);

    /// <summary>The same, prepared for resamples of the clips.</summary>
    public static CurveSweep Sweep(ScorePairs pairs, double segmentSeconds = 1.0)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        new SegmentOptions { ResolutionSeconds = segmentSeconds }.Check();
        return CurveCounting.Sweep(
            pairs,
            FormattableString.Invariant($"segments of {segmentSeconds} s"),
            (file, k, list) => SegmentChanges.Add(pairs, segmentSeconds, file, k, list)
        );
    }

    private static double? LengthOf(int file, SegmentOptions options, IReadOnlyList<double>? lengths) =>
        lengths is null ? options.LengthSeconds : lengths[file];

    private static SegmentOptions Checked(EventPairs pairs, SegmentOptions? options, IReadOnlyList<double>? lengths)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        options ??= new SegmentOptions();
        options.Check();
        if (pairs.HasUnknownLabels)
            throw new ArgumentException(
                "Segment-based metrics have no place for labels outside the class list; pair the lists with UnknownLabels.Refuse.",
                nameof(pairs)
            );
        if (lengths is null)
            return options;
        if (lengths.Count != pairs.Count)
            throw new ArgumentException($"There are {lengths.Count} lengths for {pairs.Count} files.", nameof(lengths));
        for (var file = 0; file < lengths.Count; file++)
            if (!(lengths[file] >= 0 && lengths[file] <= SoundEvent.LatestSeconds))
                throw new ArgumentException(
                    FormattableString.Invariant($"The length of file {file} is {lengths[file]} s."),
                    nameof(lengths)
                );
        return options;
    }
}
