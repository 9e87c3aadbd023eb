namespace Sed.Core.Corpora.Synthesis.Voices;

/// <summary>What is done to whole buffers: shaping, adding, measuring.</summary>
internal static class Signal
{
    /// <summary>Multiplies by a function of time in seconds, in place, and hands the buffer back.</summary>
    internal static float[] Shape(this float[] buffer, int sampleRate, Func<double, double> gain)
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

    /// <summary>Adds a buffer from a sample on; what lies beyond the end is dropped.</summary>
    internal static void AddAt(this float[] buffer, ReadOnlySpan<float> other, int at, double gain = 1)
    {
        var count = Math.Min(other.Length, buffer.Length - at);
        var factor = (float)gain;
        for (var i = 0; i < count; i++)
            buffer[at + i] += factor * other[i];
    }

    /// <summary>Root mean square.</summary>
    internal static double Rms(ReadOnlySpan<float> buffer)
    {
        double sum = 0;
        foreach (var x in buffer)
            sum += (double)x * x;
        return buffer.Length == 0 ? 0 : Math.Sqrt(sum / buffer.Length);
    }

    /// <summary>Scales to a root mean square, in place; silence stays silence.</summary>
    internal static float[] WithRms(this float[] buffer, double rms)
    {
        var now = Rms(buffer);
        var factor = (float)(rms / now);
        if (now > 0)
            for (var i = 0; i < buffer.Length; i++)
                buffer[i] *= factor;
        return buffer;
    }

    /// <summary>Fades both ends, in place, so that a cut does not click.</summary>
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
