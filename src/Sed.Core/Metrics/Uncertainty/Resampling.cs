namespace Sed.Core.Metrics.Uncertainty;

/// <summary>
/// Draws as many clips as there are, with replacement, again and again. The generator is SplitMix64 (Steele, Lea and Flood,
/// 2014), so that a seed means the same draws on every machine and version.
/// </summary>
internal sealed class Resampling(ulong seed)
{
    private ulong state = seed;

    /// <summary>Draws one resample: how often each clip stands in it.</summary>
    public void Draw(Span<int> weights)
    {
        weights.Clear();
        for (var k = 0; k < weights.Length; k++)
            weights[(int)Math.BigMul(Next(), (ulong)weights.Length, out _)]++;
    }

    private ulong Next()
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
