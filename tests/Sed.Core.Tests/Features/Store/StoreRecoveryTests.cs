using Sed.Core.Corpora;
using Sed.Core.Features.Store;
using Sed.Core.Runtime;

namespace Sed.Core.Tests.Features.Store;

/// <summary>Stores that were interrupted or damaged, or are on read-only storage.</summary>
[Collection(TorchCollection.Name)]
public sealed class StoreRecoveryTests : StoreOfNoise
{
    [Fact]
    public void A_damaged_row_is_detected_and_recomputed()
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
    public void A_folder_in_place_of_the_array_is_reported()
    {
        Manifest corpus = Corpus(3);
        string store;
        using (FeatureStore whole = Open(corpus))
            store = whole.Folder;
        File.Delete(Path.Combine(store, "features.npy"));
        Directory.CreateDirectory(Path.Combine(store, "features.npy"));
        Assert.Equal(
            $"{store}: there is a folder in place of the file features.npy or features.npy.partial; remove that folder to extract the features again.",
            Assert.Throws<FeatureStoreException>(() => Open(corpus)).Message
        );
        Directory.Delete(Path.Combine(store, "features.npy"));
        using (Open(corpus)) { }
        Assert.True(File.Exists(Path.Combine(store, "features.npy")));
    }

    [Fact]
    public void An_interrupted_extraction_resumes_and_the_store_is_complete_only_at_its_end()
    {
        Manifest corpus = Corpus(40);
        using CancellationTokenSource stop = new();
        Counter counter = new(() => stop.Cancel());
        Assert.ThrowsAny<OperationCanceledException>(() => Open(corpus, counter, stop.Token));
        string store = Assert.Single(Directory.GetDirectories(Folder.File("stores")));
        Assert.False(File.Exists(Path.Combine(store, "features.npy")));
        Counter rest = new();
        using FeatureStore whole = Open(corpus, rest);
        Assert.True(File.Exists(Path.Combine(store, "features.npy")));
        for (var i = 0; i < 40; i++)
            Assert.Equal(Direct(corpus.Clips[i]), Row(whole, i));
    }

    [Fact]
    public void Damaged_records_and_missing_files_are_repaired()
    {
        Manifest corpus = Corpus(4);
        string store;
        using (FeatureStore whole = Open(corpus))
            store = whole.Folder;
        var values = File.ReadAllBytes(Path.Combine(store, "features.npy"));
        var rows = File.ReadAllBytes(Path.Combine(store, "rows.bin"));
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
    public void A_clip_whose_file_changed_is_recomputed()
    {
        Manifest corpus = Corpus(3);
        using (Open(corpus)) { }
        var path = corpus.Clips[0].AudioPath;
        var wav = File.ReadAllBytes(path);
        Array.Clear(wav, 44, wav.Length - 44);
        File.WriteAllBytes(path, wav);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(1));
        using FeatureStore store = Open(corpus);
        Assert.All(Row(store, 0), x => Assert.True(x < -30));
        Assert.Equal(Direct(corpus.Clips[1]), Row(store, 1));
    }

    [Fact]
    public void Insufficient_disk_space_is_an_error_that_states_the_space_needed()
    {
        using FolderLock writing = FolderLock.Try(Folder.Path, "writing.lock");
        FeatureStoreException error = Assert.Throws<FeatureStoreException>(() =>
            StoreFiles.Open(
                Folder.Path,
                NpyHeader.Of(FeaturePrecision.Float32, 2_000_000_000, 500, 40),
                2_000_000_000,
                80_000,
                writing
            )
        );
        Assert.Matches(
            $"^{Folder.Path}: the features need 160 TB, but only [0-9.]+ ([kMGT]B|bytes) are free; free [0-9.]+ TB, "
                + "store the features elsewhere, or use float16.$",
            error.Message
        );
        Assert.Equal([Folder.File("writing.lock")], Directory.GetFiles(Folder.Path));
    }

    [Fact]
    public void A_finished_store_on_read_only_storage_is_opened_and_nothing_is_written()
    {
        Manifest corpus = Corpus(3);
        float[] row;
        using (FeatureStore store = Open(corpus))
            row = Row(store, 1);
        using ReadOnlyFolder archive = new(Folder.File("stores"), Folder.File("archive"));
        using FeatureStore kept = FeatureStore.Open(corpus, SmallFeatures.Options, archive.Path);
        Assert.Equal(row, Row(kept, 1));
    }

    [Fact]
    public void A_finished_store_whose_lock_cannot_be_created_is_opened()
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
    public void An_unfinished_store_that_cannot_be_written_is_rejected_with_the_reason()
    {
        Manifest corpus = Corpus(3);
        string path;
        using (FeatureStore store = Open(corpus))
            path = store.Folder;
        var denied = $"Access to the path '{Path.Combine(path, "writing.lock")}' is denied";
        var remedy =
            $"but the folder cannot be written ({denied}). Copy the folder to a writable location, or store the features elsewhere.";
        Block(path);
        File.SetLastWriteTimeUtc(corpus.Clips[2].AudioPath, DateTime.UtcNow.AddMinutes(1));
        FeatureStoreException changed = Assert.Throws<FeatureStoreException>(() => Open(corpus));
        Assert.Equal(
            $"{path}: 1 of its 3 rows are damaged or do not match the current audio files, {remedy}",
            changed.Message
        );
        File.Delete(Path.Combine(path, "features.npy"));
        FeatureStoreException gone = Assert.Throws<FeatureStoreException>(() => Open(corpus));
        Assert.Equal($"{path}: features are missing, {remedy}", gone.Message);
    }

    // Puts a folder in place of the lock file, so that no user, not even root, can acquire the lock.
    private static void Block(string store)
    {
        File.Delete(Path.Combine(store, "writing.lock"));
        Directory.CreateDirectory(Path.Combine(store, "writing.lock"));
    }
}
