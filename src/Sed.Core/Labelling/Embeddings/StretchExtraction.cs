using Sed.Core.Audio;
using Sed.Core.Features;
using Sed.Core.Features.Store;
using Sed.Core.Models;
using Sed.Core.Runtime;

namespace Sed.Core.Labelling.Embeddings;

/// <summary>Computes the vectors and class scores of recordings and adds them to stores.</summary>
/// <param name="source">Definition of the vectors.</param>
/// <param name="length">Length of a stretch in seconds.</param>
/// <param name="vectors">The store of the vectors.</param>
/// <param name="scores">The store of the class scores; null if no class scores are computed.</param>
internal sealed class StretchExtraction(EmbeddingSource source, double length, VectorStore vectors, VectorStore? scores)
{
    private readonly StretchWindows? windows =
        source.Model is { } model && (source.IsHidden || scores is not null)
            ? new StretchWindows(model, source.IsHidden)
            : null;

    private readonly Dictionary<string, string> problems = [];

    /// <summary>
    /// Computes the vectors and scores. After an interruption, the stores contain the recordings that are complete.
    /// </summary>
    /// <param name="recordings">Path and content hash of each recording; no hash occurs twice.</param>
    /// <param name="extractor">An extractor of the features.</param>
    /// <param name="progress">Receives the number of finished recordings and the number of all recordings.</param>
    /// <param name="cancellation">Cancels the computation.</param>
    /// <returns>The reasons why recordings cannot be read or processed, by content hash.</returns>
    /// <exception cref="AudioFormatException">A recording needs ffmpeg, which is missing.</exception>
    /// <exception cref="ModelOutputException">
    /// The model's layers overflow, so the model cannot be used.
    /// </exception>
    public IReadOnlyDictionary<string, string> Run(
        IReadOnlyList<(string Path, string Content)> recordings,
        IFeatureExtractor extractor,
        IProgress<(int, int)>? progress,
        CancellationToken cancellation
    )
    {
        var done = 0;
        Workers.Run(
            recordings.Count,
            () =>
            {
                RecordingFrames frames = new(source.Features, extractor, source.Channel);
                return k =>
                {
                    var (path, content) = recordings[k];
                    try
                    {
                        Compute(path, content, frames, cancellation);
                    }
                    catch (Exception unreadable)
                        when (unreadable
                                is IOException
                                    and not FeatureStoreException
                                    and not AudioFormatException { Fault: AudioFault.NoDecoder }
                                    or UnauthorizedAccessException
                        )
                    {
                        lock (problems)
                            problems[content] = unreadable.Message;
                    }
                    progress?.Report((Interlocked.Increment(ref done), recordings.Count));
                };
            },
            cancellation
        );
        windows?.Finish();
        return problems;
    }

    private void Compute(string path, string content, RecordingFrames reading, CancellationToken cancellation)
    {
        PendingRecording pending = new(recording => Keep(path, content, recording));
        var bands = source.Features.Bands;
        StretchFrames cut = new(
            path,
            length,
            source.Features.HopSeconds,
            bands,
            (_, frames) =>
            {
                var number = pending.Add(source.IsHidden ? null : MeanOf(frames, bands, source.Bands));
                if (windows is not null)
                    pending.Expect(windows.Add(path, frames, (own, vector) => pending.Arrive(number, own, vector)));
            }
        );
        var seconds = reading.Read(
            path,
            frames =>
            {
                cut.Add(frames);
                return true;
            },
            cancellation
        );
        cut.Finish(seconds);
        pending.End(seconds);
    }

    private void Keep(string path, string content, PendingRecording recording)
    {
        if (!recording.IsFinite)
        {
            lock (problems)
                problems[content] = $"{path}: the vectors or probabilities are not finite numbers.";
            return;
        }
        if (vectors.Find(content) is null)
            vectors.Add(content, recording.Seconds, recording.Vectors);
        if (scores is not null && scores.Find(content) is null)
            scores.Add(content, recording.Seconds, recording.Scores);
    }

    /// <summary>The mean over all frames of each band in a range.</summary>
    internal static float[] MeanOf(ReadOnlySpan<float> frames, int width, (int First, int Count) bands)
    {
        var sums = new double[bands.Count];
        var count = frames.Length / width;
        for (var frame = 0; frame < count; frame++)
        for (var i = 0; i < bands.Count; i++)
            sums[i] += frames[frame * width + bands.First + i];
        return [.. sums.Select(sum => (float)(sum / count))];
    }
}
