using Sed.Core.Annotations;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Checks;
using Sed.Core.Corpora.Layouts;
using Sed.Core.Features.Store;
using Sed.Core.Tests.Audio;

namespace Sed.Core.Tests.Corpora;

/// <summary>Options that change how the label files and recordings of a corpus are read.</summary>
public sealed class CorpusOptionsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("train.csv")]
    [InlineData("a.csv")]
    public void Columns_with_other_names_are_read_as_stated(string list)
    {
        Audio("a.wav", 1);
        List(list, "Clip;t0;T1;what", "a.wav;0.5;1;dog");
        Dictionary<string, string> names = new()
        {
            ["clip"] = "filename",
            ["t0"] = "onset",
            ["t1"] = "offset",
            ["what"] = "event_label",
        };
        Assert.Throws<CorpusException>(() => Read(new()));
        Assert.Equal([new SoundEvent(0.5, 1, "dog")], Read(new() { Columns = names }).Clips.Single().StrongEvents!);
        Assert.True(CorpusOptions.IsKnownColumn("event_label"));
        Assert.False(CorpusOptions.IsKnownColumn("what"));
    }

    [Fact]
    public void Problems_of_a_list_with_other_column_names_name_its_lines()
    {
        Audio("a.wav", 1);
        List("train.tsv", "filename\tt0\toffset\tlabel", "a.wav\t2\t1\tdog", "", "a.wav\tx\t1\tdog");
        var listing = CorpusLayouts.Open(
            folder.Path,
            new CorpusOptions { Columns = new Dictionary<string, string> { ["t0"] = "onset" } }
        );
        Assert.Equal(
            [$"{folder.File("train.tsv")}, line 2", $"{folder.File("train.tsv")}, line 4"],
            listing.Problems.Select(problem => problem.Place)
        );
    }

    [Fact]
    public void A_split_of_the_corpus_replaces_those_of_its_lists_and_their_names_need_not_state_one()
    {
        Audio("a.wav", 1);
        Audio("b.wav", 1);
        List("train.tsv", "filename\tevent_label", "a.wav\tdog");
        List("pond.tsv", "filename\tonset\toffset\tevent_label", "b.wav\t0\t1\tdog");

        var listing = CorpusLayouts.Open(folder.Path, new() { Split = Split.Evaluation });

        Assert.Empty(listing.Problems);
        Assert.Equal(
            [("a.wav", Split.Evaluation), ("b.wav", Split.Evaluation)],
            listing.Clips.Select(clip => (clip.Name, clip.Split))
        );
        Assert.All(
            listing.Lists,
            use => Assert.Equal(("the corpus has one split", Split.Evaluation), (use.Note, use.Split))
        );
        Assert.Single(CorpusLayouts.Open(folder.Path).Problems);
    }

    [Fact]
    public void A_split_of_the_corpus_applies_to_recordings_with_annotation_files_too()
    {
        Audio("a.wav", 1);
        List("a.txt", "0\t1\tdog");
        Assert.Equal(Split.Testing, Read(new() { Split = Split.Testing }).Clips.Single().Split);
    }

    [Fact]
    public void Labels_with_the_same_new_name_are_one_class()
    {
        Audio("a.wav", 1);
        Audio("b.wav", 1);
        List(
            "train.tsv",
            "filename\tevent_label\tpresence",
            "a.wav\tRana\t1",
            "a.wav\tBufo\t0",
            "b.wav\tBufo\t",
            "b.wav\tRana\t0"
        );
        CorpusOptions options = new()
        {
            Renamed = new Dictionary<string, string> { ["Rana"] = "frog", ["Bufo"] = "frog" },
        };
        var manifest = Read(options);
        Assert.Equal(["frog"], manifest.Classes);
        Assert.Equal(["frog"], manifest.Clips[0].WeakLabels);
        Assert.Empty(manifest.Clips[0].UnknownLabels);
        Assert.Equal(["frog"], manifest.Clips[1].UnknownLabels);
        var error = Assert.Throws<CorpusException>(() =>
            Read(new() { Renamed = new Dictionary<string, string> { ["rana"] = "frog" } })
        );
        Assert.Contains("'Rana' differs only in", error.Message);
    }

    [Fact]
    public void Events_and_annotated_spans_get_the_new_names_too()
    {
        Audio("a.wav", 1);
        List("train.tsv", "filename\tonset\toffset\tevent_label", "a.wav\t0\t0.5\tRana", "a.wav\t0.5\t1\tdog");
        List("annotated.tsv", "filename\tonset\toffset\tevent_label", "a.wav\t0\t0.5\tRana", "a.wav\t0\t1\tdog");
        var clip = Read(new() { Renamed = new Dictionary<string, string> { ["Rana"] = "frog" } }).Clips.Single();
        Assert.Equal(["frog", "dog"], clip.StrongEvents!.Select(sound => sound.Label));
        Assert.Equal(0.5, clip.KnownTimesOf("frog").SecondsIn(0, 1));
    }

    [Fact]
    public void Labels_that_also_count_as_another_class_keep_their_own()
    {
        Audio("a.wav", 2);
        Audio("b.wav", 2);
        List(
            "train.tsv",
            "filename\tonset\toffset\tevent_label\tconfidence",
            "a.wav\t0\t1\tpeople talking\t0.75",
            "a.wav\t1\t2\tchildren voices\t0.25",
            "b.wav\t0\t1\tcar\t1"
        );
        CorpusOptions options = new()
        {
            Also = new Dictionary<string, string> { ["people talking"] = "Speech", ["children voices"] = "Speech" },
        };
        var manifest = Read(options);
        Assert.Equal(["car", "children voices", "people talking", "Speech"], manifest.Classes);
        Assert.Equal(["people talking", "Speech"], manifest.Clips[0].WeakLabels);
        Assert.Equal(["people talking", "Speech"], manifest.Clips[0].StrongEvents!.Select(sound => sound.Label));
        Assert.Equal(
            ["people talking 0.75", "Speech 0.75", "children voices 0.25", "Speech 0.25"],
            manifest.Clips[0].SoftEvents!.Select(soft => $"{soft.Event.Label} {soft.Confidence:R}".Replace(',', '.'))
        );
        // Renamed labels are given with their new names, and classes are selected afterwards.
        var selected = Read(
            new()
            {
                Renamed = new Dictionary<string, string> { ["people talking"] = "talk" },
                Also = new Dictionary<string, string> { ["talk"] = "Speech" },
                Classes = ["Speech", "car"],
            }
        );
        Assert.Equal(["Speech"], selected.Clips[0].WeakLabels);
        Assert.Equal(["Speech"], selected.Clips[0].SoftEvents!.Select(soft => soft.Event.Label));
        var error = Assert.Throws<CorpusException>(() =>
            Read(new() { Also = new Dictionary<string, string> { ["people"] = "Speech" } })
        );
        Assert.Contains("'people' is not one of the classes", error.Message);
    }

    [Fact]
    public void A_class_that_several_labels_count_as_is_absent_only_if_all_of_them_are()
    {
        foreach (var name in new[] { "a.wav", "b.wav", "c.wav" })
            Audio(name, 1);
        List(
            "train.tsv",
            "filename\tevent_label\tpresence",
            "a.wav\tcar\t1",
            "a.wav\tpeople talking\t0",
            "b.wav\tcar\t1",
            "b.wav\tpeople talking\t0",
            "b.wav\tchildren voices\t0",
            "c.wav\tpeople talking\t1",
            "c.wav\tchildren voices\t1"
        );
        var manifest = Read(
            new()
            {
                IsPartial = true,
                Also = new Dictionary<string, string> { ["people talking"] = "Speech", ["children voices"] = "Speech" },
            }
        );
        Assert.Equal(["children voices", "Speech"], manifest.Clips[0].UnknownLabels);
        Assert.Empty(manifest.Clips[1].UnknownLabels);
        Assert.Equal(["car"], manifest.Clips[2].UnknownLabels);
    }

    [Fact]
    public void A_class_that_several_labels_count_as_is_annotated_where_all_of_them_are_and_where_one_is_present()
    {
        Audio("a.wav", 1);
        List(
            "train.tsv",
            "filename\tonset\toffset\tevent_label",
            "a.wav\t0.5\t0.6\tpeople talking",
            "a.wav\t0\t0.1\tchildren voices",
            "a.wav\t0.6\t0.7\tcar"
        );
        List(
            "annotated.tsv",
            "filename\tonset\toffset\tevent_label",
            "a.wav\t0\t0.6\tpeople talking",
            "a.wav\t0\t0.2\tchildren voices",
            "a.wav\t0.8\t0.9\tchildren voices",
            "a.wav\t0\t0.7\tcar"
        );
        Dictionary<string, string> speech = new() { ["people talking"] = "Speech", ["children voices"] = "Speech" };
        foreach (
            var options in new CorpusOptions[]
            {
                new() { Also = speech },
                new() { Renamed = speech },
            }
        )
        {
            var clip = Read(options).Clips.Single();
            var known = clip.KnownTimesOf("Speech");
            Assert.True(known.Contain(0, 0.2)); // both labels
            Assert.True(known.Contain(0.5, 0.6)); // an event of one of them
            Assert.Equal(0.3, known.SecondsIn(0, 1), 1e-6);
            Assert.Equal(0.7, clip.KnownTimesOf("car").SecondsIn(0, 1), 1e-6);
            if (options.Also is not null)
                Assert.Equal(0.6, clip.KnownTimesOf("people talking").SecondsIn(0, 1), 1e-6);
        }
    }

    [Fact]
    public void Labels_of_one_class_make_it_absent_only_if_all_of_them_are()
    {
        Audio("a.wav", 1);
        Audio("b.wav", 1);
        List(
            "train.tsv",
            "filename\tevent_label\tpresence",
            "a.wav\tcar\t1",
            "a.wav\tRana\t0",
            "b.wav\tcar\t1",
            "b.wav\tRana\t0",
            "b.wav\tBufo\t0"
        );
        var manifest = Read(
            new()
            {
                IsPartial = true,
                Renamed = new Dictionary<string, string> { ["Rana"] = "frog", ["Bufo"] = "frog" },
            }
        );
        Assert.Equal(["frog"], manifest.Clips[0].UnknownLabels);
        Assert.Empty(manifest.Clips[1].UnknownLabels);
    }

    [Fact]
    public void Selected_lists_of_a_folder_are_a_corpus_of_their_own()
    {
        Audio("a.wav", 1);
        Audio("b.wav", 1);
        Audio("c.wav", 1);
        Directory.CreateDirectory(folder.File("train"));
        List("train/synthetic.tsv", "filename\tonset\toffset\tevent_label", "a.wav\t0\t1\tdog");
        List("train/weak.tsv", "filename\tevent_label", "b.wav\tcat");
        List("test.tsv", "filename\tonset\toffset\tevent_label", "c.wav\t0\t1\tdog");
        string[] Names(params string[] lists) =>
            [.. Read(new() { Lists = lists }).Clips.Select(clip => clip.Name).Order()];
        Assert.Equal(["a.wav"], Names("synthetic.tsv"));
        Assert.Equal(["a.wav", "b.wav"], Names("train/*"));
        Assert.Equal(["b.wav", "c.wav"], Names("weak.tsv", "te?t.tsv"));
        var union = CorpusUnion.Of([
            Read(new() { Name = "synthetic", Lists = ["synthetic.tsv"] }),
            Read(new() { Name = "real", Lists = ["weak.tsv", "test.tsv"] }),
        ]);
        Assert.Equal(["synthetic", "real", "real"], union.Clips.Select(clip => clip.Part));
        Assert.Equal(
            [
                $"{folder.Path}: no list is called 'strong.tsv'; the lists are test.tsv, train/synthetic.tsv, train/weak.tsv",
            ],
            Assert
                .Throws<CorpusException>(() => Read(new() { Lists = ["strong.tsv", "weak.tsv"] }))
                .Problems.Select(problem => problem.ToString())
        );
    }

    [Fact]
    public void Soft_tags_of_other_classes_are_left_out()
    {
        Audio("a.wav", 1);
        List("train.tsv", "filename\tevent_label\tconfidence", "a.wav\tdog\t0.75", "a.wav\tcat\t0.25");
        Assert.Equal(2, Read(new()).Clips.Single().SoftTags!.Count);
        Assert.Equal(["dog"], Read(new() { Classes = ["dog"] }).Clips.Single().SoftTags!.Select(tag => tag.Label));
    }

    [Fact]
    public void The_selected_channel_is_read_with_its_events()
    {
        Audio("a.wav", 2);
        List(
            "a.selections.txt",
            "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)\tAnnotation",
            "1\tSpectrogram 1\t1\t0\t0.5\t0\t1000\tdog",
            "2\tSpectrogram 2\t2\t0.5\t1\t0\t1000\tcat"
        );
        Assert.Equal(["dog", "cat"], Read(new()).Clips.Single().StrongEvents!.Select(sound => sound.Label));
        var second = Read(new() { Channel = 2 });
        Assert.Equal(["cat"], second.Classes);
        Assert.Equal(["cat"], second.Clips.Single().StrongEvents!.Select(sound => sound.Label));
        Assert.NotEqual(Read(new()).Hash, Read(new() { Channel = 1 }).Hash);
        var samples = new float[8000];
        ClipSamples.Read(second.Clips.Single(), 8000, samples);
        Assert.All(samples, sample => Assert.Equal(0.5f, sample));
        ClipSamples.Read(Read(new()).Clips.Single(), 8000, samples);
        Assert.All(samples, sample => Assert.Equal(0.375f, sample));
    }

    [Fact]
    public void A_recording_without_the_selected_channel_is_left_out_and_named()
    {
        Audio("a.wav", 1);
        Audio("b.wav", 2);
        List("train.tsv", "filename\tevent_label", "a.wav\tdog", "b.wav\tdog");
        CorpusOptions options = new() { Channel = 2 };
        Assert.Equal(["b.wav"], Read(options).Clips.Select(clip => clip.Name));
        var report = Preflight.Check(folder.Path, options: options);
        var finding = report.Findings.Single(one => one.Kind == FindingKind.Unreadable);
        Assert.Equal(("a.wav", "channel 2 is selected, but the file has 1 channel"), (finding.Name, finding.Detail));
        Assert.DoesNotContain(report.Findings, one => one.Kind == FindingKind.MultiChannel);
    }

    [Fact]
    public void Confidences_of_tags_are_targets_and_half_of_them_decide_the_tags()
    {
        Audio("a.wav", 1);
        Audio("b.wav", 1);
        List("train.tsv", "filename\tevent_label\tconfidence", "a.wav\tdog\t0.75", "a.wav\tcat\t0.25", "b.wav\tcat\t1");
        var manifest = Read(new());
        var clip = manifest.Clips[0];
        Assert.Equal(["dog"], clip.WeakLabels);
        Assert.Equal([0.75f, 0.25f, 0], new[] { "dog", "cat", "cow" }.Select(clip.WeakTargetOf));
        List("train.tsv", "filename\tevent_label\tconfidence", "a.wav\tdog\t0.8", "a.wav\tcat\t0.25", "b.wav\tcat\t1");
        Assert.NotEqual(manifest.Hash, Read(new()).Hash);
        Assert.Equal(["dog"], Read(new() { IsPartial = true }).Clips[1].UnknownLabels);
        Assert.Empty(Read(new() { IsPartial = true }).Clips[0].UnknownLabels);
    }

    private void List(string name, params string[] rows) => File.WriteAllLines(folder.File(name), rows);

    /// <summary>One second at 8 kHz with the samples 0.25 in channel 1 and 0.5 in channel 2.</summary>
    private void Audio(string name, int channels) =>
        File.WriteAllBytes(
            folder.File(name),
            WavTests.Wav(
                1,
                channels,
                16,
                [
                    .. Enumerable
                        .Range(0, 8000 * channels)
                        .SelectMany(k => BitConverter.GetBytes((short)(8192 << (k % channels)))),
                ]
            )
        );

    private Manifest Read(CorpusOptions options) => CorpusLayouts.Read(folder.Path, options);
}
