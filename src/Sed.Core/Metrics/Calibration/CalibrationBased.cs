using Sed.Core.Metrics.Frames;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Tags;

namespace Sed.Core.Metrics.Calibration;

/// <summary>
/// Computes the counts from which the expected calibration error and reliability diagrams are derived.
/// </summary>
public static class CalibrationBased
{
    /// <summary>
    /// Counts the frames of each file. A frame is positive if an event of the class covers its centre (compared in whole
    /// microseconds). Frames that are not fully annotated for the class do not count.
    /// </summary>
    /// <param name="pairs">Frame probabilities and reference.</param>
    public static IReadOnlyList<CalibrationCounts> CountEach(ScorePairs pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var counts = new CalibrationCounts[pairs.Count];
        for (var file = 0; file < counts.Length; file++)
        {
            CalibrationCounts.Builder builder = new(pairs.Classes);
            var scores = pairs.Scores[file];
            for (var k = 0; k < pairs.Classes.Count; k++)
            {
                var row = scores.Of(k);
                FrameLabels labels = new(pairs.EventsOf(file, k), pairs.KnownOf(file, k));
                for (var frame = 0; frame < row.Length; frame++)
                    if (labels.Next(scores.Borders[frame], scores.Borders[frame + 1]) is { } isPositive)
                        builder.Add(k, row[frame], isPositive);
            }
            counts[file] = builder.Build();
        }
        return counts;
    }

    /// <summary>Counts the tags of each clip. Unknown tags do not count.</summary>
    /// <param name="tags">Clip-level probabilities and reference tags.</param>
    public static IReadOnlyList<CalibrationCounts> CountEach(TagScores tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        var builders = new CalibrationCounts.Builder[tags.Clips];
        for (var clip = 0; clip < builders.Length; clip++)
        {
            builders[clip] = new(tags.Classes);
            for (var k = 0; k < tags.Classes.Count; k++)
                if (tags.IsKnown(clip, k))
                    builders[clip].Add(k, tags.ScoreOf(clip, k), tags.IsPresent(clip, k));
        }
        return [.. builders.Select(builder => builder.Build())];
    }
}
