using Sed.Core.Annotations;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Thresholds;

namespace Sed.Core.Metrics.Frames;

/// <summary>
/// The labels of one class for consecutive frames: a frame is positive if an event covers its centre. Times are compared
/// in whole microseconds.
/// </summary>
/// <param name="events">The events of the class, ordered by onset.</param>
/// <param name="known">The times at which the class is annotated.</param>
internal ref struct FrameLabels(ReadOnlySpan<CodedEvent> events, KnownSpans known)
{
    private readonly ReadOnlySpan<CodedEvent> events = events;
    private readonly KnownSpans known = known;
    private int next; // first event that begins after the last centre
    private double end = double.NegativeInfinity; // largest offset of the events before `next`, in microseconds

    /// <summary>The label of the next frame; null if any part of the frame is not annotated for the class.</summary>
    /// <param name="from">Start of the frame in seconds; not before the previous frame.</param>
    /// <param name="to">End of the frame in seconds.</param>
    public bool? Next(double from, double to)
    {
        var centre = Microseconds.Of((from + to) / 2);
        for (; next < events.Length && Microseconds.Of(events[next].Onset) <= centre; next++)
            end = Math.Max(end, Microseconds.Of(events[next].Offset));
        return known.IsAlways || known.Contain(from, to) ? centre < end : null;
    }
}
