using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Checks;
using Sed.Core.Corpora.Layouts;

namespace Sed.Core.Tests.Corpora.Layouts;

/// <summary>Clips that several lists of a corpus name.</summary>
public sealed class JoinedListsTests : IDisposable
{
    private const string Strong = "filename\tonset\toffset\tevent_label";
    private const string Weak = "filename\tevent_label";
    private readonly TemporaryFolder folder = new();

    public JoinedListsTests() => WavWriter.Write(folder.File("a.wav"), new float[16_000], 8000);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_soft_events_of_a_clip_are_those_of_all_lists()
    {
        List("train_a.tsv", $"{Strong}\tconfidence", "a.wav\t0\t1\tdog\t0.9", "a.wav\t1\t2\tdog\t0.2");
        List("train_b.tsv", $"{Strong}\tconfidence", "a.wav\t0\t1\tcat\t0.8");
        var clip = CorpusLayouts.Read(folder.Path).Clips.Single();
        Assert.Equal([new(0, 1, "dog"), new(0, 1, "cat")], clip.StrongEvents!);
        Assert.Equal(
            [new(new(0, 1, "dog"), 0.9), new(new(1, 2, "dog"), 0.2), new(new(0, 1, "cat"), 0.8)],
            clip.SoftEvents!
        );
    }

    [Fact]
    public void Events_of_lists_without_confidences_have_the_confidence_1_beside_soft_events()
    {
        List("train_a.tsv", $"{Strong}\tconfidence", "a.wav\t0\t1\tdog\t0.9");
        List("train_b.tsv", Strong, "a.wav\t0\t1\tcat");
        var clip = CorpusLayouts.Read(folder.Path).Clips.Single();
        Assert.Equal([new(new(0, 1, "dog"), 0.9), new(new(0, 1, "cat"), 1)], clip.SoftEvents!);
    }

    [Fact]
    public void Lists_with_different_events_below_the_minimum_confidence_are_both_used()
    {
        List("train_a.tsv", $"{Strong}\tconfidence", "a.wav\t0\t1\tdog\t0.3");
        List("train_b.tsv", $"{Strong}\tconfidence", "a.wav\t0\t1\tcat\t0.4");
        var clip = CorpusLayouts.Read(folder.Path).Clips.Single();
        Assert.Empty(clip.StrongEvents!);
        Assert.Equal([new(new(0, 1, "dog"), 0.3), new(new(0, 1, "cat"), 0.4)], clip.SoftEvents!);
    }

    [Fact]
    public void Tags_of_lists_without_confidences_have_the_confidence_1_beside_soft_tags()
    {
        List("train_a.tsv", $"{Weak}\tconfidence", "a.wav\tdog\t0.7");
        List("train_b.tsv", Weak, "a.wav\tcat");
        var clip = CorpusLayouts.Read(folder.Path).Clips.Single();
        Assert.Equal(["cat", "dog"], clip.WeakLabels);
        Assert.Equal((1f, 0.7f), (clip.WeakTargetOf("cat"), clip.WeakTargetOf("dog")));
    }

    [Fact]
    public void The_times_of_a_tag_without_an_event_are_unknown_and_reported()
    {
        List("train_strong.tsv", Strong, "a.wav\t0\t1\tdog");
        List("train_weak.tsv", Weak, "a.wav\tcat", "a.wav\tdog");
        List("test.tsv", Strong, "b.wav\t0\t1\tcow");
        var clip = CorpusLayouts.Read(folder.Path).Clips.Single();
        Assert.Equal(["cat", "dog"], clip.WeakLabels);
        Assert.Empty(clip.UnknownLabels);
        Assert.Equal(
            [0, 2, 2],
            ((string[])["cat", "cow", "dog"]).Select(label => clip.KnownTimesOf(label).SecondsIn(0, 2))
        );
        Assert.Equal(2, clip.LabelledSeconds);
        var report = Preflight.Check(folder.Path);
        Assert.Equal(
            [new Finding(FindingKind.TagWithoutEvent, Split.Training, "a.wav", "cat")],
            report.Findings.Where(finding => finding.Kind == FindingKind.TagWithoutEvent)
        );
        Assert.Contains("TagWithoutEvent: a.wav: cat", report.ToText());
    }

