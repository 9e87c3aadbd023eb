using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Layouts;
using Sed.Core.Training.Targets;

namespace Sed.Core.Tests.Corpora;

/// <summary>Corpora whose labels are present, absent or unknown.</summary>
public sealed class KnownLabelsOfCorporaTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_class_that_a_partial_list_does_not_name_is_unknown()
    {
        List("train.tsv", "filename\tevent_label", "a.wav\tdog", "b.wav\tcat");
        Assert.All(Read(new()).Clips, clip => Assert.Empty(clip.UnknownLabels));
        var manifest = Read(new() { IsPartial = true });
        Assert.Equal(["cat", "dog"], manifest.Clips.Select(clip => Assert.Single(clip.UnknownLabels)));
        Assert.Equal("Known labels of 'cat', 'dog': training 1 of 2 clips.\n", KnownShares.Describe(manifest));
        Assert.NotEqual(Read(new()).Hash, manifest.Hash);
    }

    [Fact]
    public void A_column_of_presence_states_what_is_present_absent_and_unknown()
    {
        List(
            "train.tsv",
            "filename\tevent_label\tpresence",
            "a.wav\tdog\t1",
            "a.wav\tcat\t0",
            "a.wav\tcow\t",
            "b.wav\tdog\t"
        );
        var manifest = Read(new());
        Assert.Equal(["dog"], manifest.Clips[0].WeakLabels);
        Assert.Equal(["cow"], manifest.Clips[0].UnknownLabels);
        Assert.Equal(["dog"], manifest.Clips[1].UnknownLabels);
        // What is stated to be absent is known in a partial list too.
        var partial = Read(new() { IsPartial = true });
        Assert.Equal(["cow"], partial.Clips[0].UnknownLabels);
        Assert.Equal(["cat", "cow", "dog"], partial.Clips[1].UnknownLabels);
    }

    [Fact]
    public void Outside_the_annotated_times_everything_is_unknown()
    {
        List("train.tsv", "filename\tonset\toffset\tevent_label", "a.wav\t0.5\t1.5\tdog", "b.wav\t0\t1\tcat");
        List("annotated.tsv", "filename\tonset\toffset\tevent_label", "a.wav\t1\t2\t", "a.wav\t0\t4\tcat");
        var manifest = Read(new());
        var (a, b) = (manifest.Clips[0], manifest.Clips[1]);
        Assert.True(b.IsFullyKnown);
        // The span extends to the onset of the event that it overlaps.
        Assert.True(a.KnownTimesOf("dog").Contain(0.5, 2));
        Assert.False(a.KnownTimesOf("dog").Contain(0.5, 2.1));
        Assert.True(a.KnownTimesOf("cat").Contain(0, 4));
        Assert.Empty(a.UnknownLabels); // dog is present, and cat is annotated throughout
        Assert.Equal(
            "Known labels of 'dog': training 2 of 2 clips, 68.8 % of the duration of clips with strong labels.\n",
            KnownShares.Describe(manifest)[(KnownShares.Describe(manifest).IndexOf('\n') + 1)..]
        );
    }

    [Fact]
    public void Every_problem_of_a_list_of_annotated_times_is_named()
    {
        List("train.tsv", "filename\tonset\toffset\tevent_label", "a.wav\t3\t3.5\tdog", "b.wav\t0\t1\tcat");
        List("annotated.tsv", "filename\tonset\toffset", "a.wav\t1\t2", "c.wav\t0\t1");
        var listing = CorpusLayouts.Open(folder.Path);
        var list = folder.File("annotated.tsv");
        Assert.Equal(
            [
                $"{list}: the event 'dog' of \"a.wav\" from 3 s to 3.5 s lies outside the annotated spans; extend a span, or remove the event",
                $"{list}, line 3: the recording \"c.wav\" has no labels; add it to the label files: one row per event or, if it has no events, a row with only its name",
            ],
            listing.Problems.Select(problem => problem.ToString())
        );
        // Events of recordings with invalid rows may lie in the spans of these rows.
        List("annotated.tsv", "filename\tonset\toffset", "a.wav\t1,5\t2", "b.wav\t3\t2", "b.wav", "c.wav\t0\t1");
        Assert.Equal(
            [
                $"{list}, line 2: the onset \"1,5\" is not a number; write 1.5",
                $"{list}, line 3: the offset of 2 s is before the onset of 3 s",
                $"{list}, line 4: the row has 1 field, but needs a file name, an onset and an offset; complete the row, or remove it if the recording is annotated from start to end",
                $"{list}, line 5: the recording \"c.wav\" has no labels; add it to the label files: one row per event or, if it has no events, a row with only its name",
            ],
            CorpusLayouts.Open(folder.Path).Problems.Select(problem => problem.ToString())
        );
        List("annotated.tsv", "filename\tonset\toffset");
        Assert.Equal(
            $"{list}: the list has no spans; write one row for each span: file name, onset and offset",
            Assert.Single(CorpusLayouts.Open(folder.Path).Problems).ToString()
        );
    }

    [Theory]
    [InlineData("train/a.wav", "test/a.wav")]
    [InlineData("a.wav", "a.wav")]
    public void Every_list_of_annotated_times_is_read_for_the_recordings_of_its_folder(string first, string second)
    {
        const string Header = "filename\tonset\toffset";
        foreach (var name in (string[])["train", "test"])
        {
            Directory.CreateDirectory(folder.File(name));
            WavWriter.Write(folder.File(name, "a.wav"), new float[4 * 8000], 8000);
        }
        List("train/events.tsv", $"{Header}\tevent_label", $"{first}\t1\t1.5\tdog");
        List("test/events.tsv", $"{Header}\tevent_label", $"{second}\t2\t2.5\tdog");
        List("train/annotated.tsv", Header, "a.wav\t1\t2");
        List("test/annotated.tsv", Header, "a.wav\t2\t4");
        var manifest = Read(new());
        Assert.Equal([1, 2], manifest.Clips.Select(clip => clip.LabelledSeconds));
        List("annotated.tsv", Header, $"{first}\t0\t1");
        Assert.Contains(
            CorpusLayouts.Open(folder.Path).Problems,
            problem =>
                problem.ToString().Contains("a.wav\" is also in ")
                && problem.Remedy == "write all its spans into one of the lists"
        );
    }

    [Fact]
    public void A_list_of_annotated_times_means_the_recording_in_its_own_folder()
    {
        List("train.tsv", "filename\tonset\toffset\tevent_label", "day2/a.wav\t3\t4\tcat", "a.wav\t1\t1.5\tdog");
        List("annotated.tsv", "filename\tonset\toffset", "a.wav\t1\t2");
        var listing = CorpusLayouts.Open(folder.Path);
        Assert.Empty(listing.Problems);
        Assert.Equal(
            [("day2/a.wav", true), ("a.wav", false)],
            listing.Clips.Select(clip => (clip.Name, clip.AnnotatedSpans is null))
        );
    }

    [Fact]
    public void Annotated_times_name_recordings_by_the_last_part_of_a_path_on_another_machine()
    {
        List("train.csv", "label,onset_s,offset_s,notated_path", "dog,0.5,1,/x/birds/a.wav");
        List("annotated.csv", "notated_path,onset_s,offset_s", "/x/birds/a.wav,0,1");
        Assert.Equal(1, Read(new()).Clips.Single().LabelledSeconds);
    }

    [Fact]
    public void Annotated_times_of_two_clips_or_of_no_class_are_problems()
    {
        List("train.tsv", "filename\tonset\toffset\tevent_label", "x/a.wav\t1\t1.5\tdog", "y/a.wav\t1\t1.5\tcat");
        List("annotated.tsv", "filename\tonset\toffset\tevent_label", "a.wav\t1\t2\t", "a.wav\t0\t1\tDog");
        var list = folder.File("annotated.tsv");
        Assert.Equal(
            [
                $"{list}, line 3: the label \"Dog\" is not one of the 2 classes (cat; dog); \"Dog\" resembles the class \"dog\"; correct the labels, or add them to the classes",
                $"{list}, line 2: the recording \"a.wav\" matches two clips, \"x/a.wav\" and \"y/a.wav\"; write the names in the list with their folders",
            ],
            CorpusLayouts.Open(folder.Path).Problems.Select(problem => problem.ToString())
        );
    }

    [Theory]
    [InlineData("train.tsv")]
    [InlineData("a.tsv")]
    public void Confidences_are_targets_and_half_of_them_decide_the_events(string name)
    {
        List(
            name,
            "filename\tonset\toffset\tevent_label\tconfidence",
            "a.wav\t0\t1\tdog\t0.75",
            "a.wav\t1\t2\tdog\t0.25",
            "a.wav\t1.5\t2\tcat\t0.1"
        );
        var clip = Read(new()).Clips.Single(own => own.Name == "a.wav");
        Assert.Equal([new SoundEvent(0, 1, "dog")], clip.StrongEvents!);
        Assert.Equal(
            [(0.0, 0.75), (1.0, 0.25), (1.5, 0.1)],
            clip.SoftEvents!.Select(soft => (soft.Event.Onset, soft.Confidence))
        );
        var targets = FrameTargets.FromEvents(
            new ClassList(["dog", "cat"]),
            EventList.OfSoft([("a.wav", clip.SoftEvents!)])
        );
        var values = new float[10];
        targets.Fill("a.wav", [], 0.5, values);
        Assert.Equal([0.75f, 0, 0.75f, 0, 0.25f, 0, 0.25f, 0.1f, 0, 0], values);
    }

    [Fact]
    public void A_class_that_one_of_several_corpora_does_not_annotate_is_unknown_there()
    {
        var dogs = Corpus("dogs", ["dog", "cow"], ("a.wav", ["dog"]), ("b.wav", []));
        var cats = Corpus("cats", ["cat", "dog"], ("a.wav", ["cat"]));
        var spans = cats.Clips[0] with
        {
            StrongEvents = [new SoundEvent(1, 2, "cat")],
            AnnotatedSpans = [new AnnotatedSpan(0, 5)],
            UnknownLabels = ["dog"],
        };
        var union = CorpusUnion.Of([dogs, new Manifest("cats", cats.Classes, 8000, 10, [spans])]);
        Assert.Equal("dogs + cats", union.Corpus);
        Assert.Equal(["dog", "cow", "cat"], union.Classes);
        Assert.Equal(["dogs/a.wav", "b.wav", "cats/a.wav"], union.Clips.Select(clip => clip.Name));
        Assert.Equal(["cat", "cat", "dog cow"], union.Clips.Select(clip => string.Join(' ', clip.UnknownLabels)));
        Assert.True(union.Clips[2].KnownTimesOf("dog").Contain(0, 5));
        Assert.Equal(0, union.Clips[2].KnownTimesOf("cow").SecondsIn(0, 10));
        Assert.Equal(3, union.Clips.Select(clip => clip.Source).Distinct().Count());
    }

    [Fact]
    public void Several_corpora_with_other_rates_or_similar_classes_are_refused()
    {
        var one = Corpus("one", ["dog"], ("a.wav", ["dog"]));
        Manifest other = new("other", new ClassList(["Dog"]), 16_000, 5, [TinyCorpus.Clip("b.wav", "b", ["Dog"])]);
        var error = Assert.Throws<CorpusException>(() => CorpusUnion.Of([one, other]));
        Assert.Equal(3, error.Problems.Count);
        Assert.Contains("one: 8000 Hz, other: 16000 Hz", error.Message);
        Assert.Contains("one: 10 s, other: 5 s", error.Message);
        Assert.Contains("the class 'Dog' differs from 'dog' of one only by", error.Message);
    }

    private static Manifest Corpus(string name, string[] classes, params (string Name, string[] Labels)[] clips) =>
        new(
            name,
            new ClassList(classes),
            8000,
            10,
            [
                .. clips.Select(clip =>
                    TinyCorpus.Clip(clip.Name, clip.Name, clip.Labels) with
                    {
                        AudioPath = $"{name}/{clip.Name}",
                    }
                ),
            ]
        );

    private void List(string name, params string[] rows)
    {
        File.WriteAllLines(folder.File(name), rows);
        foreach (var audio in new[] { "a.wav", "b.wav" })
            WavWriter.Write(folder.File(audio), new float[4 * 8000], 8000);
    }

    private Manifest Read(CorpusOptions options) => CorpusLayouts.Read(folder.Path, options);
}
