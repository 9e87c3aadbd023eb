using Sed.Core.Annotations;
using Sed.Core.Corpora.Layouts;
using Sed.Core.Corpora.Synthesis.SoundModels;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora.Synthesis;

/// <summary>A mixed clip: events of random classes at random times over a background, with exact labels.</summary>
/// <param name="Samples">Mono samples; full scale is -1 to 1.</param>
/// <param name="Events">Events in order of onset, in seconds rounded to milliseconds.</param>
internal sealed record Soundscape(float[] Samples, IReadOnlyList<SoundEvent> Events)
{
    private const double BackgroundRms = 0.02;
    private const double MaxPeak = 0.98;

    /// <summary>Mixes a clip. Equal arguments give equal clips.</summary>
    /// <param name="source">Source of events and backgrounds.</param>
    /// <param name="options">The seed, and ranges of event counts and levels.</param>
    /// <param name="split">Split of the clip.</param>
    /// <param name="index">Index of the clip in the split, from 0.</param>
    internal static Soundscape Mix(ISoundSource source, SoundscapeOptions options, Split split, int index)
    {
        var plan = SoundscapePlan.Draw(source, options, split, index);
        var random = RandomSource.For(options.Seed, "soundscape", split.DrawName, index);
        var samples = (int)(Dcase2017.ClipSeconds * Dcase2017.SampleRate);
        var mix = source.Background(random, split, samples).WithRms(BackgroundRms);
        foreach (var planned in plan)
        {
            var snr = random.Uniform(options.MinSignalToNoiseDb, options.MaxSignalToNoiseDb);
            mix.AddAt(planned.Source.Render().WithRms(BackgroundRms * Math.Pow(10, snr / 20)), planned.StartSample);
        }
        ApplyLevel(source.ApplyMicrophone(random, mix), random);
        return new Soundscape(mix, [.. plan.Select(planned => planned.Event)]);
    }

    /// <summary>Applies a random recording level, limited so that no sample is clipped.</summary>
    internal static void ApplyLevel(float[] mix, Random random) =>
        LimitPeak(mix, Math.Pow(10, random.Uniform(-6, 3) / 20));

    /// <summary>Applies a gain. If the peak would exceed 0.98 of full scale, the gain is lowered.</summary>
    internal static void LimitPeak(float[] mix, double gain = 1)
    {
        double peak = 0;
        foreach (var x in mix)
            peak = Math.Max(peak, Math.Abs(x));
        gain = Math.Min(gain, MaxPeak / Math.Max(peak, 1e-9));
        for (var i = 0; i < mix.Length; i++)
            mix[i] = (float)(mix[i] * gain);
    }
}
