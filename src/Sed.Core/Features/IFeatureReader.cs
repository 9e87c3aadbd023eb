namespace Sed.Core.Features;

/// <summary>The features of a corpus's clips; row i belongs to clip i of its manifest.</summary>
public interface IFeatureReader
{
    /// <summary>Number of clips.</summary>
    int Count { get; }

    /// <summary>Frames of each clip.</summary>
    int Frames { get; }

    /// <summary>Values of each frame.</summary>
    int Bands { get; }

    /// <summary>Whether one mean and one deviation standardise all values of a frame. Default false: each has its own.</summary>
    bool IsUniform => false;

    /// <summary>The clips whose sound could not be read; their rows hold silence.</summary>
    IReadOnlyList<BrokenClip> Broken { get; }

    /// <summary>Copies the features of some clips.</summary>
    /// <param name="clips">Which clips, in any order.</param>
    /// <param name="destination">Clip after clip, shape (clips, frames, bands).</param>
    void Read(ReadOnlySpan<int> clips, Span<float> destination);

    /// <summary>Frames of a clip that are not padding.</summary>
    /// <param name="clip">Which clip.</param>
    int FramesWithSound(int clip);
}

/// <summary>A clip whose sound turned out to be unreadable when its features were wanted.</summary>
/// <param name="Index">Its position in the manifest, and the row that holds the features of silence instead.</param>
/// <param name="Name">Its name.</param>
/// <param name="Reason">Why it cannot be read, with the file.</param>
public sealed record BrokenClip(int Index, string Name, string Reason);
