using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Checks;
using Sed.Core.Corpora.Layouts;

namespace Sed.Core.Tests.Corpora.Layouts;

/// <summary>The lists of a review replace the labels of a corpus at the reviewed times.</summary>
public sealed class ReviewedLabelsTests : IDisposable
{
    private const string Events = "filename\tonset\toffset\tevent_label\treviewer\treviewed";
    private const string Spans = "filename\tonset\toffset\tevent_label";
    private const string Tags = "filename\tevent_label\tpresence\treviewer\treviewed";
    private const string By = "Ada\t2026-11-30T12:00:00Z";

    private readonly TemporaryFolder folder = new();

    public ReviewedLabelsTests()
    {
        Recording("a.wav");
        Recording("b.wav");
        Recording("c.wav");
        File.WriteAllText(folder.File("review", "decisions.jsonl"), "");
        File.WriteAllText(folder.File("review", "next.tsv"), "filename\tonset\toffset\treason\na.wav\t0\t5\trandom\n");
        List("events.tsv", Events);
        List("annotated.tsv", Spans);
        List("tags.tsv", Tags);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_review_alone_is_a_corpus()
    {
        List("events.tsv", Events, $"a.wav\t1\t2\tdog\t{By}", $"b.wav\t3\t4\tcat\t{By}");
        List("annotated.tsv", Spans, "a.wav\t0\t10\t", "b.wav\t3\t4\tcat");
        var manifest = CorpusLayouts.Read(folder.Path);
        Assert.Equal(["cat", "dog"], manifest.Classes);
        Assert.Equal(["a.wav", "b.wav"], manifest.Clips.Select(clip => clip.Name));
        Assert.All(manifest.Clips, clip => Assert.Equal(Split.Training, clip.Split));
        var (a, b) = (manifest.Clips[0], manifest.Clips[1]);
        Assert.Equal([new(1, 2, "dog")], a.StrongEvents);
        Assert.Equal(["dog"], a.WeakLabels);
        Assert.Equal([], a.UnknownLabels);
        Assert.True(a.KnownTimesOf("cat").Contain(0, 10));
        Assert.Equal(["cat"], b.WeakLabels);
        Assert.Equal(["dog"], b.UnknownLabels);
        Assert.Equal(1, b.KnownTimesOf("cat").SecondsIn(0, 10), 6);
        Assert.Equal(0, b.KnownTimesOf("dog").SecondsIn(0, 10));
    }

    [Fact]
    public void Tags_alone_are_a_corpus_in_which_classes_without_a_row_are_unknown()
    {
        List(
            "tags.tsv",
            Tags,
            $"a.wav\tdog\t1\t{By}",
            $"a.wav\tcat\t0\t{By}",
            $"b.wav\tdog\t\t{By}",
            $"b.wav\tcat\t1\t{By}",
            $"c.wav\tcat\t0\t{By}",
            $"c.wav\tnever present\t0\t{By}"
        );
        var manifest = CorpusLayouts.Read(folder.Path);
        Assert.Equal(["cat", "dog"], manifest.Classes);
        Assert.All(manifest.Clips, clip => Assert.Null(clip.StrongEvents));
        Assert.All(manifest.Clips, clip => Assert.True(clip.IsTagged));
        Assert.Equal(
            [
                ["dog"],
                ["cat"],
                [],
            ],
            manifest.Clips.Select(clip => clip.WeakLabels)
        );
        Assert.Equal(
            [
                [],
                ["dog"],
                ["dog"],
            ],
            manifest.Clips.Select(clip => clip.UnknownLabels)
        );
    }

    [Fact]
    public void Reviewed_events_replace_those_of_audacity_files_at_the_reviewed_times_only()
    {
        Audacity("a", "1\t2\tdog\n4\t6\tcat\n8\t9\tdog\n");
        Audacity("b", "1\t2\tdog\n");
        // From 0 to 5 s all classes are reviewed, and the dog is now a cat.
        List("events.tsv", Events, $"a.wav\t1\t2.5\tcat\t{By}");
        List("annotated.tsv", Spans, "a.wav\t0\t5\t");
        var manifest = CorpusLayouts.Read(folder.Path);
        Assert.Equal(["a.wav", "b.wav"], manifest.Clips.Select(clip => clip.Name));
        Assert.Equal([new(1, 2.5, "cat"), new(5, 6, "cat"), new(8, 9, "dog")], manifest.Clips[0].StrongEvents);
        // The file annotates the rest of the recording.
        Assert.Null(manifest.Clips[0].AnnotatedSpans);
        Assert.True(manifest.Clips[0].IsFullyKnown);
        Assert.Equal([new(1, 2, "dog")], manifest.Clips[1].StrongEvents);
    }

    [Fact]
    public void A_rejected_event_of_before_is_removed_and_its_label_with_it()
    {
        Audacity("a", "1\t2\tdog\n4\t6\tcat\n");
        List("annotated.tsv", Spans, "a.wav\t1\t2\tdog");
        var clip = CorpusLayouts.Read(folder.Path).Clips.Single();
        Assert.Equal([new(4, 6, "cat")], clip.StrongEvents);
        Assert.Equal(["cat"], clip.WeakLabels);
        Assert.True(clip.IsFullyKnown);
    }

    [Fact]
    public void A_class_of_the_review_is_unknown_in_recordings_that_were_labelled_without_it()
    {
        Audacity("a", "1\t2\tdog\n");
        Audacity("b", "1\t2\tdog\n");
        List("events.tsv", Events, $"a.wav\t3\t4\tcat\t{By}");
        List("annotated.tsv", Spans, "a.wav\t0\t10\t");
        var manifest = CorpusLayouts.Read(folder.Path);
        Assert.Equal(["dog", "cat"], manifest.Classes);
        Assert.True(manifest.Clips[0].KnownTimesOf("cat").Contain(0, 10));
        Assert.Equal(["cat"], manifest.Clips[1].UnknownLabels);
        Assert.Equal(0, manifest.Clips[1].KnownTimesOf("cat").SecondsIn(0, 10));
        Assert.True(manifest.Clips[1].KnownTimesOf("dog").IsAlways);
    }

    [Fact]
    public void Tags_of_the_review_replace_those_of_a_list_by_class_and_splits_are_kept()
    {
        File.WriteAllText(folder.File("train.tsv"), "filename\tevent_labels\na.wav\tdog,cat\nb.wav\tdog\n");
        File.WriteAllText(folder.File("test.tsv"), "filename\tonset\toffset\tevent_label\nc.wav\t1\t2\tcat\n");
        List("tags.tsv", Tags, $"a.wav\tdog\t0\t{By}", $"b.wav\tcat\t\t{By}", $"c.wav\tdog\t\t{By}");
        List("events.tsv", Events, $"c.wav\t1\t1.5\tcat\t{By}");
        List("annotated.tsv", Spans, "c.wav\t1\t2\tcat");
        var manifest = CorpusLayouts.Read(folder.Path);
        Assert.Equal(
            [("a.wav", Split.Training), ("b.wav", Split.Training), ("c.wav", Split.Testing)],
            manifest.Clips.Select(clip => (clip.Name, clip.Split))
        );
        Assert.Equal(["cat"], manifest.Clips[0].WeakLabels);
        Assert.Equal([], manifest.Clips[0].UnknownLabels);
        Assert.Equal(["dog"], manifest.Clips[1].WeakLabels);
        Assert.Equal(["cat"], manifest.Clips[1].UnknownLabels);
        var c = manifest.Clips[2];
        Assert.Equal([new(1, 1.5, "cat")], c.StrongEvents);
        Assert.True(c.KnownTimesOf("cat").Contain(0, 10));
        Assert.Equal(0, c.KnownTimesOf("dog").SecondsIn(0, 10));
    }

    [Fact]
    public void Events_can_be_added_to_recordings_that_had_tags_only()
    {
        File.WriteAllText(folder.File("train.tsv"), "filename\tevent_label\na.wav\tdog\nb.wav\tcat\n");
        List("events.tsv", Events, $"a.wav\t1\t2\tdog\t{By}");
        List("annotated.tsv", Spans, "a.wav\t0\t5\tdog");
        var a = CorpusLayouts.Read(folder.Path).Clips[0];
        Assert.Equal([new(1, 2, "dog")], a.StrongEvents);
        Assert.Equal(5, a.KnownTimesOf("dog").SecondsIn(0, 10), 6);
        // The list states that the recording has no cat.
        Assert.True(a.KnownTimesOf("cat").Contain(0, 10));
        Assert.Equal(["dog"], a.WeakLabels);
        Assert.Equal([], a.UnknownLabels);
    }

    [Fact]
    public void Recordings_below_folders_are_distinguished_by_their_paths()
    {
        Recording("train/x.wav");
        Recording("test/x.wav");
        List("events.tsv", Events, $"train/x.wav\t1\t2\tdog\t{By}", $"test/x.wav\t3\t4\tdog\t{By}");
        List("annotated.tsv", Spans, "train/x.wav\t0\t10\t", "test/x.wav\t0\t10\t");
        var manifest = CorpusLayouts.Read(folder.Path);
        Assert.Equal(
            [(Split.Training, 1.0), (Split.Testing, 3.0)],
            manifest.Clips.Select(clip => (clip.Split, clip.StrongEvents![0].Onset))
        );
        Assert.Equal(
            ["train", "test"],
            manifest.Clips.Select(clip => Path.GetFileName(Path.GetDirectoryName(clip.AudioPath)))
        );
    }

    [Fact]
    public void Reviewed_times_of_a_recording_are_not_those_of_a_recording_of_the_same_name_in_another_folder()
    {
        Recording("day2/a.wav");
        List("events.tsv", Events, $"a.wav\t1\t2\tdog\t{By}", $"day2/a.wav\t8\t9\tdog\t{By}");
        List("annotated.tsv", Spans, "a.wav\t0\t5\t");
        var manifest = CorpusLayouts.Read(folder.Path);
        Assert.Equal(
            [("a.wav", 5.0), ("day2/a.wav", 1.0)],
            manifest.Clips.Select(clip => (clip.Name, clip.KnownTimesOf("dog").SecondsIn(0, 10)))
        );
    }

    [Fact]
    public void A_row_of_splits_for_two_recordings_is_a_problem_only_if_it_states_the_split_of_a_reviewed_one()
    {
        Recording("day1/a.wav");
        Recording("day2/a.wav");
        var train = folder.File("train.tsv");
        File.WriteAllText(train, "filename\tsplit\tevent_label\nday1/a.wav\ttrain\tdog\nday2/a.wav\ttest\tdog\n");
        File.Delete(folder.File("a.wav"));
        File.WriteAllText(folder.File("splits.tsv"), "filename\tsplit\na.wav\ttest\nb.wav\tvalid\n");
        List("tags.tsv", Tags, $"b.wav\tdog\t1\t{By}");
        var listing = CorpusLayouts.Open(folder.Path);
        Assert.Empty(listing.Problems);
        Assert.Equal(
            [("day1/a.wav", Split.Training), ("b.wav", Split.Validation), ("day2/a.wav", Split.Testing)],
            listing.Clips.Select(clip => (clip.Name, clip.Split))
        );
        File.WriteAllText(train, "filename\tsplit\tevent_label\nday1/a.wav\ttrain\tdog\n");
        List("tags.tsv", Tags, $"day2/a.wav\tdog\t1\t{By}");
        Assert.Equal(
            [
                $"{folder.File("splits.tsv")}, line 2: the recording \"a.wav\" matches two recordings, \"day1/a.wav\" and \"day2/a.wav\"; write the names in the list with their folders",
            ],
            CorpusLayouts.Open(folder.Path).Problems.Select(problem => problem.ToString())
        );
    }

    [Fact]
    public void A_reviewed_event_replaces_the_confidence_of_its_tag()
    {
        File.WriteAllText(
            folder.File("train.tsv"),
            "filename\tevent_label\tconfidence\na.wav\tdog\t0.25\na.wav\tcat\t0.5\n"
        );
        List("events.tsv", Events, $"a.wav\t1\t2\tdog\t{By}");
        List("annotated.tsv", Spans, "a.wav\t0\t5\tdog");
        var clip = CorpusLayouts.Open(folder.Path).Clips.Single();
        Assert.Equal([new SoftTag("cat", 0.5), new SoftTag("dog", 1)], clip.SoftTags!);
    }

    [Fact]
    public void Lists_of_the_review_belong_to_no_layout_and_check_shows_how_they_are_used()
    {
        var unlabelled = Assert.Throws<CorpusException>(() => CorpusLayouts.Open(folder.Path));
        Assert.StartsWith($"{folder.Path}: no annotations of its recordings were found; ", unlabelled.Message);
        Audacity("a", "1\t2\tdog\n");
        List("events.tsv", Events, $"a.wav\t1\t2.5\tdog\t{By}");
        List("annotated.tsv", Spans, "a.wav\t0\t10\t");
        List("tags.tsv", Tags, $"b.wav\tdog\t0\t{By}");
        Assert.Equal(
            ["*.txt", "review/events.tsv", "review/annotated.tsv", "review/tags.tsv", "review/next.tsv"],
            CorpusLayouts.Open(folder.Path).Lists.Select(list => list.File.Replace('\\', '/'))
        );
        var text = Preflight.Check(folder.Path, null).ToText();
        Assert.Contains("reviewed events", text);
        Assert.Contains("reviewed times", text);
        Assert.Contains("reviewed tags", text);
        Assert.Contains("it lists stretches to review", text);
        Assert.Contains("2 of 2 labelled clips are usable", text);
    }

    [Fact]
    public void Invalid_rows_of_the_review_are_reported_with_their_lines()
    {
        List("events.tsv", Events, $"a.wav\t3\t2\tdog\t{By}", $"a.wav\t1\t2\tdog\t{By}", $"a.wav\t7\t8\tdog\t{By}");
        List("annotated.tsv", Spans, "a.wav\t0\t5\t", "a.wav\tx\t5\t");
        var problems = Assert.Throws<CorpusException>(() => CorpusLayouts.Read(folder.Path)).Problems;
        Assert.Contains(
            problems,
            problem => problem.ToString().Contains("events.tsv, line 2", StringComparison.Ordinal)
        );
        Assert.Contains(
            problems,
            problem => problem.ToString().Contains("annotated.tsv, line 3", StringComparison.Ordinal)
        );
        List("annotated.tsv", Spans, "a.wav\t0\t5\t");
        List("events.tsv", Events, $"a.wav\t7\t8\tdog\t{By}");
        Assert.Equal(
            $"{folder.File("review", "events.tsv")}: the event 'dog' of \"a.wav\" from 7 s to 8 s lies outside the annotated spans; extend a span in annotated.tsv, or remove the event",
            Assert.Throws<CorpusException>(() => CorpusLayouts.Read(folder.Path)).Problems.Single().ToString()
        );
    }

    [Fact]
    public void A_folder_of_the_same_name_without_a_review_belongs_to_the_corpus()
    {
        File.Delete(folder.File("review", "decisions.jsonl"));
        File.Delete(folder.File("review", "next.tsv"));
        File.Delete(folder.File("review", "annotated.tsv"));
        File.Delete(folder.File("review", "tags.tsv"));
        List("events.tsv", "filename\tonset\toffset\tevent_label", "a.wav\t1\t2\tdog");
        File.Move(folder.File("review", "events.tsv"), folder.File("review", "train.tsv"));
        var listing = CorpusLayouts.Open(folder.Path);
        Assert.Equal("lists of labels (DESED, AudioSet)", listing.Layout);
        Assert.Equal("review/train.tsv", listing.Lists.Single().File.Replace('\\', '/'));
    }

    private void Recording(string name) =>
        WavWriter.Write(folder.File(name.Split('/')), [.. Enumerable.Range(0, 10_000).Select(k => k % 7 / 10f)], 1000);

    private void Audacity(string name, string rows) => File.WriteAllText(folder.File($"{name}.txt"), rows);

    private void List(string name, params string[] lines) => File.WriteAllLines(folder.File("review", name), lines);
}
