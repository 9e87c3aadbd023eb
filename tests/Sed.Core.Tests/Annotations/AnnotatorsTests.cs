using System.Text;
using Sed.Core.Annotations;
using Sed.Core.Annotations.Formats;

namespace Sed.Core.Tests.Annotations;

/// <summary>Recordings with several annotators: the confidence of a label is the mean over them.</summary>
public sealed class AnnotatorsTests
{
    private const string Header = "filename\tonset\toffset\tevent_label\tannotator\n";
    private static readonly double Third = Math.Round(1 / 3.0, 12);

    [Fact]
    public void The_confidence_of_a_class_at_each_moment_is_the_fraction_of_the_annotators_who_annotated_it()
    {
        var text = Header + "a.wav\t0\t2\tdog\tann\na.wav\t1\t3\tdog\tbob\na.wav\t4\t5\tcat\tbob\na.wav\t\t\t\tcem\n";
        Assert.Equal(
            [(0, 1, "dog", Third), (1, 2, "dog", Math.Round(2 / 3.0, 12)), (2, 3, "dog", Third), (4, 5, "cat", Third)],
            Soft(text)
        );
        Assert.Equal([new SoundEvent(1, 2, "dog")], Events(text).EventsOf("a.wav").ToArray());
    }

    [Fact]
    public void Adjacent_spans_with_enough_agreement_are_one_event()
    {
        var text = Header + "a.wav\t0\t2\tdog\t1\na.wav\t1\t3\tdog\t2\n";
        var list = Events(text);
        Assert.Equal([new SoundEvent(0, 3, "dog")], list.EventsOf("a.wav").ToArray());
        Assert.Equal(
            ["list: 1 of 1 recordings have several annotators; the confidence of a label is the mean over annotators"],
            list.Notes
        );
        Assert.Equal(2, list.LineOf(0, 0));
    }

    [Fact]
    public void Overlapping_events_of_one_annotator_count_once()
    {
        var text = Header + "a.wav\t0\t2\tdog\t1\na.wav\t1\t3\tdog\t1\na.wav\t\t\t\t2\n";
        Assert.Equal([(0, 3, "dog", 0.5)], Soft(text));
    }

    [Fact]
    public void Confidences_of_annotators_are_averaged()
    {
        var text =
            "filename,onset,offset,label,confidence,annotator\na.wav,0,1,dog,0.9,1\na.wav,0,1,dog,0.3,2\nb.wav,0,1,dog,0.3,1\n";
        Assert.Equal([new SoundEvent(0, 1, "dog")], Events(text).EventsOf("a.wav").ToArray());
        Assert.Equal([(0, 1, "dog", 0.6)], Soft(text));
    }

    [Fact]
    public void Events_of_zero_duration_are_averaged_too()
    {
        var text = Header + "a.wav\t1\t1\tclick\t1\na.wav\t1\t1\tclick\t2\na.wav\t2\t2\tclick\t2\n";
        Assert.Equal([(1, 1, "click", 1), (2, 2, "click", 0.5)], Soft(text));
    }

    [Fact]
    public void A_recording_with_one_annotator_is_read_as_it_is()
    {
        var text = Header + "a.wav\t0\t2\tdog\t1\na.wav\t1\t3\tdog\t1\n";
        var list = Events(text);
        Assert.Equal([new SoundEvent(0, 2, "dog"), new SoundEvent(1, 3, "dog")], list.EventsOf("a.wav").ToArray());
        Assert.Equal("1", list.DetailsOf(0, 0)!.Annotator);
        Assert.Empty(list.Notes);
    }

    [Fact]
    public void Events_of_recordings_with_one_annotator_are_left_out_below_the_minimum_confidence()
    {
        var text =
            "filename,onset,offset,label,confidence,annotator\na.wav,0,1,dog,0.1,1\na.wav,1,2,dog,0.6,1\n"
            + "b.wav,0,1,dog,0.9,1\nb.wav,0,1,dog,0.3,2\n";
        var list = Events(text);
        Assert.Equal([new SoundEvent(1, 2, "dog")], list.EventsOf("a.wav").ToArray());
        Assert.Equal(
            [
                "list: 1 of 2 events of recordings with one annotator have a confidence below 0.5 and are left out",
                "list: 1 of 2 recordings have several annotators; the confidence of a label is the mean over annotators",
            ],
            list.Notes
        );
        Assert.Equal([(0, 1, "dog", 0.1), (1, 2, "dog", 0.6)], Soft(text));
    }

    [Fact]
    public void Tags_of_files_with_one_annotator_below_the_minimum_confidence_are_reported()
    {
        var list = Tags("filename\tevent_label\tconfidence\tannotator\na.wav\tdog\t0.1\t1\na.wav\tcat\t0.9\t1\n");
        Assert.Equal(["cat"], list.RowsOf("a.wav").ToArray().Select(row => row.Label).Where(label => label != ""));
        Assert.Equal(
            ["list: 1 of 2 labels of recordings with one annotator have a confidence below 0.5 and are left out"],
            list.Notes
        );
    }

