using Sed.Core.Annotations;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Thresholds;

namespace Sed.Core.Metrics.Frames;

/// <summary>
/// Frame-based evaluation with one class per frame, as in the segmentation of birdsong (Cohen et al. 2022, TweetyNet).
/// "No event" counts as a class.
/// </summary>
/// <remarks>
/// A file is divided into frames of 10 ms. Reference and estimate are compared at the centre of each frame, with times in
/// whole microseconds. From scores, the estimated class of a frame is the argmax over the classes and "no event"; in a tie,
/// "no event" comes first, then the classes in class order. From events, it is the first detected class in class order, or
/// "no event". A frame is wrong if its estimated class is not active in the reference, or if "no event" is
/// estimated and a class is active. Frames in which a class is not fully annotated do not count.
/// </remarks>
public static class FrameBased
{
    /// <summary>Length of a frame in seconds.</summary>
    public const double FrameSeconds = 0.01;

    // The score of "no event" is 1 minus the largest score, so an event needs a score above this value.
    private const double Even = 0.5;

    private const long FrameLength = 10_000; // microseconds
    private const int NoEvent = -1;

    /// <summary>
    /// Counts the frames of each file from reference events and estimated events. A file ends at the last offset in the
    /// reference or in the estimate, whichever is later.
    /// </summary>
    /// <param name="pairs">Reference and estimate, without labels outside the class list.</param>
    /// <exception cref="ArgumentException">There are labels outside the class list.</exception>
    public static IReadOnlyList<FrameCounts> CountEach(EventPairs pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        if (pairs.HasUnknownLabels)
            throw new ArgumentException(
                "Frame-based metrics do not support labels outside the class list. Create the EventPairs with UnknownLabels.Reject, which reports such labels.",
                nameof(pairs)
            );
        var counts = new FrameCounts[pairs.Count];
        for (var file = 0; file < counts.Length; file++)
        {
            var end = 0.0;
            foreach (ref readonly var sound in pairs.ReferenceOf(file))
                end = Math.Max(end, sound.Offset);
            foreach (ref readonly var sound in pairs.EstimatedOf(file))
                end = Math.Max(end, sound.Offset);
            Activity reference = new(pairs.Classes.Count, FramesIn(end));
            Activity estimate = new(pairs.Classes.Count, FramesIn(end));
            reference.Add(pairs.ReferenceOf(file));
            estimate.Add(pairs.EstimatedOf(file));
            counts[file] = Compare(reference, estimate.First, end, k => pairs.KnownOf(file, k));
        }
        return counts;
    }

    /// <summary>
    /// Counts the frames of each file from frame scores, which must be probabilities. The score of "no event" is 1
    /// minus the largest score of a class. After the last frame of the scores, the estimate is "no event".
    /// </summary>
    /// <param name="pairs">Frame scores and reference.</param>
    public static IReadOnlyList<FrameCounts> CountEach(ScorePairs pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var counts = new FrameCounts[pairs.Count];
        for (var file = 0; file < counts.Length; file++)
        {
            Activity reference = new(pairs.Classes.Count, FramesIn(pairs.Seconds[file]));
            for (var k = 0; k < pairs.Classes.Count; k++)
                reference.Add(pairs.EventsOf(file, k));
            var scores = pairs.Scores[file];
            var largest = LargestClasses(pairs, file);
            var position = 0;
            counts[file] = Compare(
                reference,
                frame =>
                {
                    while (
                        position < largest.Length && Microseconds.Of(scores.Borders[position + 1]) <= CentreOf(frame)
                    )
                        position++;
                    return position < largest.Length && Microseconds.Of(scores.Borders[position]) <= CentreOf(frame)
                        ? largest[position]
                        : NoEvent;
                },
                pairs.Seconds[file],
                k => pairs.KnownOf(file, k)
            );
        }
        return counts;
    }

    /// <summary>The class of each frame of the scores: the argmax, or "no event".</summary>
    private static int[] LargestClasses(ScorePairs pairs, int file)
    {
        var scores = pairs.Scores[file];
        var classes = new int[scores.Frames];
        var largest = new double[scores.Frames];
        Array.Fill(classes, NoEvent);
        Array.Fill(largest, Even);
        for (var k = 0; k < pairs.Classes.Count; k++)
        {
            var row = scores.Of(k);
            for (var frame = 0; frame < row.Length; frame++)
                if (row[frame] > largest[frame])
                    (classes[frame], largest[frame]) = (k, row[frame]);
        }
        return classes;
    }

    /// <summary>Counts the frames in which all classes are annotated.</summary>
    private static FrameCounts Compare(
        Activity reference,
        Func<int, int> estimate,
        double seconds,
        Func<int, KnownSpans> known
    )
    {
        KnownSpans[] partly = [.. Enumerable.Range(0, reference.Classes).Select(known).Where(spans => !spans.IsAlways)];
        var (wrong, counted) = (0L, 0L);
        for (var frame = 0; frame < reference.Frames; frame++)
        {
            var (from, to) = (frame * FrameSeconds, Math.Min((frame + 1) * FrameSeconds, seconds));
            var k = estimate(frame);
            if (!Array.TrueForAll(partly, spans => spans.Contain(from, to)))
                continue;
            counted++;
            wrong += (k == NoEvent ? reference.IsEmpty(frame) : reference[frame, k]) ? 0 : 1;
        }
        return new FrameCounts(wrong, counted);
    }

    /// <summary>Number of frames whose centre lies before the end.</summary>
    private static int FramesIn(double seconds) =>
        checked((int)(((long)Microseconds.Of(seconds) + (FrameLength / 2) - 1) / FrameLength));

    private static long CentreOf(int frame) => (frame * FrameLength) + (FrameLength / 2);

    /// <summary>The active classes of each frame.</summary>
    private sealed class Activity(int classes, int frames)
    {
        private readonly bool[] active = new bool[(long)classes * frames];

        public int Classes => classes;

        public int Frames => frames;

        public bool this[int frame, int k] => active[((long)frame * classes) + k];

        public void Add(ReadOnlySpan<CodedEvent> events)
        {
            foreach (ref readonly var sound in events)
            {
                var end = Math.Min(frames, FramesIn(sound.Offset));
                for (var frame = FramesIn(sound.Onset); frame < end; frame++)
                    active[((long)frame * classes) + sound.Class] = true;
            }
        }

        public bool IsEmpty(int frame) => First(frame) == NoEvent;

        /// <summary>The first active class of a frame, or "no event".</summary>
        public int First(int frame) =>
            Array.IndexOf(active, true, frame * classes, classes) is var at and >= 0 ? at - (frame * classes) : NoEvent;
    }
}
