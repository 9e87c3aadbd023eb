using System.Threading.Channels;

namespace Sed.Core.Features;

/// <summary>Prefetches batches on another thread, so that the device does not wait for the disk.</summary>
public static class BatchReader
{
    /// <summary>
    /// Reads the batches of an epoch in order. The next batches are read while the current one is processed.
    /// </summary>
    /// <param name="store">Source of the features.</param>
    /// <param name="order">Manifest indices, for example from <see cref="EpochOrder"/>.</param>
    /// <param name="batchClips">Number of clips per batch, positive; the last batch may have fewer.</param>
    /// <param name="statistics">Standardises each clip; null leaves the features unchanged.</param>
    /// <param name="ahead">Number of batches to prefetch, at least 1. Default 2.</param>
    /// <returns>Batches whose values are valid until the enumeration advances.</returns>
    public static IEnumerable<FeatureBatch> Read(
        IFeatureReader store,
        IReadOnlyList<int> order,
        int batchClips,
        BandStatistics? statistics = null,
        int ahead = 2
    )
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(order);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchClips);
        return Read(store, [.. order.Chunk(batchClips)], statistics, ahead);
    }

    /// <summary>
    /// Reads the given batches in order. The next batches are read while the current one is processed.
    /// </summary>
    /// <param name="store">Source of the features.</param>
    /// <param name="batches">Manifest indices of each batch.</param>
    /// <param name="statistics">Standardises each clip; null leaves the features unchanged.</param>
    /// <param name="ahead">Number of batches to prefetch, at least 1. Default 2.</param>
    /// <returns>Batches whose values are valid until the enumeration advances.</returns>
    public static IEnumerable<FeatureBatch> Read(
        IFeatureReader store,
        int[][] batches,
        BandStatistics? statistics = null,
        int ahead = 2
    )
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(batches);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ahead);
        return Prefetched(store, batches, statistics, ahead);
    }

    private static IEnumerable<FeatureBatch> Prefetched(
        IFeatureReader store,
        int[][] batches,
        BandStatistics? statistics,
        int ahead
    )
    {
        var size = store.Frames * store.Bands;
        var largest = batches.Select(batch => batch.Length).DefaultIfEmpty().Max();
        // Buffers are recycled: up to `ahead` are filled and waiting, one is being filled and one is in use.
        Channel<float[]> free = Channel.CreateUnbounded<float[]>();
        for (var i = 0; i < ahead + 2; i++)
            free.Writer.TryWrite(new float[largest * size]);
        Channel<(FeatureBatch Batch, float[] Buffer)> filled = Channel.CreateBounded<(FeatureBatch, float[])>(ahead);
        using CancellationTokenSource abandoned = new();
        Task reading = Task.Run(() => Fill(store, batches, statistics, free.Reader, filled.Writer, abandoned.Token));
        try
        {
            while (filled.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                if (!filled.Reader.TryRead(out (FeatureBatch Batch, float[] Buffer) next))
                    continue;
                yield return next.Batch;
                free.Writer.TryWrite(next.Buffer);
            }
        }
        finally
        {
            // If the caller stops early, the reading thread must end before the caller closes the store.
            abandoned.Cancel();
            reading.ContinueWith(_ => { }, TaskScheduler.Default).Wait();
        }
    }

    private static async Task Fill(
        IFeatureReader store,
        int[][] batches,
        BandStatistics? statistics,
        ChannelReader<float[]> free,
        ChannelWriter<(FeatureBatch, float[])> filled,
        CancellationToken abandoned
    )
    {
        try
        {
            var size = store.Frames * store.Bands;
            foreach (var clips in batches)
            {
                var buffer = await free.ReadAsync(abandoned).ConfigureAwait(false);
                store.Read(clips, buffer.AsSpan(0, clips.Length * size));
                int[] frames = [.. clips.Select(store.FramesWithSound)];
                if (statistics is not null)
                    for (var i = 0; i < clips.Length; i++)
                        statistics.Apply(buffer.AsSpan(i * size, size), frames[i]);
                FeatureBatch batch = new(clips, buffer.AsMemory(0, clips.Length * size), frames);
                await filled.WriteAsync((batch, buffer), abandoned).ConfigureAwait(false);
            }
            filled.Complete();
        }
        catch (Exception failure)
        {
            // Rethrown to the reader of the channel at the batch that failed.
            filled.TryComplete(failure);
        }
    }
}

/// <summary>A batch of features in host memory.</summary>
/// <param name="Clips">Manifest indices.</param>
/// <param name="Values">
/// Features, shape (clips, frames, bands). They are standardised if the batches are read with statistics. Valid until
/// the next batch.
/// </param>
/// <param name="FramesWithSound">Number of frames before the padding, per clip.</param>
public sealed record FeatureBatch(
    IReadOnlyList<int> Clips,
    ReadOnlyMemory<float> Values,
    IReadOnlyList<int> FramesWithSound
);
