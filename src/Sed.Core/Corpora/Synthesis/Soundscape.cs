using Sed.Core.Annotations;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora.Synthesis;

/// <summary>One clip: events of random classes at random times over a background, and what can be heard when.</summary>
/// <param name="Samples">The sound; full scale is -1 to 1.</param>
/// <param name="Events">Its events in order of onset, times in whole milliseconds.</param>
internal sealed record Soundscape(float[] Samples, IReadOnlyList<SoundEvent> Events)
{
    private const double BackgroundRms = 0.02;
    private const double Peak = 0.98;

    // An event cut off by the clip's end still has this much of it inside (s), and equal events keep this gap (s).
    private const double ShortestSeconds = 0.3;
    private const double GapSeconds = 0.2;
    private static readonly double[] CountWeights = [0.3, 0.35, 0.2, 0.15];

    /// <summary>Makes the clip with a number; the same arguments make the same clip.</summary>
    internal static Soundscape Make(ISoundSource source, SoundscapeOptions options, Split split, int index)
    {
        int sampleRate = Dcase2017.SampleRate;
        int samples = (int)(Dcase2017.ClipSeconds * sampleRate);
        Random random = RandomSource.For(options.Seed, "soundscape", split, index);
        float[] mix = source.Background(random, split, samples).WithRms(BackgroundRms);
        List<SoundEvent> events = [];
        int count = options.MinEvents + random.Weighted(CountsFor(options));
        for (int k = 0; k < count; k++)
        {
            // The first clips of a split go through the classes, so that none is missing from it by chance.
            bool inTurn = k == 0 && index < source.Classes.Count;
            int label = inTurn ? index : random.Weighted(source.Weights);
            float[] sound = source.Event(random, split, label, samples);
            double snr = random.Between(options.MinSignalToNoiseDb, options.MaxSignalToNoiseDb);
            sound.WithRms(BackgroundRms * Math.Pow(10, snr / 20));
            Place(mix, sampleRate, events, sound, source.Classes[label].Label, random);
        }
        FitIn(mix, random);
        return new Soundscape(mix, [.. events.OrderBy(e => e.Onset).ThenBy(e => e.Label, StringComparer.Ordinal)]);
    }

    private static double[] CountsFor(SoundscapeOptions options) =>
        [
            .. Enumerable
                .Range(0, options.MaxEvents - options.MinEvents + 1)
                .Select(i => CountWeights[Math.Min(i, CountWeights.Length - 1)]),
        ];

    private static void Place(
        float[] mix,
        int sampleRate,
        List<SoundEvent> events,
        float[] sound,
        string label,
        Random random
    )
    {
        double clipSeconds = (double)mix.Length / sampleRate;
        double length = (double)sound.Length / sampleRate;
        // Most events lie wholly inside the clip; some are cut by its end, as in clips cut from longer videos.
        double latest = Math.Max(0, clipSeconds - Math.Max(ShortestSeconds, length * random.Between(0.5, 1)));
        for (int attempt = 0; attempt < 8; attempt++)
        {
            int at = (int)(random.Between(0, latest) * sampleRate);
            double onset = Milliseconds((double)at / sampleRate);
            double offset = Milliseconds(Math.Min(clipSeconds, ((double)at / sampleRate) + length));
            // Two equal events that touched would be one event to a listener.
            if (events.Any(e => e.Label == label && onset < e.Offset + GapSeconds && offset > e.Onset - GapSeconds))
                continue;
            mix.AddAt(sound, at);
            events.Add(new SoundEvent(onset, offset, label));
            return;
        }
    }

    // Recordings are not all equally loud, and none of them clips.
    private static void FitIn(float[] mix, Random random)
    {
        double gain = Math.Pow(10, random.Between(-6, 3) / 20);
        double peak = 0;
        foreach (float x in mix)
            peak = Math.Max(peak, Math.Abs(x));
        gain = Math.Min(gain, Peak / Math.Max(peak, 1e-9));
        for (int i = 0; i < mix.Length; i++)
            mix[i] = (float)(mix[i] * gain);
    }

    private static double Milliseconds(double seconds) => Math.Round(seconds * 1000) / 1000;
}
