using System.Numerics;
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
        int count = AudioFile.ReadInto(clip.AudioPath, sampleRate, target);
        int bad = FirstThatIsNoNumber(target[..count]);
        if (bad >= 0)
            throw new AudioFormatException(clip.AudioPath, null, $"sample {bad} is {target[bad]}, not a number");
    }

    private static int FirstThatIsNoNumber(ReadOnlySpan<float> samples)
    {
        // Zero times a number is zero; zero times anything else is not.
        Vector<float> sum = Vector<float>.Zero;
        int whole = samples.Length - (samples.Length % Vector<float>.Count);
        for (int i = 0; i < whole; i += Vector<float>.Count)
            sum += new Vector<float>(samples[i..]) * 0f;
        int from = Vector.EqualsAll(sum, Vector<float>.Zero) ? whole : 0;
        for (int i = from; i < samples.Length; i++)
            if (!float.IsFinite(samples[i]))
                return i;
        return -1;
    }
}
