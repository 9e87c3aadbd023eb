using System.Collections.Concurrent;
using Sed.Core.Audio;
using Sed.Core.Corpora.Synthesis.Voices;

namespace Sed.Core.Corpora.Synthesis;

/// <summary>Decoded recordings, the silence at their ends cut off, as many as fit in a fixed share of memory.</summary>
internal sealed class RecordingCache(int sampleRate)
{
    private const long MostSamples = 64 << 20;
    private readonly ConcurrentDictionary<string, Lazy<float[]>> kept = new(StringComparer.Ordinal);
    private long samples;

    /// <summary>The recording from its first to its last sound.</summary>
    /// <exception cref="AudioFormatException">It cannot be decoded.</exception>
    internal float[] WithoutSilentEnds(string path)
    {
        var sound = kept.GetOrAdd(path, name => new Lazy<float[]>(() => Load(name))).Value;
        if (Interlocked.Read(ref samples) > MostSamples)
        {
            kept.Clear();
            Interlocked.Exchange(ref samples, 0);
        }
        return sound;
    }

    private float[] Load(string path)
    {
        var sound = Trim(AudioFile.Read(path, sampleRate));
        if (sound.Length < sampleRate / 20)
            throw new AudioFormatException(path, null, "the recording is silent or shorter than 0.05 s");
        Interlocked.Add(ref samples, sound.Length);
        return sound;
    }

    // 40 dB below the loudest 10 ms is silence here: recordings are often padded to a common length.
    private float[] Trim(float[] sound)
    {
        var block = Math.Max(1, sampleRate / 100);
        var levels = new double[sound.Length / block];
        for (var i = 0; i < levels.Length; i++)
            levels[i] = Signal.Rms(sound.AsSpan(i * block, block));
        var threshold = levels.DefaultIfEmpty(0).Max() / 100;
        var first = Array.FindIndex(levels, level => level > threshold);
        var last = Array.FindLastIndex(levels, level => level > threshold);
        return first < 0 ? [] : sound[(first * block)..((last + 1) * block)];
    }
}
