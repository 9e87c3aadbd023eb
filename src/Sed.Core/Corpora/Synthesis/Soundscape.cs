using Sed.Core.Annotations;
using Sed.Core.Corpora.Layouts;
using Sed.Core.Corpora.Synthesis.Voices;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora.Synthesis;

/// <summary>One clip: events of random classes at random times over a background, and what can be heard when.</summary>
/// <param name="Samples">The sound; full scale is -1 to 1.</param>
/// <param name="Events">Its events in order of onset, times in whole milliseconds.</param>
internal sealed record Soundscape(float[] Samples, IReadOnlyList<SoundEvent> Events)
{
    private const double BackgroundRms = 0.02;
    private const double Peak = 0.98;

    /// <summary>Makes the clip with a number; the same arguments make the same clip.</summary>
    internal static Soundscape Make(ISoundSource source, SoundscapeOptions options, Split split, int index)
    {
        IReadOnlyList<Score.Entry> score = Score.Draw(source, options, split, index);
        Random random = RandomSource.For(options.Seed, "soundscape", split.DrawName, index);
        var samples = (int)(Dcase2017.ClipSeconds * Dcase2017.SampleRate);
        var mix = source.Background(random, split, samples).WithRms(BackgroundRms);
        foreach (Score.Entry entry in score)
        {
            var snr = random.Between(options.MinSignalToNoiseDb, options.MaxSignalToNoiseDb);
            mix.AddAt(entry.Take.Play().WithRms(BackgroundRms * Math.Pow(10, snr / 20)), entry.At);
        }
        FitIn(source.Recorded(random, mix), random);
        return new Soundscape(mix, [.. score.Select(entry => entry.Event)]);
    }

    // Recordings are not all equally loud, and none of them clips.
    private static void FitIn(float[] mix, Random random)
    {
        var gain = Math.Pow(10, random.Between(-6, 3) / 20);
        double peak = 0;
        foreach (var x in mix)
            peak = Math.Max(peak, Math.Abs(x));
        gain = Math.Min(gain, Peak / Math.Max(peak, 1e-9));
        for (var i = 0; i < mix.Length; i++)
            mix[i] = (float)(mix[i] * gain);
    }
}
