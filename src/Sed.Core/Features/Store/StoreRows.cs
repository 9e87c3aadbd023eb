using Sed.Core.Corpora;

namespace Sed.Core.Features.Store;

/// <summary>
/// The rows of a feature store. If the corpus has no windows (<see cref="Manifest.HopSeconds"/> is null), each clip is
/// one row of the clip length. Otherwise, each recording is divided into segments of about 10 s, one row each; the last
/// row of a recording is padded with zeros.
/// </summary>
internal sealed class StoreRows
{
    private const double SegmentSeconds = 10;

    private readonly int[]? firstRows; // first row of each recording, followed by the number of rows; null: one row per clip
    private readonly int[] clips; // clip of each row, if there are segments

    private StoreRows(int count, int frames, int[]? firstRows, int[] clips)
    {
        (Count, Frames, this.firstRows, this.clips) = (count, frames, firstRows, clips);
    }

    /// <summary>Number of rows.</summary>
    internal int Count { get; }

    /// <summary>Number of frames of each row.</summary>
    internal int Frames { get; }

    /// <summary>Whether recordings are divided into segments.</summary>
    internal bool HasSegments => firstRows is not null;

    /// <summary>The rows of a corpus.</summary>
    internal static StoreRows Of(Manifest manifest, FeatureSource features)
    {
        if (manifest.HopSeconds is null)
            return new(
                manifest.Clips.Count,
                features.FramesOf(FeatureStore.SamplesPerClip(manifest, features)),
                null,
                []
            );
        var frames = Math.Max(1, (int)Math.Round(SegmentSeconds / features.HopSeconds));
        var firstRows = new int[manifest.Clips.Count + 1];
        for (var clip = 0; clip < manifest.Clips.Count; clip++)
            firstRows[clip + 1] =
                firstRows[clip] + Math.Max(1, (FramesOf(manifest.Clips[clip], features) + frames - 1) / frames);
        var clips = new int[firstRows[^1]];
        for (var clip = 0; clip < manifest.Clips.Count; clip++)
            clips.AsSpan(firstRows[clip]..firstRows[clip + 1]).Fill(clip);
        return new(clips.Length, frames, firstRows, clips);
    }

    /// <summary>Number of frames of a recording, at least 1.</summary>
    internal static int FramesOf(Clip clip, FeatureSource features) =>
        Math.Max(1, features.FramesOf(checked((int)Math.Round(clip.DurationSeconds * features.SampleRate))));

    /// <summary>The clip that a row belongs to, as an index of the manifest.</summary>
    internal int ClipOf(int row) => firstRows is null ? row : clips[row];

    /// <summary>First row of a clip.</summary>
    internal int FirstOf(int clip) => firstRows is null ? clip : firstRows[clip];

    /// <summary>Number of rows of a clip.</summary>
    internal int CountOf(int clip) => firstRows is null ? 1 : firstRows[clip + 1] - firstRows[clip];
}
