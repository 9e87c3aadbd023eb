using System.Text;
using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Features;
using Sed.Core.Features.LogMel;
using Sed.Core.Features.Store;
using Sed.Core.Runtime;
using TorchSharp;

namespace Sed.Core.Tests.Features.Store;

[Collection(TorchCollection.Name)]
public sealed class FeatureStoreTests : IDisposable
{
    private const int SampleRate = SmallFeatures.SampleRate;
    private static readonly LogMelOptions options = SmallFeatures.Options;
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_row_equals_the_direct_computation_bit_for_bit()
    {
        Manifest corpus = Corpus(5);
        using FeatureStore store = Open(corpus);
        Assert.Equal((5, 50, 10), (store.Count, store.Frames, store.Bands));
        for (int i = 0; i < store.Count; i++)
            Assert.Equal(Direct(corpus.Clips[i]), Row(store, i));
    }

    [Fact]
    public void Definitions_without_a_kernel_go_through_torch_in_batches()
    {
        Manifest corpus = Corpus(35);
        LogMelOptions odd = options with { FftSize = 500 };
        using FeatureStore store = FeatureStore.Open(corpus, odd, folder.File("stores"));
        using LogMelExtractor extractor = new(odd);
        Assert.False(extractor.HasKernel);
        for (int i = 0; i < store.Count; i++)
            Assert.Equal(Direct(corpus.Clips[i], odd), Row(store, i));
    }

    [Fact]
    public void Samples_are_kept_as_frames_of_them_at_the_rate_of_their_definition()
    {
        Manifest corpus = Corpus(3);
        SampleFrames frames = new(SampleRate / 2, 81); // 4,000 samples: 49 frames and a rest
        using FeatureStore store = FeatureStore.Open(corpus, frames, folder.File("stores"));
        Assert.Equal((3, 49, 81), (store.Count, store.Frames, store.Bands));
        for (int i = 0; i < store.Count; i++)
        {
            float[] samples = AudioFile.Read(corpus.Clips[i].AudioPath, SampleRate / 2);
            Array.Resize(ref samples, SampleRate / 2);
            Assert.Equal(samples[..(49 * 81)], Row(store, i));
        }
        BandStatistics statistics = BandStatistics.Fit(store, [0, 1, 2]);
        float[] all = [.. Row(store, 0), .. Row(store, 1), .. Row(store, 2)];
        double mean = all.Average(value => (double)value);
        Assert.All(statistics.Means, value => Assert.Equal(mean, value, 1e-6));
        double deviation = Math.Sqrt(all.Average(value => Math.Pow(value - mean, 2)));
        Assert.All(statistics.Deviations, value => Assert.Equal(deviation, value, 1e-6));
        Assert.Equal(81, statistics.Means.Count);
    }

    [Fact]
    public void Rows_come_in_the_order_asked_for()
    {
        using FeatureStore store = Open(Corpus(3));
        float[] rows = new float[3 * 500];
        store.Read([2, 0, 2], rows);
        Assert.Equal(Row(store, 2), rows[..500]);
        Assert.Equal(Row(store, 0), rows[500..1000]);
        Assert.Equal(Row(store, 2), rows[1000..]);
    }

    [Fact]
    public void A_second_opening_computes_nothing_and_gives_the_same()
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
    public void A_damaged_row_is_found_and_made_anew()
    {
        Manifest corpus = Corpus(3);
        string path;
        byte[] whole;
        using (FeatureStore store = Open(corpus))
            path = Path.Combine(store.Folder, "features.npy");
        whole = File.ReadAllBytes(path);
        byte[] damaged = [.. whole];
        damaged[128 + (1 * 2000) + 77] ^= 1;
        File.WriteAllBytes(path, damaged);
        Counter counter = new();
        using (Open(corpus, counter)) { }
        Assert.Equal(whole, File.ReadAllBytes(path));
        Assert.Equal(3, counter.Last.Done);
    }

    [Fact]
    public void A_stopped_extraction_goes_on_and_looks_complete_only_at_its_end()
    {
        Manifest corpus = Corpus(40);
        using CancellationTokenSource stop = new();
        Counter counter = new(() => stop.Cancel());
        Assert.ThrowsAny<OperationCanceledException>(() => Open(corpus, counter, stop.Token));
        string store = Assert.Single(Directory.GetDirectories(folder.File("stores")));
        Assert.False(File.Exists(Path.Combine(store, "features.npy")));
        Counter rest = new();
        using FeatureStore whole = Open(corpus, rest);
        Assert.True(File.Exists(Path.Combine(store, "features.npy")));
        for (int i = 0; i < 40; i++)
            Assert.Equal(Direct(corpus.Clips[i]), Row(whole, i));
    }

