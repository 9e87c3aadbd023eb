namespace Sed.Core.Corpora.Synthesis.SoundModels;

/// <summary>Synthesis of one sound class, with the distribution of its event durations.</summary>
/// <param name="Label">The class name, as in the task's label files.</param>
/// <param name="Weight">Relative frequency of the class.</param>
/// <param name="MeanSeconds">Mean duration of an event within a clip (s).</param>
/// <param name="FullClipShare">Share of events that last for the whole clip, 0 to 1.</param>
/// <param name="Render">Synthesises one event, at any level, from a random generator, a length in samples and a sample rate (Hz).</param>
internal sealed record SoundModel(
    string Label,
    double Weight,
    double MeanSeconds,
    double FullClipShare,
    Func<Random, int, int, float[]> Render
)
{
    // Few annotated events of the real data are shorter.
    private const double MinSeconds = 0.3;

    /// <summary>Draws the duration of an event (s), at most the duration of the clip.</summary>
    internal double Seconds(Random random, double clipSeconds)
    {
        if (random.NextDouble() < FullClipShare)
            return clipSeconds;
        // A power of a uniform number has the mean E[u^k] = 1 / (k + 1); k follows from the mean duration of the events
        // that are shorter than the clip.
        var mean = (MeanSeconds - (FullClipShare * clipSeconds)) / (1 - FullClipShare);
        var range = clipSeconds - MinSeconds;
        var power = (range / (mean - MinSeconds)) - 1;
        return MinSeconds + (range * Math.Pow(random.NextDouble(), power));
    }
}
