using Sed.Core.Annotations;

namespace Sed.Core.Tests.Metrics;

internal static class ThresholdedScores
{
    /// <summary>
    /// Converts runs of consecutive frames with scores above a threshold to events, without smoothing.
    /// </summary>
    public static EventList EventsAbove(this ScoreList list, double threshold) =>
        EventList.Of(
            list.Files.Select((file, k) => (file, (IReadOnlyList<SoundEvent>)Above(list.Classes, list[k], threshold)))
        );

    private static List<SoundEvent> Above(ClassList classes, FrameScores scores, double threshold)
    {
        List<SoundEvent> events = [];
        for (var k = 0; k < classes.Count; k++)
        {
            var row = scores.Of(k);
            for (var frame = 0; frame < row.Length; frame++)
            {
                if (!(row[frame] > threshold))
                    continue;
                var onset = scores.Borders[frame];
                while (frame + 1 < row.Length && row[frame + 1] > threshold)
                    frame++;
                events.Add(new SoundEvent(onset, scores.Borders[frame + 1], classes[k]));
            }
        }
        return events;
    }
}
