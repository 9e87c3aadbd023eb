using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Checks;

namespace Sed.Core.Tests.Corpora;

public sealed class FolderCorpusTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Lists_as_DESED_has_them_are_read_with_their_splits()
    {
        Write("metadata/train/weak.tsv", "filename\tevent_labels\nYabc_0.000_10.000.wav\tDog,Speech\n");
        Write(
            "metadata/validation/validation.tsv",
            "filename\tonset\toffset\tevent_label\nv.wav\t1.5\t2.5\tDog\nempty.wav\t\t\t\n"
        );
        Write("metadata/eval/public.tsv", "filename\tonset\toffset\tevent_label\ne.wav\t0\t10\tSpeech\n");
        foreach (var name in (string[])["Yabc_0.000_10.000", "v", "e", "empty"])
            WavWriter.Write(folder.File("audio", $"{name}.wav"), new float[16_000], 16_000);

        Manifest corpus = FolderCorpus.Read(
            folder.Path,
            new FolderCorpusOptions { SampleRate = 16_000, ClipSeconds = 1 }
        );

        Assert.Equal(["Dog", "Speech"], corpus.Classes);
        Assert.Equal((16_000, 1.0), (corpus.SampleRate, corpus.ClipSeconds));
        Assert.Equal(["Yabc_0.000_10.000.wav", "v.wav", "empty.wav", "e.wav"], corpus.Clips.Select(clip => clip.Name));
        Assert.Equal(
            [Split.Training, Split.Validation, Split.Validation, Split.Evaluation],
            corpus.Clips.Select(clip => clip.Split)
        );
        Assert.Equal(["Dog", "Speech"], corpus.Clips[0].WeakLabels);
        Assert.Null(corpus.Clips[0].StrongEvents);
        Assert.Equal([new SoundEvent(1.5, 2.5, "Dog")], corpus.Clips[1].StrongEvents);
        Assert.Equal([], corpus.Clips[2].StrongEvents!);
        Assert.Equal(["Speech"], corpus.Clips[3].WeakLabels);
    }

    [Fact]
    public void A_list_of_clips_without_labels_names_what_can_be_learnt_from_all_the_same()
    {
        Write("metadata/train/weak.tsv", "filename\tevent_labels\na.wav\tDog\nnothing.wav\t\n");
        Write("metadata/train/synthetic.tsv", "filename\tonset\toffset\tevent_label\nb.wav\t0\t1\tDog\n");
        Write("metadata/train/unlabel_in_domain.tsv", "filename\nc.wav\na.wav\nc.wav\n");
        Write("metadata/eval/unlabelled.tsv", "filename\nd.wav\n");
        Write("metadata/train/durations.tsv", "filename\tduration\na.wav\t10\n");
        foreach (var name in (string[])["a", "b", "c", "d", "nothing"])
            WavWriter.Write(folder.File("audio", $"{name}.wav"), new float[16_000], 16_000);

        Manifest corpus = FolderCorpus.Read(folder.Path);

        Assert.Equal(["a.wav", "nothing.wav", "b.wav", "c.wav"], corpus.Clips.Select(clip => clip.Name));
        Assert.Equal([true, true, true, false], corpus.Clips.Select(clip => clip.IsTagged));
        Assert.Equal([false, false, true, false], corpus.Clips.Select(clip => clip.KnownEvents is not null));
        Assert.Empty(corpus.Clips[3].WeakLabels);
        Assert.Equal(Split.Training, corpus.Clips[3].Split);
        // What nobody labelled has no label by right.
        Assert.Equal(
            ["nothing.wav"],
            Preflight
                .Check(folder.Path)
                .Findings.Where(found => found.Kind == FindingKind.NoLabel)
                .Select(found => found.Name)
        );
    }

    [Fact]
    public void A_list_whose_split_is_unclear_is_named()
    {
        Write("labels.tsv", "filename\tevent_label\na.wav\tDog\n");
        CorpusException error = Assert.Throws<CorpusException>(() => FolderCorpus.Read(folder.Path));
        Assert.Equal(
            $"{folder.File("labels.tsv")}: its name does not say which split it describes; put one of the words train, weak, "
                + "valid, test, eval, public into it or its folder's name.",
            error.Message
        );
    }

    [Fact]
    public void Lists_without_a_byte_are_named_all_at_once()
    {
        Write("train.tsv", "");
        Write("eval.tsv", "");
        Write("test.tsv", "filename\tevent_label\na.wav\tDog\n");
        CorpusException error = Assert.Throws<CorpusException>(() => FolderCorpus.Read(folder.Path));
        Assert.Equal(
            ((string[])["eval.tsv", "train.tsv"]).Select(name =>
                $"{folder.File(name)}: the list is empty, or it is a pipe or a device; write labels into it, or take it away."
            ),
            error.Problems
        );
    }

    [Fact]
    public void Links_that_lead_back_are_followed_no_further_and_links_elsewhere_are()
    {
        Write("corpus/audio/a.wav", "a");
        Write("elsewhere/b.wav", "b");
        var corpus = folder.File("corpus");
        foreach (var name in (string[])["one", "two", "three"])
        {
            Directory.CreateSymbolicLink(Path.Combine(corpus, "audio", name), ".");
            Directory.CreateSymbolicLink(Path.Combine(corpus, name), "..");
        }
        Directory.CreateSymbolicLink(Path.Combine(corpus, "linked"), folder.File("elsewhere"));
        Assert.Equal(
            ["a.wav", "b.wav"],
            CorpusFolder.FilesBelow(corpus).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
    }

    private void Write(string path, string text) => File.WriteAllText(folder.File(path.Split('/')), text);
}
