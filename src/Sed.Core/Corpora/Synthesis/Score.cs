using Sed.Core.Annotations;
using Sed.Core.Corpora.Layouts;
using Sed.Core.Corpora.Synthesis.Voices;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora.Synthesis;

/// <summary>
/// What happens in one clip before anything sounds: which events, from when to when. The constants follow the strong
/// labels released with the testing set of DCASE 2017 Task 4: 652 events in 477 clips, 1.37 events and 1.20 classes a clip.
/// </summary>
internal static class Score
{
    // Clips with one, two, three and four events or more.
    private static readonly double[] CountWeights = [0.73, 0.19, 0.06, 0.02];

    // How often a further event is tried as one more of a class that is there already: a horn blown twice. It finds room in
    // about every second clip, which leaves 1.3 classes a clip; trying oftener would favour short events, and their mean
    // lengths would no longer be the real ones.
    private const double Again = 0.5;

    // Events are placed in a window wider than the clip by this part of the room they leave at either end, and what would
    // lie outside is moved to the border: in clips cut from longer videos some begin with the clip and some end with it.
    private const double Overhang = 0.4;

    // Two equal events closer than this would be one event to a listener (s).
    private const double GapSeconds = 0.2;
    private const int Attempts = 16;

    /// <summary>One event of a score.</summary>
    /// <param name="At">Its first sample.</param>
    /// <param name="Take">Its sound.</param>
    /// <param name="Event">Its label and its times in whole milliseconds.</param>
    internal sealed record Entry(int At, Take Take, SoundEvent Event);

    /// <summary>Draws the score of a clip, in order of onset; the same arguments give the same one.</summary>
    /// <param name="source">Where events come from.</param>
    /// <param name="options">The seed and how many events there may be.</param>
    /// <param name="split">The split of the clip.</param>
    /// <param name="index">Its number in the split.</param>
    internal static IReadOnlyList<Entry> Draw(ISoundSource source, SoundscapeOptions options, Split split, int index)
    {
        Random random = RandomSource.For(options.Seed, "score", split.DrawName, index);
        List<Entry> score = [];
        var count = options.MinEvents + random.Weighted(CountsFor(options));
        for (var k = 0; k < count; k++)
        {
            var again = k > 0 && random.NextDouble() < Again;
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                // The first clips of a split go through the classes, so that none is missing from it by chance.
                var inTurn = k == 0 && index < source.Classes.Count;
                var label = inTurn ? index : random.Weighted(source.Weights);
                // Where the first one leaves no room for another of its class, it is another class's turn.
                if (again && attempt < Attempts / 2)
                    label = LabelOf(source, score[random.Next(score.Count)]);
                Entry entry = Place(random, source, split, label);
                if (score.Any(other => TooClose(entry.Event, other.Event)))
                    continue;
                score.Add(entry);
                break;
            }
        }
        return
        [
            .. score.OrderBy(entry => entry.Event.Onset).ThenBy(entry => entry.Event.Label, StringComparer.Ordinal),
        ];
    }

    private static double[] CountsFor(SoundscapeOptions options) =>
        [
            .. Enumerable
                .Range(0, options.MaxEvents - options.MinEvents + 1)
                .Select(i => CountWeights[Math.Min(i, CountWeights.Length - 1)]),
        ];

    private static Entry Place(Random random, ISoundSource source, Split split, int label)
    {
        var sampleRate = Dcase2017.SampleRate;
        var samples = (int)(Dcase2017.ClipSeconds * sampleRate);
        Take take = source.Event(random, split, label, samples);
        var room = samples - take.Samples;
        var at = (int)Math.Clamp(room * random.Between(-Overhang, 1 + Overhang), 0, room);
        var onset = Milliseconds((double)at / sampleRate);
        var offset = Milliseconds((double)(at + take.Samples) / sampleRate);
        return new Entry(at, take, new SoundEvent(onset, offset, source.Classes[label].Label));
    }

    private static int LabelOf(ISoundSource source, Entry entry)
    {
        var label = 0;
        while (source.Classes[label].Label != entry.Event.Label)
            label++;
        return label;
    }

    private static bool TooClose(SoundEvent a, SoundEvent b) =>
        a.Label == b.Label && a.Onset < b.Offset + GapSeconds && a.Offset > b.Onset - GapSeconds;

    private static double Milliseconds(double seconds) => Math.Round(seconds * 1000) / 1000;
}
