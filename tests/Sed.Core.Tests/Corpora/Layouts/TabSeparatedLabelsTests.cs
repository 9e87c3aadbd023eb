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
            [Split.Training, Split.Testing, Split.Testing, Split.Evaluation],
            corpus.Clips.Select(clip => clip.Split)
        );
        Assert.Equal(["Dog", "Speech"], corpus.Clips[0].WeakLabels);
        Assert.Null(corpus.Clips[0].StrongEvents);
        Assert.Equal([new SoundEvent(1.5, 2.5, "Dog")], corpus.Clips[1].StrongEvents);
        Assert.Equal([], corpus.Clips[2].StrongEvents!);
        Assert.Equal(["Speech"], corpus.Clips[3].WeakLabels);
    }

    [Theory]
    [InlineData("csv", "synthetic.csv", "")]
    [InlineData("tsv", "synthetic21_train/soundscapes.tsv", "synthetic21_validation/soundscapes.tsv")]
    public void The_published_folders_of_DESED_state_the_split_of_each_list(
        string extension,
        string synthetic,
        string held
    )
    {
        const string Strong = "filename\tonset\toffset\tevent_label\n";
        Write($"metadata/train/weak.{extension}", "filename\tevent_labels\na.wav\tDog\n");
        Write($"metadata/train/unlabel_in_domain.{extension}", "filename\nb.wav\n");
        Write($"metadata/train/audioset_strong.{extension}", Strong + "c.wav\t0\t1\tDog\n");
        Write($"metadata/train/{synthetic}", Strong + "0.wav\t0\t1\tDog\n");
        Write($"metadata/validation/validation.{extension}", Strong + "v.wav\t0\t1\tDog\nw.wav\t0\t1\tDog\n");
        Write($"metadata/validation/test_dcase2018.{extension}", Strong + "v.wav\t0\t1\tDog\n");
        Write($"metadata/validation/eval_dcase2018.{extension}", Strong + "w.wav\t0\t1\tDog\n");
        Write($"metadata/eval/public.{extension}", Strong + "e.wav\t0\t1\tDog\n");
        if (held != "")
            Write($"metadata/validation/{held}", Strong + "9.wav\t0\t1\tDog\n");

        var listing = CorpusLayouts.Open(folder.Path);

        Assert.Empty(listing.Problems);
        Assert.Equal(
            [
                ("a.wav", Split.Training),
                ("c.wav", Split.Training),
                ("0.wav", Split.Training),
                ("b.wav", Split.Training),
                .. held == "" ? [] : new[] { ("9.wav", Split.Validation) },
                ("v.wav", Split.Testing),
                ("w.wav", Split.Testing),
                ("e.wav", Split.Evaluation),
            ],
            listing.Clips.Select(clip => (clip.Name, clip.Split))
        );
    }

    [Fact]
    public void Lists_of_AudioSet_are_read_with_the_names_of_their_identifiers()
    {
        Write(
            "train/segments.csv",
            "# Segments csv created Sun Mar  5 10:54:31 2017\n# YTID, start_seconds, end_seconds, positive_labels\n"
                + "--PJHxphWEs, 30.000, 40.000, \"/m/09x0r,/t/dd00088\"\n"
        );
        Write(
            "eval/strong.tsv",
            "segment_id\tstart_time_seconds\tend_time_seconds\tlabel\nb4l_30000\t0.5\t1\t/m/09x0r\n"
        );
        Write(
            "class_labels_indices.csv",
            "index,mid,display_name\n0,/m/09x0r,\"Speech, clear\"\n1,/t/dd00088,Gurgling\n"
        );

        var listing = CorpusLayouts.Open(folder.Path);

        Assert.Empty(listing.Problems);
        Assert.Equal(["Gurgling", "Speech, clear"], listing.Classes);
        Assert.Equal(["Gurgling", "Speech, clear"], listing.Clips[0].WeakLabels);
        Assert.Equal([new SoundEvent(0.5, 1, "Speech, clear")], listing.Clips[1].StrongEvents);
        Assert.Contains(
            ("class_labels_indices.csv", "the names replace the identifiers of labels"),
            listing.Lists.Select(use => (use.File, use.Note))
        );
    }

    [Theory]
    [InlineData("b4l-_AbcdE1_30000.wav")]
    [InlineData("Yb4l-_AbcdE1_30000.wav")]
    [InlineData("Yb4l-_AbcdE1.wav")]
    [InlineData("b4l-_AbcdE1_30.000_40.000.wav")]
    [InlineData("Yb4l-_AbcdE1_30_40.wav")]
    public void Segments_of_AudioSet_Strong_match_the_names_of_their_videos(string audio)
    {
        Write(
            "eval/strong.tsv",
            "segment_id\tstart_time_seconds\tend_time_seconds\tlabel\nb4l-_AbcdE1_30000\t0.5\t1\t/m/09x0r\n"
        );
        WavWriter.Write(folder.File(audio), new float[8000], 8000);

        var clip = CorpusLayouts.Read(folder.Path).Clips.Single();

        Assert.Equal(audio, Path.GetFileName(clip.AudioPath));
        Assert.Equal("b4l-_AbcdE1", clip.Source);
    }

    [Fact]
    public void Times_and_classes_without_a_row_are_unknown_in_a_list_of_present_and_absent_labels()
    {
        Write(
            "eval/framed.tsv",
            "segment_id\tstart_time_seconds\tend_time_seconds\tlabel\tpresent\n"
                + "a\t0\t0.96\tdog\tPRESENT\na\t0.96\t1.92\tdog\tNOT_PRESENT\na\t0\t0.96\tcat\tNOT_PRESENT\n"
        );
        WavWriter.Write(folder.File("a.wav"), new float[80_000], 8000);

        var listing = CorpusLayouts.Open(folder.Path);
        var clip = CorpusLayouts.Read(folder.Path).Clips.Single();

        Assert.Equal(["cat", "dog"], listing.Classes);
        Assert.Equal([new SoundEvent(0, 0.96, "dog")], clip.StrongEvents!);
        Assert.Equal(1.92, clip.KnownTimesOf("dog").SecondsIn(0, 10), 1e-9);
        Assert.Equal(0.96, clip.KnownTimesOf("cat").SecondsIn(0, 10), 1e-9);
        Assert.Equal(["cat"], clip.UnknownLabels);
        Assert.StartsWith("times and classes without a row are unknown; 2 of 3 rows", listing.Lists.Single().Note);
    }

    [Fact]
    public void A_class_whose_confidence_is_always_low_is_a_class()
    {
        Write(
            "train.tsv",
            "filename\tonset\toffset\tlabel\tconfidence\na.wav\t0\t1\tdog\t0.9\na.wav\t0\t1\tcat\t0.2\n"
        );
        Write("test.tsv", "filename\tlabel\tconfidence\na.wav\tcow\t0.4\n");
        WavWriter.Write(folder.File("a.wav"), new float[8000], 8000);

        var listing = CorpusLayouts.Open(folder.Path);

        Assert.Equal(["cat", "cow", "dog"], listing.Classes);
        Assert.Equal(2, listing.Clips[0].SoftEvents!.Count);
        Assert.Contains(
            "2 events with confidences; all are training targets, and those of at least 0.5 are the reference",
            listing.Lists.Single(use => use.File == "train.tsv").Note
        );
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
    public void Each_list_is_used_for_the_split_that_its_name_states_or_ignored_with_a_reason()
    {
        const string Weak = "filename\tevent_label\n";
        const string Strong = "filename\tonset\toffset\tevent_label\n";
        Write("metadata/train/weak.tsv", Weak + "a.wav\tDog\n");
        Write("metadata/train/synthetic20/soundscapes.tsv", Strong + "0.wav\t2\t6\tDog\n");
        Write("metadata/train/unlabel_in_domain.tsv", "filename\nu.wav\nu.wav\n");
        Write("metadata/validation/validation.tsv", Strong + "v.wav\t2\t6\tDog\nw.wav\t0\t1\tDog\n");
        Write("metadata/validation/test_dcase2018.tsv", Strong + "v.wav\t2\t6\tDog\n");
        Write("metadata/validation/eval_dcase2018.tsv", Strong + "w.wav\t0\t1\tDog\n");
        Write("metadata/validation/validation_durations.tsv", "filename\tduration\nv.wav\t10\n");
        Write("metadata/eval/unlabelled.tsv", "filename\nx.wav\n");
        Write("metadata/files.tsv", "filename\nx.wav\n");
        Write("metadata/classes.csv", "Dog\nCat\n");
        Write("README.txt", "This corpus has clips, labels and audio.\n");

        var listing = CorpusLayouts.Open(folder.Path);

        Assert.Empty(listing.Problems);
        Assert.Equal(
            [
                ("metadata/classes.csv", null, 0, "its first line, \"Dog\", does not name its columns"),
                ("metadata/eval/unlabelled.tsv", null, 0, "clips without labels are used for training only"),
                (
                    "metadata/files.tsv",
                    null,
                    0,
                    "it names files without labels, and its name does not contain \"unlabelled\""
                ),
                ("metadata/train/synthetic20/soundscapes.tsv", Split.Training, 1, ""),
                ("metadata/train/unlabel_in_domain.tsv", Split.Training, 1, ""),
                ("metadata/train/weak.tsv", Split.Training, 1, ""),
                (
                    "metadata/validation/eval_dcase2018.tsv",
                    null,
                    0,
                    "all clips and events are also in metadata/validation/validation.tsv"
                ),
                (
                    "metadata/validation/test_dcase2018.tsv",
                    null,
                    0,
                    "all clips and events are also in metadata/validation/validation.tsv"
                ),
                ("metadata/validation/validation.tsv", Split.Testing, 2, "DESED's public test set"),
                ("metadata/validation/validation_durations.tsv", null, 0, "it is a list of durations"),
            ],
            listing.Lists.Select(use => (use.File.Replace('\\', '/'), use.Split, use.Clips, use.Note))
        );
    }

    [Fact]
    public void A_list_that_is_contained_in_another_is_recognised_if_its_labels_are_identifiers()
    {
        const string Strong = "filename\tonset\toffset\tevent_label\n";
        Write("validation/validation.tsv", Strong + "v.wav\t2\t6\t/m/09x0r\nw.wav\t0\t1\t/m/09x0r\n");
        Write("validation/test_dcase2018.tsv", Strong + "v.wav\t2\t6\t/m/09x0r\n");

        var listing = CorpusLayouts.Open(folder.Path);

        Assert.Equal([new SoundEvent(2, 6, "Speech")], listing.Clips[0].StrongEvents!);
        Assert.Equal(
            ["all clips and events are also in validation/validation.tsv"],
            listing.Lists.Where(use => use.IsIgnored).Select(use => use.Note.Replace('\\', '/'))
        );
    }

    [Fact]
    public void The_public_test_list_of_MAESTRO_is_a_test_list()
    {
        const string Soft = "filename\tonset\toffset\tevent_label\tconfidence\n";
        Write("metadata/maestro_real_train.tsv", Soft + "cafe_01-000-1000.wav\t0\t1\tcar\t0.8\n");
        Write("metadata/maestro_real_validation.tsv", Soft + "cafe_02-000-1000.wav\t0\t1\tcar\t0.8\n");

        var lists = CorpusLayouts.Open(folder.Path).Lists;

        Assert.Equal([Split.Training, Split.Testing], lists.Select(use => use.Split!.Value));
        Assert.StartsWith("MAESTRO's public test set of DCASE 2024 Task 4; ", lists[1].Note, StringComparison.Ordinal);
    }

    [Fact]
    public void The_report_prints_the_split_of_each_list_and_the_reason_for_each_ignored_one()
    {
        Write("audioset_weak_train.tsv", "filename\tevent_label\na.wav\tDog\n");
        Write("audioset_weak_eval.tsv", "filename\tevent_label\nb.wav\tDog\n");
        Write("durations.tsv", "filename\tduration\na.wav\t10\n");
        WavWriter.Write(folder.File("a.wav"), new float[16_000], 16_000);

        var text = Preflight.Check(folder.Path).ToText();

        Assert.Contains(
            """
            list                     split       content      format  clips  note
            audioset_weak_eval.tsv   Evaluation  weak labels              1
            audioset_weak_train.tsv  Training    weak labels              1
            ignored: durations.tsv: it is a list of durations
            """.ReplaceLineEndings("\n"),
            text
        );
    }

    [Fact]
    public void A_list_whose_name_states_several_splits_is_reported()
    {
        Write("train.tsv", "filename\tevent_label\na.wav\tDog\n");
        Write("test_train.tsv", "filename\tevent_label\nb.wav\tDog\n");
        CorpusException error = Assert.Throws<CorpusException>(() => CorpusLayouts.Read(folder.Path));
        Assert.Equal(
            $"{folder.File("test_train.tsv")}: the name of the list states several splits (train, test); {SplitName.Remedy}",
            error.Message
        );
    }

    [Fact]
    public void A_list_whose_name_does_not_state_its_split_is_reported()
    {
        Write("labels.tsv", "filename\tevent_label\na.wav\tDog\n");
        CorpusException error = Assert.Throws<CorpusException>(() => CorpusLayouts.Read(folder.Path));
        Assert.Equal(
            $"{folder.File("labels.tsv")}: the name of the list does not state its split; put one of the words train, valid, test or "
                + "eval into its name or its folder's name, or state the splits in a column \"split\" or in a list splits.tsv",
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