    [Fact]
    public void Clips_whose_tags_all_have_events_are_known_at_all_times()
    {
        List("train_strong.tsv", $"{Strong}\tconfidence", "a.wav\t0\t1\tdog\t1", "a.wav\t1\t2\tcat\t0.25");
        List("train_weak.tsv", Weak, "a.wav\tcat", "a.wav\tdog");
        Assert.True(CorpusLayouts.Read(folder.Path).Clips.Single().IsFullyKnown);
    }

    [Fact]
    public void Annotated_times_state_that_a_tag_has_no_event_in_them()
    {
        List("train_strong.tsv", Strong, "a.wav\t0\t1\tdog");
        List("train_weak.tsv", Weak, "a.wav\tcat");
        List("annotated.tsv", "filename\tonset\toffset", "a.wav\t0\t1");
        var clip = CorpusLayouts.Read(folder.Path).Clips.Single();
        Assert.Equal(1, clip.KnownTimesOf("cat").SecondsIn(0, 2));
    }

    [Fact]
    public void Rows_of_weak_labels_below_the_minimum_confidence_are_training_targets_and_no_clips_without_labels()
    {
        List("train.tsv", $"{Weak}\tconfidence", "a.wav\tdog\t0.4", "b.wav\tdog\t0.6", "c.wav\tdog\t0", "d.wav\t\t");
        var listing = CorpusLayouts.Open(folder.Path);
        Assert.Equal(
            "3 labels with confidences; all are training targets, and those of at least 0.5 are the reference",
            listing.Lists.Single().Note
        );
        Assert.Equal([0.4f, 0.6f, 0f], listing.Clips.Take(3).Select(clip => (float)clip.SoftTags![0].Confidence));
        Assert.Equal(
            ["c.wav", "d.wav"],
            Preflight
                .Check(folder.Path)
                .Findings.Where(finding => finding.Kind == FindingKind.NoLabel)
                .Select(finding => finding.Name)
        );
    }

    [Fact]
    public void Lists_of_crowsetta_are_read()
    {
        List(
            "train.csv",
            "label,onset_s,offset_s,onset_sample,offset_sample,notated_path,annot_path,sequence,annotation",
            "dog,0.5,1.0,,,birds/a.wav,a.txt,0,0"
        );
        var listing = CorpusLayouts.Open(folder.Path);
        Assert.Empty(listing.Problems);
        Assert.Equal(("a.wav", 1), (listing.Clips.Single().Name, listing.Clips.Single().StrongEvents!.Count));
        Assert.Equal(
            "unused columns: onset_sample, offset_sample, annot_path, sequence, annotation",
            listing.Lists.Single().Note
        );
    }

    [Fact]
    public void A_selection_table_of_Koogu_for_several_recordings_is_a_list_of_events()
    {
        List(
            "train.txt",
            "Selection\tBegin Time (s)\tEnd Time (s)\tTags\tBegin File\tFile Offset (s)",
            "1\t60.5\t61\tup call\ta.wav\t0.5"
        );
        Assert.Equal([new(0.5, 1, "up call")], CorpusLayouts.Read(folder.Path).Clips.Single().StrongEvents!);
    }

    [Fact]
    public void A_folder_without_lists_of_labels_is_reported_with_the_columns_of_its_lists()
    {
        List("train.csv", "sound,t0,t1,label", "a.wav,0,1,dog");
        List("test.csv", "0,1,2", "3,4,5");
        var error = Assert.Throws<CorpusException>(() => CorpusLayouts.Read(folder.Path));
        Assert.Contains(
            "no list has a header with filename and event_label, or rows of file, onset, offset and label (test.csv: its "
                + "first line, \"0,1,2\", does not name its columns; train.csv: it has no column for file names; its columns are sound, t0, t1, label)",
            error.Message
        );
    }

    private void List(string name, params string[] lines) =>
        File.WriteAllText(folder.File(name), string.Join('\n', lines) + "\n");
}
