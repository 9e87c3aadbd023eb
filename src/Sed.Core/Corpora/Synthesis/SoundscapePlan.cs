using Sed.Core.Annotations;
using Sed.Core.Corpora.Layouts;
using Sed.Core.Corpora.Synthesis.SoundModels;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora.Synthesis;

/// <summary>
/// Draws the events of a soundscape and their times, before any audio is rendered. The constants approximate the statistics
/// of the strong labels of DCASE 2017 task 4's testing set (652 events in 477 clips): 1.37 events and 1.20 classes per clip. The
/// plan has 1.3 classes per clip.
/// </summary>
internal static class SoundscapePlan
{
    // Shares of clips with one, two, three, and four or more events.
    private static readonly double[] CountWeights = [0.73, 0.19, 0.06, 0.02];

    // Probability that a further event repeats a class of the clip. About half of these attempts find room, which gives 1.3
    // classes per clip; a higher probability would favour short events and so change the mean durations.
    private const double RepeatProbability = 0.5;

    // Start times are drawn from a range that exceeds the possible start times at either end by this share of the free
    // time, and are then clamped. As in clips cut from longer videos, some events therefore start or end with the clip.
    private const double Overhang = 0.4;

    // Minimum gap between two events of one class (s): closer events would sound like one event.
    private const double MinGapSeconds = 0.2;
    private const int Attempts = 16;

    /// <summary>Draws the events of a clip in order of onset. Equal arguments give equal plans.</summary>
    /// <param name="source">Source of events.</param>
    /// <param name="options">The seed and the range of event counts.</param>
    /// <param name="split">Split of the clip.</param>
    /// <param name="index">Index of the clip in the split, from 0.</param>
    /// <param name="first">Index of the first clip of the same part of the split. Default 0.</param>
    internal static IReadOnlyList<PlannedEvent> Draw(
        ISoundSource source,
        SoundscapeOptions options,
        Split split,
        int index,
        int first = 0
    )
    {
        var random = RandomSource.For(options.Seed, "score", split.DrawName, index);
        List<PlannedEvent> plan = [];
        var count = options.MinEvents + random.Categorical(CountsFor(options));
        for (var k = 0; k < count; k++)
        {
            var repeats = k > 0 && random.NextDouble() < RepeatProbability;
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                // The first clips of a part cycle through the classes, so that the part contains every class.
                var cycles = k == 0 && index - first < source.Classes.Count;
                var label = cycles ? index - first : random.Categorical(source.Weights);
                // After half of the attempts any class may follow, since there may be no room for a repetition.
                if (repeats && attempt < Attempts / 2)
                    label = LabelOf(source, plan[random.Next(plan.Count)]);
                var planned = DrawEvent(random, source, split, label);
                if (plan.Any(other => TooClose(planned.Event, other.Event)))
                    continue;
                plan.Add(planned);
                break;
            }
        }
        return
        [
            .. plan.OrderBy(planned => planned.Event.Onset)
                .ThenBy(planned => planned.Event.Label, StringComparer.Ordinal),
        ];
    }

    private static double[] CountsFor(SoundscapeOptions options) =>
        [
            .. Enumerable
                .Range(0, options.MaxEvents - options.MinEvents + 1)
                .Select(i => CountWeights[Math.Min(i, CountWeights.Length - 1)]),
        ];

    private static PlannedEvent DrawEvent(Random random, ISoundSource source, Split split, int label)
    {
        var sampleRate = Dcase2017.SampleRate;
        var samples = (int)(Dcase2017.ClipSeconds * sampleRate);
        var sound = source.DrawEvent(random, split, label, samples);
        var free = samples - sound.Samples;
        var start = (int)Math.Clamp(free * random.Uniform(-Overhang, 1 + Overhang), 0, free);
        var onset = Milliseconds((double)start / sampleRate);
        var offset = Milliseconds((double)(start + sound.Samples) / sampleRate);
        return new PlannedEvent(start, sound, new SoundEvent(onset, offset, source.Classes[label].Label));
    }

    private static int LabelOf(ISoundSource source, PlannedEvent planned)
    {
        var label = 0;
        while (source.Classes[label].Label != planned.Event.Label)
            label++;
        return label;
    }

    private static bool TooClose(SoundEvent a, SoundEvent b) =>
        a.Label == b.Label && a.Onset < b.Offset + MinGapSeconds && a.Offset > b.Onset - MinGapSeconds;

    private static double Milliseconds(double seconds) => Math.Round(seconds * 1000) / 1000;
}

/// <summary>One event of a soundscape's plan.</summary>
/// <param name="StartSample">Index of the event's first sample in the clip.</param>
/// <param name="Source">Sound of the event.</param>
/// <param name="Event">Label, onset and offset of the event, in seconds rounded to milliseconds.</param>
internal sealed record PlannedEvent(int StartSample, SourceEvent Source, SoundEvent Event);
