using Sed.Core.Features;

namespace Sed.Core.Tests.Features;

public sealed class BatchReaderTests
{
    [Fact]
    public void Batches_arrive_in_order_with_the_features_of_the_store()
    {
        Numbers store = new();
        List<int> seen = [];
        foreach (FeatureBatch batch in BatchReader.Read(store, [.. Enumerable.Range(0, 10).Reverse()], 4))
        {
            for (var i = 0; i < batch.Clips.Count; i++)
                Assert.Equal(batch.Clips[i], batch.Values.Span[i * 6]);
            seen.AddRange(batch.Clips);
        }
        Assert.Equal(Enumerable.Range(0, 10).Reverse(), seen);
    }

    [Fact]
    public void Padding_of_standardised_batches_is_0()
    {
        BandStatistics statistics = new([1f, 1f], [2f, 2f]);
        FeatureBatch batch = BatchReader.Read(new Numbers(), [5], 1, statistics).Single();
        Assert.Equal([2f, 2, 2, 2, 0, 0], batch.Values.ToArray());
        Assert.Equal([2], batch.FramesWithSound);
    }

    [Fact]
    public void A_failure_is_rethrown_at_its_batch()
    {
        List<int> seen = [];
        IOException error = Assert.Throws<IOException>(() =>
        {
            foreach (FeatureBatch batch in BatchReader.Read(new Numbers(failAt: 4), [0, 1, 2, 3, 4, 5], 2))
                seen.AddRange(batch.Clips);
        });
        Assert.Equal("clip 4", error.Message);
        Assert.Equal([0, 1, 2, 3], seen);
    }

    [Fact]
    public void Leaving_an_epoch_early_stops_the_reader()
    {
        Numbers store = new();
        foreach (FeatureBatch _ in BatchReader.Read(store, [.. Enumerable.Repeat(0, 10_000)], 1))
            break;
        var reads = store.Reads;
        Assert.True(reads < 20);
        Assert.Equal(reads, store.Reads);
    }

    private sealed class Numbers(int failAt = -1) : IFeatureReader
    {
        private int reads;

        public int Reads => reads;

        public int Count => 10_000;

        public int Frames => 3;

        public int Bands => 2;

        public IReadOnlyList<BrokenClip> Broken => [];

        public void Read(ReadOnlySpan<int> clips, Span<float> destination)
        {
            Interlocked.Increment(ref reads);
            for (var i = 0; i < clips.Length; i++)
            {
                if (clips[i] == failAt)
                    throw new IOException($"clip {failAt}");
                destination.Slice(i * 6, 6).Fill(clips[i]);
            }
        }

        public int FramesWithSound(int clip) => 2;
    }
}
