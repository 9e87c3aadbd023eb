using Sed.Core.Audio;
using Sed.Core.Corpora;

namespace Sed.Core.Features;

/// <summary>A clip's samples at the length that every clip of the corpus has.</summary>
internal static class ClipSamples
{
    /// <summary>Reads a clip: longer ones are cut at the end, shorter ones padded with silence.</summary>
    /// <exception cref="AudioFormatException">The clip cannot be read, or holds samples that are no numbers.</exception>
    internal static void Read(Clip clip, int sampleRate, Span<float> target)
    {
        float[] samples = AudioFile.Read(clip.AudioPath, sampleRate);
        int count = Math.Min(samples.Length, target.Length);
        for (int i = 0; i < count; i++)
            if (!float.IsFinite(samples[i]))
                throw new AudioFormatException(clip.AudioPath, null, $"sample {i} is {samples[i]}, not a number");
        samples.AsSpan(0, count).CopyTo(target);
        target[count..].Clear();
    }
}
