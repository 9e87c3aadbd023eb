using Sed.Core.Features;

namespace Sed.Core.Labelling.Embeddings;

/// <summary>The vector of a part of an audio file, for use as a query.</summary>
internal static class ClipVector
{
    /// <inheritdoc cref="EmbeddedFolder.VectorOf(string, double, double?, CancellationToken)"/>
    /// <param name="source">Definition of the vector.</param>
    /// <param name="extractor">An extractor of the features from which the vector is computed.</param>
    public static (float[] Vector, double Offset) Of(
        EmbeddingSource source,
        IFeatureExtractor extractor,
        string path,
        double onset,
        double? offset,
        CancellationToken cancellation
    )
    {
        var (bands, hop) = (source.Features.Bands, source.Features.HopSeconds);
        var first = (long)Math.Round(onset / hop);
        var end = offset is { } limit ? Math.Max(first + 1, (long)Math.Round(limit / hop)) : long.MaxValue;
        List<float> frames = [];
        var received = 0L;
        var seconds = new RecordingFrames(source.Features, extractor, source.Channel).Read(
            path,
            piece =>
            {
                var count = piece.Length / bands;
                var (from, to) = (Math.Clamp(first - received, 0, count), Math.Clamp(end - received, 0, count));
                frames.AddRange(piece[((int)from * bands)..((int)to * bands)]);
                received += count;
                return received < end;
            },
            cancellation
        );
        if (onset >= seconds)
            throw new ArgumentException(
                FormattableString.Invariant(
                    $"{path}: the clip begins at {onset} s, but the file ends at {seconds:0.###} s"
                )
            );
        if (frames.Count == 0)
            frames.AddRange(new float[bands]);
        var all = frames.ToArray();
        return (UnitVector.Of(MeanVector(source, path, all)), Math.Min(offset ?? seconds, seconds));
    }

    private static float[] MeanVector(EmbeddingSource source, string path, float[] frames)
    {
        if (!source.IsHidden)
            return StretchExtraction.MeanOf(frames, source.Features.Bands, source.Bands);
        PendingRecording recording = new(_ => { });
        recording.Add(null);
        StretchWindows windows = new(source.Model!, keepsVectors: true);
        windows.Add(path, frames, (own, vector) => recording.Arrive(0, own, vector));
        windows.Finish();
        return recording.Vectors;
    }
}
