namespace Sed.Core.Features;

/// <summary>
/// Extracts features from audio that arrives in pieces. The frames are the same as for the whole recording. Not
/// thread-safe.
/// </summary>
internal interface IFrameStream
{
    /// <summary>Number of frames extracted so far.</summary>
    long Extracted { get; }

    /// <summary>Number of frames of audio that must follow a frame before it can be extracted.</summary>
    int Context { get; }

    /// <summary>Adds the next samples.</summary>
    /// <param name="piece">Samples that follow the previous piece.</param>
    /// <param name="isLast">Whether the recording ends with this piece.</param>
    /// <returns>The frames that can be extracted now, shape (frames, bands).</returns>
    float[] Push(ReadOnlySpan<float> piece, bool isLast);
}
