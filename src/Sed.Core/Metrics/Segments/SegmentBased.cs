using System.Collections.Immutable;
using Sed.Core.Annotations;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Thresholds;

namespace Sed.Core.Metrics.Segments;

/// <summary>
/// Segment-based evaluation: time is split into segments of equal length, an event is active in every segment it
/// overlaps, and reference and estimate are compared segment by segment (Mesaros et al. 2016). Results are identical to
/// the results of sed_eval 0.2.1.
/// </summary>
/// <remarks>
/// An event is active in the segments from floor(onset / resolution) up to but excluding ceil(offset / resolution), in
/// double division. Overlapping events with the same label are merged. A sweep over the onsets and offsets of a file
/// counts runs of segments with equal activity, so time and memory depend on the number of events, not on the number of
/// segments.
/// </remarks>
public static class SegmentBased
{
    /// <summary>Counts all files together.</summary>
    /// <param name="pairs">Reference and estimate, without labels outside the class list.</param>
    /// <param name="options">Segmentation of time. Default: segments of 1 s.</param>
    /// <param name="lengths">
    /// Length of each file in seconds, in the order of the pairs; overrides the length in the options.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The options or lengths are invalid, or there are labels outside the class list.
    /// </exception>
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
            seconds += sweep.Add(pairs, file, LengthOf(file, options, lengths), values);
        return new SegmentCounts(pairs.Classes, options, values, seconds);
    }

    /// <summary>Counts each file separately, for resampling. The sum over files equals <see cref="Count"/>.</summary>
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
            var seconds = sweep.Add(pairs, file, LengthOf(file, options, lengths), values);
            counts.Add(new SegmentCounts(pairs.Classes, options, values, seconds));
        }
        return counts.MoveToImmutable();
    }

    /// <summary>
    /// Counts at every threshold (sed_scores_eval; Ebbers et al. 2022). The score of a segment is the maximum over the
    /// frames it overlaps.
    /// </summary>
    /// <param name="pairs">Frame scores and reference.</param>
    /// <param name="segmentSeconds">Length of a segment, in seconds; positive.</param>
    public static ThresholdCurves Curves(ScorePairs pairs, double segmentSeconds = 1.0) =>
        Sweep(pairs, segmentSeconds).OfAll(pairs);

    /// <summary>Prepares the counts of <see cref="Curves"/> for resamples of the clips.</summary>
    /// <inheritdoc cref="Curves"/>
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
                "Segment-based metrics do not support labels outside the class list. Create the EventPairs with UnknownLabels.Reject, which reports such labels.",
                nameof(pairs)
            );
        if (lengths is null)
            return options;
        if (lengths.Count != pairs.Count)
            throw new ArgumentException($"There are {lengths.Count} lengths for {pairs.Count} files.", nameof(lengths));
        for (var file = 0; file < lengths.Count; file++)
            if (!(lengths[file] >= 0 && lengths[file] <= SoundEvent.LatestSeconds))
                throw new ArgumentException(
                    FormattableString.Invariant(
                        $"The length of file {file} must be 0 to {SoundEvent.LatestSeconds} s, was {lengths[file]} s."
                    ),
                    nameof(lengths)
                );
        return options;
    }
}
