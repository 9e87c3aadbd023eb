using Sed.Core.Metrics.Pairs;

namespace Sed.Core.Metrics.Segments;

/// <summary>
/// Counts the segments of a file by a sweep over its onsets and offsets. Reuses its memory; not thread-safe.
/// </summary>
internal sealed class SegmentSweep(int classes, double resolution)
{
    private const int Reference = 1;
    private const int Estimate = 2;

    // For each class: the number of events in the reference and in the estimate that have begun and not ended; the
    // sides on which the class is active (the result of `Cross`); and the segment since which these sides have not
    // changed.
    private readonly int[] openReference = new int[classes];
    private readonly int[] openEstimate = new int[classes];
    private readonly int[] active = new int[classes];
    private readonly long[] since = new long[classes];

    // For each onset and offset: its segment, and the code 4 * class + 2 * (1 for an offset) + (1 for the estimate).
    private long[] segments = new long[64];
    private int[] codes = new int[64];
    private int borders;

    /// <summary>
    /// Adds the counts of one file to the values of a <see cref="SegmentCounts"/>. A segment is counted for a class
    /// only if the class is annotated in all of it.
    /// </summary>
    /// <returns>The length of the file in seconds.</returns>
    public double Add(EventPairs pairs, int file, double? lengthSeconds, Span<long> values)
    {
        var reference = pairs.ReferenceOf(file);
        var estimated = pairs.EstimatedOf(file);
        var seconds = lengthSeconds ?? Math.Max(LastOffset(reference), LastOffset(estimated));
        var length = (long)Math.Ceiling(seconds / resolution);
        borders = 0;
        var known = pairs.IsFullyKnown ? null : KnownSegments(pairs, file, length, seconds);
        AddBorders(reference, 0, length, known);
        AddBorders(estimated, 1, length, known);
        Array.Sort(segments, codes, 0, borders);
        Sweep(values);
        values[3] += length;
        values[4]++;
        // True negatives are all segments except those in which the class is active. `Count` has subtracted the latter.
        for (var k = SegmentCounts.Header + 3; k < values.Length; k += SegmentCounts.PerClass)
            values[k] += length;
        for (var k = 0; known is not null && k < classes; k++)
            if (known[k] is { } segmentsOfClass)
                values[SegmentCounts.Header + (SegmentCounts.PerClass * k) + 3] -= segmentsOfClass.Count(one => !one);
        return seconds;
    }

    /// <summary>
    /// For each class, whether the class is annotated in each segment; null for a class that is annotated in all
    /// segments.
    /// </summary>
    private bool[]?[] KnownSegments(EventPairs pairs, int file, long length, double seconds)
    {
        var known = new bool[]?[classes];
        for (var k = 0; k < classes; k++)
            if (pairs.KnownOf(file, k) is { IsAlways: false } spans)
            {
                var own = known[k] = new bool[length];
                for (var segment = 0; segment < own.Length; segment++)
                    own[segment] = spans.Contain(segment * resolution, Math.Min((segment + 1) * resolution, seconds));
            }
        return known;
    }

    private static double LastOffset(ReadOnlySpan<CodedEvent> events)
    {
        var last = 0.0;
        foreach (var sound in events)
            last = Math.Max(last, sound.Offset);
        return last;
    }

    private void AddBorders(ReadOnlySpan<CodedEvent> events, int side, long length, bool[]?[]? known)
    {
        foreach (var sound in events)
        {
            var first = (long)Math.Floor(sound.Onset / resolution);
            var end = Math.Min((long)Math.Ceiling(sound.Offset / resolution), length);
            if (known?[sound.Class] is not { } counted)
                AddRun(first, end, sound.Class, side);
            else
                // The runs of annotated segments within the event.
                for (var start = first; start < end; start++)
                {
                    var stop = start;
                    while (stop < end && counted[stop])
                        stop++;
                    AddRun(start, stop, sound.Class, side);
                    start = stop;
                }
        }
    }

    private void AddRun(long first, long end, int label, int side)
    {
        if (first >= end)
            return;
        if (segments.Length < borders + 2)
        {
            Array.Resize(ref segments, 2 * segments.Length);
            Array.Resize(ref codes, segments.Length);
        }
        segments[borders] = first;
        codes[borders++] = 4 * label + side;
        segments[borders] = end;
        codes[borders++] = 4 * label + 2 + side;
    }

    private void Sweep(Span<long> values)
    {
        long position = 0;
        var (inReference, inEstimate, inBoth) = (0, 0, 0);
        for (var k = 0; k < borders; k++)
        {
            var run = segments[k] - position;
            if (run > 0)
            {
                values[0] += run * (Math.Min(inReference, inEstimate) - inBoth);
                values[1] += run * Math.Max(0, inReference - inEstimate);
                values[2] += run * Math.Max(0, inEstimate - inReference);
                position = segments[k];
            }
            var (label, before) = (codes[k] >> 2, active[codes[k] >> 2]);
            var after = Cross(codes[k], label);
            if (after == before)
                continue;
            Count(values, label, before, position);
            inReference += (after & Reference) - (before & Reference);
            inEstimate += ((after & Estimate) - (before & Estimate)) >> 1;
            inBoth += (after == 3 ? 1 : 0) - (before == 3 ? 1 : 0);
        }
    }

    /// <summary>
    /// Processes the onset or offset of an event. Returns where the class is active from this time on: in the
    /// reference, in the estimate, in both or in neither.
    /// </summary>
    private int Cross(int code, int label)
    {
        var open = (code & 1) == 0 ? openReference : openEstimate;
        open[label] += (code & 2) == 0 ? 1 : -1;
        return active[label] = (openReference[label] > 0 ? Reference : 0) | (openEstimate[label] > 0 ? Estimate : 0);
    }

    /// <summary>
    /// Counts a run of segments in which a class was active on the same sides (reference, estimate or both), and
    /// subtracts the run from the true negatives.
    /// </summary>
    private void Count(Span<long> values, int label, int sides, long position)
    {
        var run = position - since[label];
        since[label] = position;
        if (sides == 0)
            return;
        var own = values.Slice(SegmentCounts.Header + SegmentCounts.PerClass * label, SegmentCounts.PerClass);
        own[
            sides == 3 ? 0
            : sides == Estimate ? 1
            : 2
        ] += run;
        own[3] -= run;
    }
}