    [Fact]
    public void The_array_is_one_that_NumPy_reads()
    {
        using FeatureStore store = Open(Corpus(2));
        byte[] bytes = File.ReadAllBytes(Path.Combine(store.Folder, "features.npy"));
        Assert.Equal(128 + (2 * 50 * 10 * 4), bytes.Length);
        Assert.Equal([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, 118, 0], bytes[..10]);
        Assert.Equal(
            "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 50, 10), }",
            Encoding.ASCII.GetString(bytes, 10, 118).TrimEnd()
        );
        Assert.Equal((byte)'\n', bytes[127]);
    }

    [Fact]
    public void Float16_is_half_as_large_and_rounded()
    {
        Manifest corpus = Corpus(2);
        using FeatureStore exact = Open(corpus);
        using FeatureStore half = FeatureStore.Open(
            corpus,
            options,
            folder.File("stores"),
            precision: FeaturePrecision.Float16
        );
        Assert.Equal(Row(exact, 1).Select(x => (float)(Half)x), Row(half, 1));
        Assert.Equal(128 + (2 * 50 * 10 * 2), new FileInfo(Path.Combine(half.Folder, "features.npy")).Length);
    }

    [Fact]
    public void A_clip_that_cannot_be_read_is_named_and_its_row_is_silence()
    {
        Manifest corpus = Corpus(3);
        float[] bad = new float[SampleRate];
        bad[5] = float.NaN;
        string path = corpus.Clips[1].AudioPath;
        WavWriter.Write(path, bad, SampleRate, WavEncoding.Float, 32);
        BrokenClip expected = new(1, "clip1.wav", $"{path}: sample 5 is NaN, not a number.");
        using (FeatureStore store = Open(corpus))
        {
            Assert.Equal([expected], store.Broken);
            Assert.All(Row(store, 1), x => Assert.True(x < -30));
        }
        using FeatureStore again = Open(corpus);
        Assert.Equal([expected], again.Broken);
    }

    [Fact]
    public void Torn_records_and_missing_files_are_made_good()
    {
        Manifest corpus = Corpus(4);
        string store;
        using (FeatureStore whole = Open(corpus))
            store = whole.Folder;
        byte[] values = File.ReadAllBytes(Path.Combine(store, "features.npy"));
        byte[] rows = File.ReadAllBytes(Path.Combine(store, "rows.bin"));
        Action[] damages =
        [
            () => File.WriteAllBytes(Path.Combine(store, "rows.bin"), rows[..100]),
            () => File.WriteAllBytes(Path.Combine(store, "rows.bin"), [.. rows[..60], .. new byte[20], .. rows[80..]]),
            () => File.Delete(Path.Combine(store, "rows.bin")),
            () => File.Delete(Path.Combine(store, "features.npy")),
            () => File.WriteAllBytes(Path.Combine(store, "features.npy"), values[..1000]),
            () => File.WriteAllBytes(Path.Combine(store, "features.npy"), [0, .. values[1..]]),
            () => File.Move(Path.Combine(store, "features.npy"), Path.Combine(store, "features.npy.partial")),
        ];
        foreach (Action damage in damages)
        {
            damage();
            using (Open(corpus)) { }
            Assert.Equal(values, File.ReadAllBytes(Path.Combine(store, "features.npy")));
            Assert.Equal(rows, File.ReadAllBytes(Path.Combine(store, "rows.bin")));
        }
    }

