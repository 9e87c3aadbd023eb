namespace Sed.Core.Corpora.Synthesis.SoundModels;

/// <summary>Random draws from the distributions that synthesis uses.</summary>
internal static class Distributions
{
    /// <summary>A uniformly distributed number between two values.</summary>
    internal static double Uniform(this Random random, double low, double high) =>
        low + ((high - low) * random.NextDouble());

    /// <summary>A number between two positive values. Its logarithm is uniformly distributed.</summary>
    internal static double LogUniform(this Random random, double low, double high) =>
        low * Math.Pow(high / low, random.NextDouble());

    /// <summary>An index, drawn with a probability proportional to its weight.</summary>
    internal static int Categorical(this Random random, IReadOnlyList<double> weights)
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
