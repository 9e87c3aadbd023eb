namespace Sed.Core.Corpora.Synthesis.SoundModels;

/// <summary>
/// Operations on buffers of samples. Operations with "With" or "Faded" in their names work in place and return the
/// buffer.
/// </summary>
internal static class Signal
{
    /// <summary>
    /// Multiplies a buffer by a gain, which is given as a function of time (s) and interpolated linearly over 32
    /// samples.
    /// </summary>
    internal static float[] WithGain(this float[] buffer, int sampleRate, Func<double, double> gain)
    {
        const int Stride = 32;
        var next = gain(0);
        for (var block = 0; block < buffer.Length; block += Stride)
        {
            var now = next;
            next = gain((double)(block + Stride) / sampleRate);
            var end = Math.Min(block + Stride, buffer.Length);
            for (var i = block; i < end; i++)
                buffer[i] *= (float)(now + ((next - now) * (i - block) / Stride));
        }
        return buffer;
    }

    /// <summary>
    /// Adds another buffer from the sample <paramref name="at"/> on. Samples beyond the end of this buffer are dropped.
    /// </summary>
    internal static void AddAt(this float[] buffer, ReadOnlySpan<float> other, int at, double gain = 1)
    {
        var count = Math.Min(other.Length, buffer.Length - at);
        var factor = (float)gain;
        for (var i = 0; i < count; i++)
            buffer[at + i] += factor * other[i];
    }

    /// <summary>Root mean square; 0 for an empty buffer.</summary>
    internal static double Rms(ReadOnlySpan<float> buffer)
    {
        double sum = 0;
        foreach (var x in buffer)
            sum += (double)x * x;
        return buffer.Length == 0 ? 0 : Math.Sqrt(sum / buffer.Length);
    }

    /// <summary>Scales a buffer to a root mean square; silence remains silence.</summary>
    internal static float[] WithRms(this float[] buffer, double rms)
    {
        var now = Rms(buffer);
        var factor = (float)(rms / now);
        if (now > 0)
            for (var i = 0; i < buffer.Length; i++)
                buffer[i] *= factor;
        return buffer;
    }

    /// <summary>Fades both ends of a buffer linearly, which prevents clicks.</summary>
    internal static float[] Faded(this float[] buffer, int sampleRate, double inSeconds, double outSeconds)
    {
        var rise = Math.Min(buffer.Length / 2, (int)(inSeconds * sampleRate));
        var fall = Math.Min(buffer.Length / 2, (int)(outSeconds * sampleRate));
        for (var i = 0; i < rise; i++)
            buffer[i] *= (float)i / rise;
        for (var i = 0; i < fall; i++)
            buffer[^(i + 1)] *= (float)i / fall;
        return buffer;
    }
}

/// <summary>
/// White noise, uniform between -1 and 1, from the generator xorshift64* (Vigna 2016). A clip needs millions of samples, for
/// which <see cref="Random"/> would be too slow.
/// </summary>
internal struct Noise
{
    private ulong state;

    internal Noise(Random seed) => state = ((ulong)seed.Next() << 32) | (uint)seed.Next() | 1;

    internal float Next()
    {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        // The upper bits of the product, as a signed fraction.
        return (int)((state * 2_685_821_657_736_338_717UL) >> 32) * (1f / 2_147_483_648f);
    }

    /// <summary>A buffer of white noise.</summary>
    internal static float[] White(Random seed, int samples)
    {
        Noise noise = new(seed);
        var buffer = new float[samples];
        for (var i = 0; i < buffer.Length; i++)
            buffer[i] = noise.Next();
        return buffer;
    }
}
