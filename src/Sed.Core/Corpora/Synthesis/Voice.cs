namespace Sed.Core.Corpora.Synthesis;

/// <summary>How one class of sound is made.</summary>
/// <param name="Label">The class, in the official spelling.</param>
/// <param name="Id">The class's AudioSet identifier.</param>
/// <param name="Weight">How often it is drawn, in proportion to the others.</param>
/// <param name="MinSeconds">Shortest event (s).</param>
/// <param name="MaxSeconds">Longest event (s).</param>
/// <param name="Play">Makes one event: random numbers, length in samples, sample rate (Hz) to samples of any level.</param>
internal sealed record Voice(
    string Label,
    string Id,
    double Weight,
    double MinSeconds,
    double MaxSeconds,
    Func<Random, int, int, float[]> Play
);
