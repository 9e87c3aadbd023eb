using System.Numerics;

namespace Sed.Core.Audio;

/// <summary>Floating-point files may hold infinities and what is no number, which would spread through everything after.</summary>
internal static class NumberCheck
{
    /// <exception cref="AudioFormatException">A sample is no finite number; the first one is named.</exception>
    internal static void Require(string path, ReadOnlySpan<float> samples, long before = 0)
    {
        // Zero times a number is zero; zero times anything else is not.
        Vector<float> sum = Vector<float>.Zero;
        var whole = samples.Length - (samples.Length % Vector<float>.Count);
        for (var i = 0; i < whole; i += Vector<float>.Count)
            sum += new Vector<float>(samples[i..]) * 0f;
        var from = Vector.EqualsAll(sum, Vector<float>.Zero) ? whole : 0;
        for (var i = from; i < samples.Length; i++)
            if (!float.IsFinite(samples[i]))
                throw new AudioFormatException(path, null, $"sample {before + i} is {samples[i]}, not a number")
                {
                    Fault = AudioFault.NotANumber,
                };
    }
}
