namespace Sed.Core.Annotations;

/// <summary>
/// Finds events of the same class and file that overlap in time. A reference with overlapping events annotates the same
/// activity more than once: event-based metrics count each of the events, and psds_eval rejects the reference.
/// </summary>
public static class EventOverlaps
{
    /// <summary>
    /// Finds pairs of overlapping events. Each event that begins before an earlier event has ended is the second event
    /// of exactly one pair.
    /// </summary>
    /// <param name="events">
    /// The events of a file, in any order. Events of zero duration and repeated events are ignored.
    /// </param>
    public static IEnumerable<(SoundEvent First, SoundEvent Second)> Of(IEnumerable<SoundEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        foreach (var group in events.Distinct().GroupBy(sound => sound.Label, StringComparer.Ordinal))
        {
            SoundEvent? latest = null;
            foreach (var sound in group.Where(sound => sound.Offset > sound.Onset).OrderBy(sound => sound.Onset))
            {
                if (latest is { } earlier && sound.Onset < earlier.Offset)
                    yield return (earlier, sound);
                if (latest is not { } last || sound.Offset > last.Offset)
                    latest = sound;
            }
        }
    }
}
