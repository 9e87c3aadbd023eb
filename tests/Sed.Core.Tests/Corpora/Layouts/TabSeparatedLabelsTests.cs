using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Checks;
using Sed.Core.Corpora.Layouts;

namespace Sed.Core.Tests.Corpora.Layouts;

public sealed class TabSeparatedLabelsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Lists_of_DESED_are_read_with_their_splits()
    {
        Write("metadata/train/weak.tsv", "filename\tevent_labels\nYabc_0.000_10.000.wav\tDog,Speech\n");
        Write(
            "metadata/validation/validation.tsv",
            "filename\tonset\toffset\tevent_label\nv.wav\t1.5\t2.5\tDog\nempty.wav\t\t\t\n"
        );
        Write("metadata/eval/public.tsv", "filename\tonset\toffset\tevent_label\ne.wav\t0\t10\tSpeech\n");
        foreach (var name in (string[])["Yabc_0.000_10.000", "v", "e", "empty"])
            WavWriter.Write(folder.File("audio", $"{name}.wav"), new float[16_000], 16_000);

        Manifest corpus = CorpusLayouts.Read(folder.Path, new CorpusOptions { SampleRate = 16_000, ClipSeconds = 1 });

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
    public void Unlabelled_training_clips_are_part_of_the_corpus()
    {
        Write("metadata/train/weak.tsv", "filename\tevent_labels\na.wav\tDog\nnothing.wav\t\n");
        Write("metadata/train/synthetic.tsv", "filename\tonset\toffset\tevent_label\nb.wav\t0\t1\tDog\n");
        Write("metadata/train/unlabel_in_domain.tsv", "filename\nc.wav\na.wav\nc.wav\n");
        Write("metadata/eval/unlabelled.tsv", "filename\nd.wav\n");
        Write("metadata/train/durations.tsv", "filename\tduration\na.wav\t10\n");
        foreach (var name in (string[])["a", "b", "c", "d", "nothing"])
            WavWriter.Write(folder.File("audio", $"{name}.wav"), new float[16_000], 16_000);

        Manifest corpus = CorpusLayouts.Read(folder.Path);

        Assert.Equal(["a.wav", "nothing.wav", "b.wav", "c.wav"], corpus.Clips.Select(clip => clip.Name));
        Assert.Equal([true, true, true, false], corpus.Clips.Select(clip => clip.IsTagged));
        Assert.Equal([false, false, true, false], corpus.Clips.Select(clip => clip.KnownEvents is not null));
        Assert.Empty(corpus.Clips[3].WeakLabels);
        Assert.Equal(Split.Training, corpus.Clips[3].Split);
        // Unlabelled clips are not reported as clips without a label.
        Assert.Equal(
            ["nothing.wav"],
            Preflight
                .Check(folder.Path)
                .Findings.Where(found => found.Kind == FindingKind.NoLabel)
                .Select(found => found.Name)
        );
    }

    [Fact]
    public void A_list_whose_name_does_not_state_its_split_is_reported()
    {
        Write("labels.tsv", "filename\tevent_label\na.wav\tDog\n");
        CorpusException error = Assert.Throws<CorpusException>(() => CorpusLayouts.Read(folder.Path));
        Assert.Equal(
            $"{folder.File("labels.tsv")}: the name of the list does not state its split; put one of the words train, weak, valid, "
                + "test, eval, public into its name or its folder's name",
            error.Message
        );
    }

    [Fact]
    public void All_empty_lists_are_reported()
    {
        Write("train.tsv", "");
        Write("eval.tsv", "");
        Write("test.tsv", "filename\tevent_label\na.wav\tDog\n");
        CorpusException error = Assert.Throws<CorpusException>(() => CorpusLayouts.Read(folder.Path));
        Assert.Equal(
            ((string[])["eval.tsv", "train.tsv"]).Select(name =>
                $"{folder.File(name)}: the list is empty, or it is a pipe or a device; write labels into it or remove it"
            ),
            error.Problems.Select(problem => problem.ToString())
        );
    }

    [Fact]
    public void Links_to_other_folders_are_followed_and_loops_are_not()
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
