using Sed.Core.Audio;
using Sed.Core.Corpora;

namespace Sed.Core.Features.Store;

/// <summary>A clip's samples at the length that every clip of the corpus has.</summary>
internal static class ClipSamples
{
    /// <summary>Reads a clip: longer ones are cut at the end, shorter ones padded with silence.</summary>
    /// <exception cref="AudioFormatException">The clip cannot be read, or contains samples that are not finite.</exception>
    internal static void Read(Clip clip, int sampleRate, Span<float> target) =>
        AudioFile.ReadInto(clip.AudioPath, sampleRate, target);
}
