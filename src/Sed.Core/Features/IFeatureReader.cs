namespace Sed.Core.Features;

/// <summary>Read access to the features of a corpus. Clips are numbered as in the manifest.</summary>
public interface IFeatureReader
{
    /// <summary>Number of clips.</summary>
    int Count { get; }

    /// <summary>Number of frames per clip.</summary>
    int Frames { get; }

    /// <summary>Number of values per frame.</summary>
    int Bands { get; }

    /// <summary>
    /// Whether all values of a frame share one mean and one standard deviation. Default false: each band has its own.
    /// </summary>
    bool IsUniform => false;

    /// <summary>Title of the values in figures.</summary>
    string Title => "Features";

    /// <summary>Unreadable clips. Their features are placeholders: those of silence, or 0.</summary>
    IReadOnlyList<BrokenClip> Broken { get; }

    /// <summary>Copies the features of clips.</summary>
    /// <param name="clips">Manifest indices, in any order.</param>
    /// <param name="destination">Receives the features, shape (clips, frames, bands).</param>
    void Read(ReadOnlySpan<int> clips, Span<float> destination);

    /// <summary>
    /// Number of frames of a clip. Default: <see cref="Frames"/>. Recordings of different lengths have different
    /// numbers of frames.
    /// </summary>
    /// <param name="clip">Manifest index.</param>
    int FramesOf(int clip) => Frames;

    /// <summary>Copies consecutive frames of a clip.</summary>
    /// <param name="clip">Manifest index.</param>
    /// <param name="first">First frame.</param>
    /// <param name="destination">Receives the features, shape (frames, bands); 0 after the end of the clip.</param>
    void Read(int clip, int first, Span<float> destination)
    {
        var whole = new float[Frames * Bands];
        Read([clip], whole);
        var available = whole.AsSpan(Math.Min(whole.Length, first * Bands));
        available = available[..Math.Min(available.Length, destination.Length)];
        available.CopyTo(destination);
        destination[available.Length..].Clear();
    }

    /// <summary>Number of frames before the padding at the end of a short clip.</summary>
    /// <param name="clip">Manifest index.</param>
    int FramesWithSound(int clip);
}

/// <summary>
/// A clip whose audio could not be read during feature extraction. Its features are placeholders: those of silence, or 0.
/// </summary>
/// <param name="Index">Manifest index of the clip.</param>
/// <param name="Name">Name of the clip in the corpus's label files.</param>
/// <param name="Reason">The error message, which names the file.</param>
public sealed record BrokenClip(int Index, string Name, string Reason);
