using System.Text;
using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Features;
using Sed.Core.Features.LogMel;
using Sed.Core.Features.Store;
using Sed.Core.Runtime;

namespace Sed.Core.Tests.Features.Store;

[Collection(TorchCollection.Name)]
public sealed class FeatureStoreTests : StoreOfNoise
{
    [Fact]
    public void A_row_equals_the_direct_computation_bit_for_bit()
    {
        Manifest corpus = Corpus(5);
        using FeatureStore store = Open(corpus);
        Assert.Equal((5, 50, 10), (store.Count, store.Frames, store.Bands));
        for (var i = 0; i < store.Count; i++)
            Assert.Equal(Direct(corpus.Clips[i]), Row(store, i));
    }

    [Fact]
    public void Options_without_a_kernel_are_computed_by_torch_in_batches()
    {
        Manifest corpus = Corpus(35);
        LogMelOptions odd = SmallFeatures.Options with { FftSamples = 500 };
        using FeatureStore store = FeatureStore.Open(corpus, odd, Folder.File("stores"));
        using LogMelExtractor extractor = new(odd);
        Assert.False(extractor.HasKernel);
        for (var i = 0; i < store.Count; i++)
            Assert.Equal(Direct(corpus.Clips[i], odd), Row(store, i));
    }

    [Fact]
    public void Samples_are_stored_in_frames_at_the_configured_sampling_rate()
    {
        Manifest corpus = Corpus(3);
        SampleFrames frames = new(SmallFeatures.SampleRate / 2, 81); // 4,000 samples: 49 frames and a remainder
        using FeatureStore store = FeatureStore.Open(corpus, frames, Folder.File("stores"));
        Assert.Equal((3, 49, 81), (store.Count, store.Frames, store.Bands));
        for (var i = 0; i < store.Count; i++)
        {
            var samples = AudioFile.Read(corpus.Clips[i].AudioPath, SmallFeatures.SampleRate / 2);
            Array.Resize(ref samples, SmallFeatures.SampleRate / 2);
            Assert.Equal(samples[..(49 * 81)], Row(store, i));
        }
        BandStatistics statistics = BandStatistics.Fit(store, [0, 1, 2]);
        // The padding of a short clip is not included in the statistics.
        float[] all = [.. Enumerable.Range(0, 3).SelectMany(i => Row(store, i)[..(81 * store.FramesWithSound(i))])];
        var mean = all.Average(value => (double)value);
        Assert.All(statistics.Means, value => Assert.Equal(mean, value, 1e-6));
        var deviation = Math.Sqrt(all.Average(value => Math.Pow(value - mean, 2)));
        Assert.All(statistics.Deviations, value => Assert.Equal(deviation, value, 1e-6));
        Assert.Equal(81, statistics.Means.Count);
    }

    [Fact]
    public void Rows_are_read_in_the_requested_order()
    {
        using FeatureStore store = Open(Corpus(3));
        var rows = new float[3 * 500];
        store.Read([2, 0, 2], rows);
        Assert.Equal(Row(store, 2), rows[..500]);
        Assert.Equal(Row(store, 0), rows[500..1000]);
        Assert.Equal(Row(store, 2), rows[1000..]);
    }

    [Fact]
    public void Reopening_a_store_computes_nothing_and_gives_the_same_features()
    {
        Manifest corpus = Corpus(3);
        float[] first;
        using (FeatureStore store = Open(corpus))
            first = Row(store, 1);
        Counter counter = new();
        using FeatureStore again = Open(corpus, counter);
        Assert.Equal(first, Row(again, 1));
        Assert.Equal(0, counter.Reports);
    }

    [Fact]
    public void The_array_is_in_the_format_of_NumPy()
    {
        using FeatureStore store = Open(Corpus(2));
        var bytes = File.ReadAllBytes(Path.Combine(store.Folder, "features.npy"));
        Assert.Equal(128 + (2 * 50 * 10 * 4), bytes.Length);
        Assert.Equal([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, 118, 0], bytes[..10]);
        Assert.Equal(
            "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 50, 10), }",
            Encoding.ASCII.GetString(bytes, 10, 118).TrimEnd()
        );
        Assert.Equal((byte)'\n', bytes[127]);
    }

    [Fact]
    public void Float16_halves_the_file_and_rounds_the_values()
    {
        Manifest corpus = Corpus(2);
        using FeatureStore exact = Open(corpus);
        using FeatureStore half = FeatureStore.Open(
            corpus,
            SmallFeatures.Options,
            Folder.File("stores"),
            precision: FeaturePrecision.Float16
        );
        Assert.Equal(Row(exact, 1).Select(x => (float)(Half)x), Row(half, 1));
        Assert.Equal(128 + (2 * 50 * 10 * 2), new FileInfo(Path.Combine(half.Folder, "features.npy")).Length);
    }

    [Fact]
    public void An_unreadable_clip_is_reported_and_its_row_is_silence()
    {
        Manifest corpus = Corpus(3);
        var bad = new float[SmallFeatures.SampleRate];
        bad[5] = float.NaN;
        var path = corpus.Clips[1].AudioPath;
        WavWriter.Write(path, bad, SmallFeatures.SampleRate, SampleEncoding.Float, 32);
        BrokenClip expected = new(1, "clip1.wav", $"{path}: sample 5 is NaN, not a finite number.");
        using (FeatureStore store = Open(corpus))
        {
            Assert.Equal([expected], store.Broken);
            Assert.All(Row(store, 1), x => Assert.True(x < -30));
        }
        using FeatureStore again = Open(corpus);
        Assert.Equal([expected], again.Broken);
    }

    [Fact]
    public void Unreadable_clips_do_not_enter_the_statistics()
    {
        Manifest corpus = Corpus(3);
        WavWriter.Write(
            corpus.Clips[1].AudioPath,
            [float.NaN, .. new float[SmallFeatures.SampleRate]],
            SmallFeatures.SampleRate,
            SampleEncoding.Float,
            32
        );
        using FeatureStore store = Open(corpus);
        Assert.Single(store.Broken);
        var (all, readable) = (BandStatistics.Fit(store, [0, 1, 2]), BandStatistics.Fit(store, [0, 2]));
        Assert.Equal(readable.Means, all.Means);
        Assert.Equal(readable.Deviations, all.Deviations);
        Assert.Throws<ArgumentException>(() => BandStatistics.Fit(store, [1]));
    }

    [Fact]
    public void Standardised_bands_have_mean_0_and_deviation_1_and_padding_is_0()
    {
        Manifest corpus = Corpus(6);
        using FeatureStore store = Open(corpus);
        BandStatistics statistics = BandStatistics.Fit(store, [0, 1, 2, 3, 4, 5]);
        List<float> band = [];
        for (var i = 0; i < 6; i++)
        {
            var row = Row(store, i);
            var frames = store.FramesWithSound(i);
            statistics.Apply(row, frames);
            band.AddRange(Enumerable.Range(0, frames).Select(frame => row[(frame * 10) + 3]));
            Assert.All(row[(frames * 10)..], x => Assert.Equal(0, x));
        }
        Assert.Equal(0, band.Average(), 1e-3);
        Assert.Equal(1, Math.Sqrt(band.Average(x => (double)x * x)), 1e-3);
    }
}
