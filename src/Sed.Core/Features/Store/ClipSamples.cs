using Sed.Core.Audio;
using Sed.Core.Corpora;

namespace Sed.Core.Features.Store;

/// <summary>Reads clips as samples of the corpus's fixed clip length.</summary>
internal static class ClipSamples
{
    /// <summary>Fills <paramref name="target"/> with a clip's samples, truncated or zero-padded at the end.</summary>
    /// <exception cref="AudioFormatException">
    /// The clip cannot be read, or contains samples that are not finite.
    /// </exception>
    internal static void Read(Clip clip, int sampleRate, Span<float> target) =>
        AudioFile.ReadInto(clip.AudioPath, sampleRate, target, clip.Channel);
}
