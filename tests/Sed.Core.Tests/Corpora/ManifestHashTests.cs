using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Checks;
using Sed.Core.Corpora.Layouts;

namespace Sed.Core.Tests.Corpora;

public sealed class ManifestHashTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_canonical_text_lists_what_identifies_a_corpus()
    {
        var weak = TinyCorpus.Clip("a\tb.wav", "a", ["car", "bus"]);
        var strong = TinyCorpus.Clip("c.wav", "c", ["bus"], Split.Testing) with
        {
            StrongEvents = [new SoundEvent(0.25, 1.5, "bus")],
        };
        var unlabelled = TinyCorpus.Clip("d.wav", "d", []) with { IsTagged = false };
        Manifest corpus = new("name", new ClassList(["bus", "car"]), 16_000, 2.5, [weak, strong, unlabelled]);
        Assert.Equal(
            [
                "manifest\t2",
                "sampleRate\t16000",
                "clipSeconds\t2.5",
                "classes\tbus\tcar",
                "clip\ttraining\ta\\tb.wav\ta\thash 1",
                "labels\tcar\tbus",
                "clip\ttesting\tc.wav\tc\thash 2",
                "labels\tbus",
                "events\t1",
                "event\t0.25\t1.5\tbus",
                "clip\ttraining\td.wav\td\thash 3",
                "unlabelled",
            ],
            ManifestKey.Lines(corpus, ["hash 1", "hash 2", "hash 3"])
        );
        Assert.Equal(
            "04a6a610b7dd550dfd9c8cedb54418cfdfe6b048701d8d284c57246bfb0fa0b3",
            ManifestKey.Hash(corpus, ["hash 1", "hash 2", "hash 3"])
        );
    }

    [Fact]
    public void The_hash_of_a_split_does_not_depend_on_other_clips()
    {
        var test = TinyCorpus.Clip("t.wav", "t", ["a"], Split.Testing) with { AudioSha256 = "1" };
        var train = TinyCorpus.Clip("a.wav", "a", ["a"]) with { AudioSha256 = "2" };
        string HashWith(string[] classes, params Clip[] clips) =>
            new Manifest("corpus", new ClassList(classes), 8000, 1, clips).ContentHashOf(Split.Testing);
        string Hash(params Clip[] clips) => HashWith(["a", "b"], clips);
        Assert.Equal(Hash(test), Hash(train, test));
        Assert.Equal(Hash(test), HashWith(["a", "b", "c"], train with { WeakLabels = ["c"] }, test));
        Assert.NotEqual(Hash(test), Hash(train, test with { WeakLabels = ["b"] }));
        Assert.NotEqual(Hash(test), Hash(test, train with { Split = Split.Testing }));
    }

    [Fact]
    public void The_hash_of_a_split_does_not_depend_on_what_is_known_of_classes_that_do_not_occur_in_it()
    {
        var test = TinyCorpus.Clip("t.wav", "t", ["a"], Split.Testing) with { AudioSha256 = "1" };
        string Hash(Clip clip) =>
            new Manifest("corpus", new ClassList(["a", "b"]), 8000, 1, [clip]).ContentHashOf(Split.Testing);
        Assert.Equal(Hash(test), Hash(test with { UnknownLabels = ["b"] }));
        var spans = test with { AnnotatedSpans = [new(0, 0.5, "a")] };
        Assert.NotEqual(Hash(test), Hash(spans));
        Assert.Equal(Hash(spans), Hash(spans with { AnnotatedSpans = [new(0, 0.5, "a"), new(0, 1, "b")] }));
        Assert.NotEqual(Hash(spans), Hash(spans with { AnnotatedSpans = [new(0, 0.5, "a"), new(0, 1)] }));
        // Without spans for "a", the class is annotated at no time, which differs from being annotated throughout.
        Assert.NotEqual(Hash(test), Hash(test with { AnnotatedSpans = [new(0, 1, "b")] }));
        Assert.Equal(Hash(test with { AnnotatedSpans = [] }), Hash(test with { AnnotatedSpans = [new(0, 1, "b")] }));
        var soft = test with { SoftTags = [new("a", 0.9)] };
        Assert.Equal(Hash(soft), Hash(soft with { SoftTags = [new("a", 0.9), new("b", 0.2)] }));
        Assert.NotEqual(Hash(soft), Hash(soft with { SoftTags = [new("a", 0.8)] }));
    }

    [Fact]
    public void The_labelled_duration_is_that_of_the_union_of_the_annotated_spans()
    {
        var clip = TinyCorpus.Clip("a.wav", "a", ["a"]) with { DurationSeconds = 10 };
        Assert.Equal(10, clip.LabelledSeconds);
        Assert.Equal(0, (clip with { IsTagged = false }).LabelledSeconds);
        var spans = clip with { StrongEvents = [], AnnotatedSpans = [new(0, 2), new(1, 4, "a"), new(8, 12)] };
        Assert.Equal(6, spans.LabelledSeconds, 9);
    }

    [Fact]
    public void Every_identifying_field_changes_the_hash()
    {
        var clip = TinyCorpus.Clip("a.wav", "a", ["a"]) with { AudioSha256 = "1" };
        string Hash(Clip changed, int sampleRate = 8000, double clipSeconds = 1, string classes = "a b") =>
            new Manifest("corpus", new ClassList(classes.Split(' ')), sampleRate, clipSeconds, [changed]).Hash;
        string[] hashes =
        [
            Hash(clip),
            Hash(clip, sampleRate: 16_000),
            Hash(clip, clipSeconds: 2),
            Hash(clip, classes: "b a"),
            Hash(clip with { Name = "b.wav" }),
            Hash(clip with { Source = "b" }),
            Hash(clip with { Split = Split.Validation }),
            Hash(clip with { AudioSha256 = "2" }),
            Hash(clip with { WeakLabels = ["b"] }),
            Hash(clip with { IsTagged = false }),
            Hash(clip with { StrongEvents = [] }),
            Hash(clip with { StrongEvents = [new SoundEvent(0, 1, "a")] }),
            Hash(clip with { StrongEvents = [new SoundEvent(0, 0.5, "a")] }),
        ];
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
    }

    [Fact]
    public void Neither_the_name_of_a_corpus_nor_the_location_of_its_audio_changes_the_hash_or_the_folds()
    {
        var corpus = TinyCorpus.Random(60, 1);
        Manifest renamed = new(
            "another",
            corpus.Classes,
            corpus.SampleRate,
            corpus.ClipSeconds,
            [.. corpus.Clips.Select(clip => clip with { AudioPath = $"elsewhere/{clip.AudioPath}", AudioBytes = 2 })]
        );
        Assert.Equal(corpus.Hash, renamed.Hash);
        Assert.Equal(Stratification.Folds(corpus, 3, 1), Stratification.Folds(renamed, 3, 1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_corpus_that_is_moved_copied_or_named_relatively_keeps_its_hash(bool lists)
    {
        var first = Corpus("training data/first", lists);
        var hash = Hash(first);
        Assert.Equal(hash, Hash(Path.GetRelativePath(Environment.CurrentDirectory, first)));
        Assert.Equal(hash, Hash(first + Path.DirectorySeparatorChar));
        var copy = Corpus("test/second", lists);
        Assert.Equal(hash, Hash(copy));
        var moved = folder.File("evaluation", "moved");
        Directory.Move(first, moved);
        Assert.Equal(hash, Hash(moved));
        Directory.CreateSymbolicLink(folder.File("link"), moved);
        Assert.Equal(hash, Hash(folder.File("link")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_recording_that_is_edited_in_place_changes_the_hash(bool linked)
    {
        var corpus = Corpus("corpus", lists: false);
        var path = Path.Combine(corpus, "audio", "testing", "a.wav");
        if (linked)
        {
            File.Move(path, folder.File("target.wav"));
            File.CreateSymbolicLink(path, folder.File("target.wav"));
        }
        var (hash, checkedHash) = (Hash(corpus), CheckedHash(corpus));
        Assert.Equal(hash, checkedHash);
        using (var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite))
        {
            file.Position = 100;
            file.WriteByte(77);
        }
        Assert.NotEqual(hash, Hash(corpus));
        Assert.Equal(Hash(corpus), CheckedHash(corpus));
    }

    [Fact]
    public void The_split_decides_between_recordings_of_one_name_wherever_the_corpus_is()
    {
        var hashes = new[] { "corpus", "testing/corpus", "training/corpus" }.Select(name =>
        {
            var corpus = Corpus(name, lists: false);
            WavWriter.Write(Path.Combine(corpus, "audio", "aside", "a.wav"), new float[9], 44_100);
            return Hash(corpus);
        });
        Assert.Single(hashes.Distinct());
    }

    [Fact]
    public void Manifests_with_other_splits_share_the_content_hashes()
    {
        var corpus = CorpusLayouts.Read(Corpus("corpus", lists: false));
        var hash = corpus.Hash;
        foreach (var clip in corpus.Clips)
            File.Delete(clip.AudioPath);
        var splits = corpus.Clips.Select(clip => clip.Split).ToArray();
        Assert.Equal(hash, corpus.WithSplits(splits).Hash);
        splits[0] = Split.Validation;
        Assert.NotEqual(hash, corpus.WithSplits(splits).Hash);
    }

    // Two clips: training b.wav and testing a.wav.
    private string Corpus(string name, bool lists)
    {
        var root = Path.Combine(folder.Path, name);
        foreach (var below in (string[])["audio/aside", "audio/testing", "audio/training"])
            Directory.CreateDirectory(Path.Combine(root, below));
        var (extension, header, middle) = lists ? (".tsv", "filename\tevent_label\n", "\t") : (".csv", "", "\t0\t10\t");
        foreach (var (split, file) in new[] { ("training", "b.wav"), ("testing", "a.wav") })
        {
            File.WriteAllText(
                Path.Combine(root, $"groundtruth_weak_label_{split}_set{extension}"),
                $"{header}{file}{middle}Car\n"
            );
            var tone = Enumerable.Range(0, 1000).Select(i => (float)Math.Sin(i * split.Length)).ToArray();
            WavWriter.Write(Path.Combine(root, "audio", split, file), tone, 44_100);
        }
        return root;
    }

    private static string Hash(string corpus) => ManifestBuilder.Build(CorpusLayouts.Open(corpus)).Hash;

    // With the cache of earlier checks.
    private string CheckedHash(string corpus) => Preflight.Check(corpus, folder.File("cache")).ToManifest().Hash;
}
