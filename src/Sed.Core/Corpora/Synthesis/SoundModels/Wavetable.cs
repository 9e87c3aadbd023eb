namespace Sed.Core.Corpora.Synthesis.SoundModels;

/// <summary>One period of a harmonic sound, played at a pitch that may vary with time.</summary>
internal sealed class Wavetable
{
    private const int Length = 2048;

    // The pitch is constant over 32 samples (0.7 ms at 44.1 kHz).
    private const int Stride = 32;
    private readonly float[] period = new float[Length + 1];

    /// <param name="harmonics">Amplitudes of the fundamental and its multiples.</param>
    /// <param name="phases">Source of random phases; null starts all harmonics at phase 0.</param>
    internal Wavetable(ReadOnlySpan<double> harmonics, Random? phases = null)
    {
        var sum = new double[Length];
        for (var h = 0; h < harmonics.Length; h++)
        {
            var start = phases is null ? 0 : phases.NextDouble() * 2 * Math.PI;
            for (var i = 0; i < Length; i++)
                sum[i] += harmonics[h] * Math.Sin((2 * Math.PI * (h + 1) * i / Length) + start);
        }
        for (var i = 0; i < Length; i++)
            period[i] = (float)sum[i];
        period[Length] = period[0];
    }

    /// <summary>
    /// A table of harmonics 1 to <paramref name="count"/> whose amplitudes are their numbers to the power of minus
    /// <paramref name="power"/>; power 1 gives a sawtooth.
    /// </summary>
    internal static Wavetable Falling(int count, double power, Random? phases = null)
    {
        var harmonics = new double[count];
        for (var h = 0; h < count; h++)
            harmonics[h] = Math.Pow(h + 1, -power);
        return new Wavetable(harmonics, phases);
    }

    /// <summary>Adds the sound to a buffer.</summary>
    /// <param name="into">The buffer to which the sound is added.</param>
    /// <param name="sampleRate">Samples per second (Hz).</param>
    /// <param name="hz">Pitch (Hz) as a function of time (s).</param>
    /// <param name="gain">Amplitude factor.</param>
    /// <param name="phase">Initial phase, 0 to 1.</param>
    internal void Add(Span<float> into, int sampleRate, Func<double, double> hz, double gain = 1, double phase = 0)
    {
        var position = phase * Length;
        for (var block = 0; block < into.Length; block += Stride)
        {
            var step = Math.Clamp(hz((double)block / sampleRate), 0, 0.45 * sampleRate) * Length / sampleRate;
            var end = Math.Min(block + Stride, into.Length);
            for (var i = block; i < end; i++)
            {
                var index = (int)position;
                var fraction = (float)(position - index);
                into[i] += (float)gain * (period[index] + (fraction * (period[index + 1] - period[index])));
                position += step;
                if (position >= Length)
                    position -= Length;
            }
        }
    }
}