    [Fact]
    public void Annotators_agree_with_themselves()
    {
        Random draw = new(3);
        for (var round = 0; round < 20; round++)
        {
            SoundEvent[] own =
            [
                .. Enumerable
                    .Range(0, 6)
                    .Select(k => new SoundEvent(3 * k, 3 * k + 1 + draw.NextDouble(), draw.Next(2) == 0 ? "a" : "b")),
            ];
            var rows = from sound in own from annotator in (int[])[1, 2, 3] select (sound, annotator);
            var text =
                Header
                + string.Concat(
                    rows.Select(row =>
                        FormattableString.Invariant(
                            $"a.wav\t{row.sound.Onset:R}\t{row.sound.Offset:R}\t{row.sound.Label}\t{row.annotator}\n"
                        )
                    )
                );
            Assert.Equal(own, Events(text).EventsOf("a.wav").ToArray());
        }
    }

    [Fact]
    public void The_confidence_of_a_tag_is_the_mean_over_the_annotators_of_the_file()
    {
        var list = Tags(
            "filename\tevent_label\tannotator\na.wav\tdog\t1\na.wav\tdog\t2\na.wav\tcat\t2\na.wav\t\t3\nb.wav\tcow\t1\n"
        );
        Assert.Equal(["", "dog"], list.RowsOf("a.wav").ToArray().Select(row => row.Label).Distinct().Order());
        Assert.Equal([new("dog", 2 / 3.0), new("cat", 1 / 3.0)], list.ConfidencesOf("a.wav")!);
        Assert.Equal([("cat", false)], list.NotPresentOf("a.wav"));
        Assert.Equal([new("cow", 1)], list.ConfidencesOf("b.wav")!);
    }

    [Fact]
    public void An_annotator_who_does_not_know_a_tag_does_not_count()
    {
        var list = Tags(
            "filename\tevent_label\tannotator\tpresence\na.wav\tdog\t1\t1\na.wav\tdog\t2\t\na.wav\tcat\t1\t\na.wav\tcat\t2\t\n"
        );
        Assert.Equal([new("dog", 1)], list.ConfidencesOf("a.wav")!);
        Assert.Equal([("cat", true)], list.NotPresentOf("a.wav"));
    }

    [Fact]
    public void A_presence_column_beside_confidences_states_absent_and_unknown_tags()
    {
        var list = Tags(
            "filename\tevent_label\tconfidence\tpresence\na.wav\tdog\t0.9\t1\na.wav\tcat\t0.8\t0\na.wav\tcow\t0.7\t\n"
        );
        Assert.Equal([("cat", false), ("cow", true)], list.NotPresentOf("a.wav"));
        Assert.Equal([new("dog", 0.9), new("cat", 0)], list.ConfidencesOf("a.wav")!);
    }

    [Fact]
    public void A_quoted_label_with_a_comma_is_one_label_with_a_confidence()
    {
        var list = Tags(
            "filename\tevent_labels\tconfidence\na.wav\t\"Air horn, truck horn\"\t0.9\nb.wav\tdog,cat\t0.6\n"
        );
        Assert.Equal([new("Air horn, truck horn", 0.9)], list.ConfidencesOf("a.wav")!);
        Assert.Equal([new("dog", 0.6), new("cat", 0.6)], list.ConfidencesOf("b.wav")!);
    }

    [Fact]
    public void Tags_without_annotators_keep_their_confidences()
    {
        var list = Tags("filename\tevent_label\tconfidence\na.wav\tdog\t0.9\na.wav\tcat\t0.2\nb.wav\t\t\n");
        Assert.Equal(["dog"], list.RowsOf("a.wav").ToArray().Select(row => row.Label).Where(label => label != ""));
        Assert.Equal([new("dog", 0.9), new("cat", 0.2)], list.ConfidencesOf("a.wav")!);
        Assert.Empty(list.ConfidencesOf("b.wav")!);
        Assert.Null(Tags("filename\tevent_label\na.wav\tdog\n").ConfidencesOf("a.wav"));
    }

    private static EventList Events(string text) => EventListFile.Parse(Encoding.UTF8.GetBytes(text), "list");

    private static TagList Tags(string text) => TagList.Parse(Encoding.UTF8.GetBytes(text), "list");

    /// <summary>The first file's spans of constant confidence.</summary>
    private static IEnumerable<(double Onset, double Offset, string Label, double Confidence)> Soft(string text)
    {
        var list = EventListFile.Parse(
            Encoding.UTF8.GetBytes(text),
            "list",
            EventListFile.Formats,
            new() { MinimumConfidence = 0 }
        );
        return list.SoftEventsAt(0)
            .Select(soft => (soft.Event.Onset, soft.Event.Offset, soft.Event.Label, Math.Round(soft.Confidence, 12)));
    }
}
