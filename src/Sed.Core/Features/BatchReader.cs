using System.Threading.Channels;

namespace Sed.Core.Features;

/// <summary>Reads batches ahead on another thread, so that the device does not wait for the disk.</summary>
public static class BatchReader
{
    /// <summary>The batches of an epoch, in order. While one is worked on, the next ones are read.</summary>
    /// <param name="store">The features.</param>
    /// <param name="order">Positions in the manifest, for example of <see cref="EpochOrder"/>.</param>
    /// <param name="batchClips">Clips in a batch, positive; the last batch may have fewer.</param>
    /// <param name="statistics">Standardises each clip; null leaves features as they are.</param>
    /// <param name="ahead">How many batches are read ahead, at least 1. Default 2.</param>
    /// <returns>Batches whose values are valid until the next one is asked for.</returns>
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
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ahead);
        return Batches(store, order, batchClips, statistics, ahead);
    }

    private static IEnumerable<FeatureBatch> Batches(
        IFeatureReader store,
        IReadOnlyList<int> order,
        int batchClips,
        BandStatistics? statistics,
        int ahead
    )
    {
        var size = store.Frames * store.Bands;
        // Buffers go round: so many wait filled, one is being filled, one is being used.
        Channel<float[]> free = Channel.CreateUnbounded<float[]>();
        for (var i = 0; i < ahead + 2; i++)
            free.Writer.TryWrite(new float[batchClips * size]);
        Channel<(FeatureBatch Batch, float[] Buffer)> filled = Channel.CreateBounded<(FeatureBatch, float[])>(ahead);
        using CancellationTokenSource abandoned = new();
        Task reading = Task.Run(() =>
            Fill(store, order, batchClips, statistics, free.Reader, filled.Writer, abandoned.Token)
        );
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
            // Whoever stops in the middle of an epoch must not leave a thread reading from a store that is then closed.
            abandoned.Cancel();
            reading.ContinueWith(_ => { }, TaskScheduler.Default).Wait();
        }
    }

    private static async Task Fill(
        IFeatureReader store,
        IReadOnlyList<int> order,
        int batchClips,
        BandStatistics? statistics,
        ChannelReader<float[]> free,
        ChannelWriter<(FeatureBatch, float[])> filled,
        CancellationToken abandoned
    )
    {
        try
        {
            var size = store.Frames * store.Bands;
            for (var start = 0; start < order.Count; start += batchClips)
            {
                var buffer = await free.ReadAsync(abandoned).ConfigureAwait(false);
                int[] clips =
                [
                    .. Enumerable.Range(start, Math.Min(batchClips, order.Count - start)).Select(i => order[i]),
                ];
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
            // The reader of the channel gets it, at the batch where it happened.
            filled.TryComplete(failure);
        }
    }
}

/// <summary>Clips' features in memory, ready for the device.</summary>
/// <param name="Clips">Positions in the manifest.</param>
/// <param name="Values">Features, shape (clips, frames, bands), standardised if that was asked for. Valid until the next batch.</param>
/// <param name="FramesWithSound">How many frames of each clip are not padding.</param>
public sealed record FeatureBatch(
    IReadOnlyList<int> Clips,
    ReadOnlyMemory<float> Values,
    IReadOnlyList<int> FramesWithSound
);