    [Fact]
    public void A_clip_whose_file_changed_is_computed_anew()
    {
        Manifest corpus = Corpus(3);
        using (Open(corpus)) { }
        string path = corpus.Clips[0].AudioPath;
        byte[] wav = File.ReadAllBytes(path);
        Array.Clear(wav, 44, wav.Length - 44);
        File.WriteAllBytes(path, wav);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(1));
        using FeatureStore store = Open(corpus);
        Assert.All(Row(store, 0), x => Assert.True(x < -30));
        Assert.Equal(Direct(corpus.Clips[1]), Row(store, 1));
    }

    [Fact]
    public void A_disk_without_room_is_an_error_that_says_how_much_is_needed()
    {
        using FolderLock writing = FolderLock.Try(folder.Path, "writing.lock");
        FeatureStoreException error = Assert.Throws<FeatureStoreException>(() =>
            StoreFiles.Open(
                folder.Path,
                NpyHeader.Of(FeaturePrecision.Float32, 2_000_000_000, 500, 40),
                2_000_000_000,
                80_000,
                writing
            )
        );
        Assert.Matches(
            $"^{folder.Path}: the features need 160 TB, but [0-9.]+ ([kMGT]B|bytes) are free there; make [0-9.]+ TB of room, "
                + "or keep them elsewhere or in float16.$",
            error.Message
        );
        Assert.Equal([folder.File("writing.lock")], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_finished_store_on_read_only_storage_is_opened_and_nothing_is_written()
    {
        Manifest corpus = Corpus(3);
        float[] row;
        using (FeatureStore store = Open(corpus))
            row = Row(store, 1);
        using ReadOnlyFolder archive = new(folder.File("stores"), folder.File("archive"));
        using FeatureStore kept = FeatureStore.Open(corpus, options, archive.Path);
        Assert.Equal(row, Row(kept, 1));
    }

    [Fact]
    public void A_finished_store_whose_lock_cannot_be_made_is_opened()
    {
        Manifest corpus = Corpus(3);
        float[] row;
        string path;
        using (FeatureStore store = Open(corpus))
            (row, path) = (Row(store, 1), store.Folder);
        Block(path);
        using FeatureStore kept = Open(corpus);
        Assert.Equal(row, Row(kept, 1));
    }

    [Fact]
    public void A_store_that_is_neither_finished_nor_can_be_written_is_refused_with_the_reason()
    {
        Manifest corpus = Corpus(3);
        string path;
        using (FeatureStore store = Open(corpus))
            path = store.Folder;
        string denied = $"Access to the path '{Path.Combine(path, "writing.lock")}' is denied";
        string remedy =
            $"nothing can be written there ({denied}). Copy the folder to where it can be written, or keep the features elsewhere.";
        Block(path);
        File.SetLastWriteTimeUtc(corpus.Clips[2].AudioPath, DateTime.UtcNow.AddMinutes(1));
        FeatureStoreException changed = Assert.Throws<FeatureStoreException>(() => Open(corpus));
        Assert.Equal(
            $"{path}: 1 of its 3 rows are damaged, or made from other audio than is there now, and {remedy}",
            changed.Message
        );
        File.Delete(Path.Combine(path, "features.npy"));
        FeatureStoreException gone = Assert.Throws<FeatureStoreException>(() => Open(corpus));
        Assert.Equal($"{path}: the features are not all there, and {remedy}", gone.Message);
    }

    [Fact]
    public void Standardised_bands_have_mean_0_and_deviation_1_and_padding_is_0()
    {
        Manifest corpus = Corpus(6);
        using FeatureStore store = Open(corpus);
        BandStatistics statistics = BandStatistics.Fit(store, [0, 1, 2, 3, 4, 5]);
        List<float> band = [];
        for (int i = 0; i < 6; i++)
        {
            float[] row = Row(store, i);
            int frames = store.FramesWithSound(i);
            statistics.Apply(row, frames);
            band.AddRange(Enumerable.Range(0, frames).Select(frame => row[(frame * 10) + 3]));
            Assert.All(row[(frames * 10)..], x => Assert.Equal(0, x));
        }
        Assert.Equal(0, band.Average(), 1e-3);
        Assert.Equal(1, Math.Sqrt(band.Average(x => (double)x * x)), 1e-3);
    }

    // A folder in the lock's place: a lock that nobody can take, for root neither.
    private static void Block(string store)
    {
        File.Delete(Path.Combine(store, "writing.lock"));
        Directory.CreateDirectory(Path.Combine(store, "writing.lock"));
    }

    /// <summary>Noise clips of one second, the last ones shorter.</summary>
    private Manifest Corpus(int clips)
    {
        List<Clip> list = [];
        for (int i = 0; i < clips; i++)
        {
            Random random = new(i);
            string path = folder.File("audio", $"clip{i}.wav");
            float[] samples = new float[i == clips - 1 ? SampleRate / 2 : SampleRate];
            for (int k = 0; k < samples.Length; k++)
                samples[k] = (float)(random.NextDouble() - 0.5) * (i + 1) / clips;
            WavWriter.Write(path, samples, SampleRate);
            list.Add(
                new Clip
                {
                    Name = $"clip{i}.wav",
                    Source = $"clip{i}",
                    AudioPath = path,
                    AudioBytes = new FileInfo(path).Length,
                    DurationSeconds = (double)samples.Length / SampleRate,
                    Split = Split.Training,
                    WeakLabels = [],
                }
            );
        }
        return new Manifest("noise", new ClassList(["a"]), SampleRate, 1, list);
    }

    private FeatureStore Open(Manifest corpus, Counter? counter = null, CancellationToken cancellation = default) =>
        FeatureStore.Open(corpus, options, folder.File("stores"), progress: counter, cancellation: cancellation);

    private static float[] Row(FeatureStore store, int clip)
    {
        float[] row = new float[store.Frames * store.Bands];
        store.Read([clip], row);
        return row;
    }

    private static float[] Direct(Clip clip, LogMelOptions? definition = null)
    {
        float[] samples = AudioFile.Read(clip.AudioPath, SampleRate);
        Array.Resize(ref samples, SampleRate);
        using LogMelExtractor extractor = new(definition ?? options);
        using var scope = torch.NewDisposeScope();
        return extractor.Extract(torch.tensor(samples, [1, SampleRate])).data<float>().ToArray();
    }

    private sealed class Counter(Action? each = null) : IProgress<ExtractionProgress>
    {
        public int Reports { get; private set; }

        public ExtractionProgress Last { get; private set; }

        public void Report(ExtractionProgress value)
        {
            Reports++;
            Last = value;
            each?.Invoke();
        }
    }
}
