namespace Sed.Core.Corpora.Synthesis.Voices;

/// <summary>How one class of sound is made and how long it is heard in a clip.</summary>
/// <param name="Label">The class, in the official spelling.</param>
/// <param name="Id">The class's AudioSet identifier.</param>
/// <param name="Weight">How often it is drawn, in proportion to the others.</param>
/// <param name="MeanSeconds">Mean length of its events within a clip (s).</param>
/// <param name="WholeClips">The part of its events that last from the clip's start to its end, 0 to 1.</param>
/// <param name="Play">Makes one event: random numbers, samples, sample rate (Hz) to samples of any level.</param>
internal sealed record Voice(
    string Label,
    string Id,
    double Weight,
    double MeanSeconds,
    double WholeClips,
    Func<Random, int, int, float[]> Play
)
{
    // What the annotators of the real data hardly ever went below.
    private const double ShortestSeconds = 0.3;

    /// <summary>Draws how long an event is heard (s), at most the clip's length.</summary>
    internal double Seconds(Random random, double clipSeconds)
    {
        if (random.NextDouble() < WholeClips)
            return clipSeconds;
        // A power of a uniform number has the mean E[u^k] = 1 / (k + 1); k follows from the mean of the partial events.
        var mean = (MeanSeconds - (WholeClips * clipSeconds)) / (1 - WholeClips);
        var range = clipSeconds - ShortestSeconds;
        var power = (range / (mean - ShortestSeconds)) - 1;
        return ShortestSeconds + (range * Math.Pow(random.NextDouble(), power));
    }
}
