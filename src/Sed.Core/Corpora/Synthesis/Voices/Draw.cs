namespace Sed.Core.Corpora.Synthesis.Voices;

/// <summary>Draws that synthesis needs again and again.</summary>
internal static class Draw
{
    /// <summary>Uniform between two values.</summary>
    internal static double Between(this Random random, double low, double high) =>
        low + ((high - low) * random.NextDouble());

    /// <summary>Between two positive values, every octave equally likely.</summary>
    internal static double Octaves(this Random random, double low, double high) =>
        low * Math.Pow(high / low, random.NextDouble());

    /// <summary>An index with a probability in proportion to its weight.</summary>
    internal static int Weighted(this Random random, IReadOnlyList<double> weights)
    {
        var left = random.NextDouble() * weights.Sum();
        for (var i = 0; i < weights.Count - 1; i++)
        {
            left -= weights[i];
            if (left < 0)
                return i;
        }
        return weights.Count - 1;
    }
}
