using System.Text;
using Sed.Core.Annotations;
using Sed.Core.Annotations.Formats;

namespace Sed.Core.Tests.Annotations.Formats;

/// <summary>Annotation files as Audacity, Raven, Praat, Label Studio and the authors of corpora write them.</summary>
public class AnnotationToolsTests
{
    private const string RavenColumns =
        "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)";

    [Fact]
    public void A_frequency_range_of_Audacity_is_a_detail_of_the_label_above_it()
    {
        var list = Read("0.5\t1.5\tdog\n\\\t1200.0\t-1.0\n2\t2\tcat\n", "Audacity label track");
        Assert.Equal([new(0.5, 1.5, "dog"), new(2, 2, "cat")], list.EventsOf("").ToArray());
        Assert.Equal(new EventDetails { LowHz = 1200 }, list.DetailsOf(0, 0));
        Assert.Null(list.DetailsOf(0, 1));
    }

    [Fact]
    public void The_views_of_a_selection_of_Raven_are_one_event_with_the_range_of_the_spectrogram()
    {
        var list = Read(
            $"{RavenColumns}\tSpecies\n1\tWaveform 1\t2\t0.5\t1\t0\t16000\tdog\n1\tSpectrogram 1\t2\t0.5\t1\t1000\t4000\tdog\n"
                + "2\tSpectrogram 1\t1\t0.5\t1\t1000\t4000\tdog\n",
            "Raven selection table"
        );
        Assert.Equal([new(0.5, 1, "dog"), new(0.5, 1, "dog")], list.EventsOf("").ToArray());
        Assert.Equal(
            new EventDetails
            {
                LowHz = 1000,
                HighHz = 4000,
                Channel = 2,
            },
            list.DetailsOf(0, 0)
        );
        Assert.Equal(1, list.DetailsOf(0, 1)!.Channel);
    }

    [Fact]
    public void The_label_of_a_selection_is_in_the_only_column_that_is_not_a_measurement()
    {
        var list = Read(
            $"{RavenColumns}\tDelta Time (s)\tPeak Freq (Hz)\tCall type\n1\tSpectrogram 1\t1\t0.5\t1\t0\t4000\t0.5\t2000\tsong\n",
            "Raven selection table"
        );
        Assert.Equal([new(0.5, 1, "song")], list.EventsOf("").ToArray());
        Assert.Equal(["list: unused columns: Peak Freq (Hz)"], list.Notes);
    }

    [Fact]
    public void The_label_of_a_selection_of_Koogu_is_in_the_column_of_tags()
    {
        var list = Read(
            $"{RavenColumns}\tTags\n1\tSpectrogram 1\t1\t0.5\t1\t0\t4000\tup call\n",
            "Raven selection table"
        );
        Assert.Equal([new(0.5, 1, "up call")], list.EventsOf("").ToArray());
        Assert.Empty(list.Notes);
    }

    [Fact]
    public void The_last_part_of_a_path_names_the_recording_of_a_selection()
    {
        var list = Read(
            $"{RavenColumns}\tCommon Name\tSpecies Code\tConfidence\tBegin Path\tFile Offset (s)\n"
                + "1\tSpectrogram 1\t1\t3\t6\t0\t15000\tBlackbird\teurbla\t0.91\t/mnt/birds/a.wav\t3\n"
                + "2\tSpectrogram 1\t1\t63\t66\t0\t15000\tRobin\teurrob1\t0.3\tC:\\birds\\b.wav\t0\n",
            "Raven selection table"
        );
        Assert.Equal(["a.wav", "b.wav"], list.Files);
        Assert.Equal([new(3, 6, "Blackbird")], list.EventsOf("a.wav").ToArray());
        Assert.Empty(list.EventsOf("b.wav").ToArray());
        Assert.Contains("list: 1 of 2 rows have a confidence below 0.5 and are left out", list.Notes);
    }

    [Fact]
    public void The_confidence_of_a_soft_label_is_a_detail_of_its_event()
    {
        var list = Read(
            "0\t1\tpeople talking\t1.0\n0\t1\tcutlery\t0.2\n1\t2\tcutlery\t0.7\n",
            "tab-separated event list"
        );
        Assert.Equal([new(0, 1, "people talking"), new(1, 2, "cutlery")], list.EventsOf("").ToArray());
        Assert.Equal([1.0, 0.7], [list.DetailsOf(0, 0)!.Confidence, list.DetailsOf(0, 1)!.Confidence]);
    }

    [Theory]
    [InlineData("praat-long.TextGrid")]
    [InlineData("praat-short.TextGrid")]
    public void Both_text_formats_of_a_TextGrid_are_read_alike_in_every_encoding(string name)
    {
        var text = Grid(name);
        var path = Path.Combine(Directory.CreateTempSubdirectory("sed-grid-").FullName, "x.TextGrid");
        try
        {
            foreach (
                var encoding in (Encoding[])
                    [new UTF8Encoding(false), new UTF8Encoding(true), Encoding.Unicode, Encoding.BigEndianUnicode]
            )
            {
                File.WriteAllText(path, text, encoding);
                var list = EventListFile.Read(path);
                Assert.Equal("Praat TextGrid", list.Format);
                Assert.Equal(
                    [new(0.25, 1, "call \"a\""), new(0.5, 0.75, "Äußerung"), new(1, 1.5, "b")],
                    list.EventsOf("").ToArray()
                );
                Assert.Equal([$"{path}: point tiers are not read: \"beats\" (1 points)"], list.Notes);
            }
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, true);
        }
    }

    [Fact]
    public void A_TextGrid_without_intervals_with_text_has_no_events()
    {
        var list = Read(
            Grid("praat-short.TextGrid")
                .Replace("call \"\"a\"\"", "")
                .Replace("\"b\"", "\" \"")
                .Replace("Äußerung", ""),
            "Praat TextGrid"
        );
        Assert.Equal([""], list.Files);
        Assert.Equal(0, list.Count);
    }

    [Fact]
    public void Tasks_of_Label_Studio_are_recordings_with_an_event_for_each_label()
    {
        var list = Read(
            """
            [
              {
                "id": 7, "file_upload": "1a2b3c4d-street.wav", "data": {"audio": "/data/upload/3/1a2b3c4d-street.wav"},
                "annotations": [
                  {"completed_by": 2, "was_cancelled": true, "result": [
                    {"type": "labels", "value": {"start": 9, "end": 10, "labels": ["wrong"]}}]},
                  {"completed_by": {"email": "a@example.org"}, "result": [
                    {"id": "r1", "type": "labels", "value": {"start": 0.5, "end": 1.25, "channel": 0, "labels": ["dog", "bark"]}},
                    {"id": "r1", "type": "textarea", "value": {"start": 0.5, "end": 1.25, "text": ["loud"]}}]},
                  {"completed_by": 3, "ground_truth": false, "result": []}
                ],
                "predictions": []
              },
              {
                "id": 8, "data": {"audio": "/data/local-files/?d=day%201/a%20b.flac"}, "annotations": [],
                "predictions": [{"result": [{"type": "labels", "value": {"start": 0, "end": 1, "labels": ["cat"]}}]}]
              }
            ]
            """,
            "Label Studio export"
        );
        Assert.Equal(["street.wav", "a b.flac"], list.Files);
        // One of two annotators is half of them.
        Assert.Equal([new(0.5, 1.25, "bark"), new(0.5, 1.25, "dog")], list.EventsOf("street.wav").ToArray());
        Assert.Equal([new(0, 1, "cat")], list.EventsOf("a b.flac").ToArray());
        Assert.Equal(
            [
                "list: 1 cancelled annotation not read",
                "list: predictions are read for 1 task without annotations",
                "list: 1 result of type \"textarea\" not read",
                "list: 1 of 2 recordings have several annotators; the confidence of a label is the mean over annotators",
            ],
            list.Notes
        );
    }

    [Fact]
    public void The_annotation_marked_as_ground_truth_is_read()
    {
        var list = Read(
            """
            [{"id": 1, "data": {"audio": "a.wav"}, "annotations": [
              {"result": [{"type": "labels", "value": {"start": 0, "end": 1, "labels": ["first"]}}]},
              {"ground_truth": true, "result": [{"type": "labels", "value": {"start": 0, "end": 1, "labels": ["true"]}}]}]}]
            """,
            "Label Studio export"
        );
        Assert.Equal([new(0, 1, "true")], list.EventsOf("a.wav").ToArray());
        Assert.Equal(["list: 1 annotation not read: another annotation of the task is the ground truth"], list.Notes);
    }

    [Fact]
    public void The_minimal_export_of_Label_Studio_has_an_element_for_each_annotation()
    {
        var list = Read(
            """
            [
              {"audio": "/data/upload/1/0123abcd-a.wav", "id": 1, "label": [
                {"start": 0.5, "end": 1, "channel": 1, "labels": ["dog"]}], "annotator": 4, "annotation_id": 11},
              {"audio": "/data/upload/1/0123abcd-a.wav", "id": 1, "label": [
                {"start": 0.6, "end": 1, "channel": 1, "labels": ["dog"]}], "annotator": 5, "annotation_id": 12},
              {"audio": "s3://bucket/day/b.wav", "id": 2, "annotator": 4, "annotation_id": 13}
            ]
            """,
            "Label Studio export"
        );
        Assert.Equal(["a.wav", "b.wav"], list.Files);
        Assert.Equal([new(0.5, 1, "dog")], list.EventsOf("a.wav").ToArray());
        Assert.Contains("1 of 2 recordings have several annotators", list.Notes.Single());
    }

    [Fact]
    public void Channels_of_Label_Studio_are_counted_from_1_as_in_the_other_formats()
    {
        var list = Read(
            """
            [{"id": 1, "data": {"audio": "a.wav"}, "annotations": [{"completed_by": {"email": "a@example.org"}, "result": [
              {"type": "labels", "value": {"start": 0, "end": 1, "channel": 0, "labels": ["dog"]}}]}]}]
            """,
            "Label Studio export"
        );
        Assert.Equal(new EventDetails { Channel = 1, Annotator = "a@example.org" }, list.DetailsOf(0, 0));
    }

    [Fact]
    public void Annotations_of_SPRSound_have_times_in_milliseconds()
    {
        var list = Read(
            """
            {"recording_annotation": "CAS", "event_annotation": [{"start": "1067", "end": "2280", "type": "Wheeze"}]}
            """,
            "SPRSound annotation"
        );
        Assert.Equal([new(1.067, 2.28, "Wheeze")], list.EventsOf("").ToArray());
    }

    [Fact]
    public void The_JSON_document_of_predict_is_read()
    {
        var list = Read(
            """
            {"model": "m.sed", "hop": 0.02, "files": [{"file": "a.wav", "seconds": 10,
              "events": [{"onset": 0, "offset": 1, "label": "Car", "confidence": 0.9}, {"onset": 1, "offset": 2, "label": "Bus", "confidence": 0.1}],
              "tags": ["Car"], "probabilities": {"Car": 0.9}}], "skipped": []}
            """,
            "JSON event list"
        );
        Assert.Equal([new(0, 1, "Car")], list.EventsOf("a.wav").ToArray());
        Assert.Equal(["list: 1 of 2 events have a confidence below 0.5 and are left out"], list.Notes);
    }

    [Theory]
    [InlineData("index,mid,display_name\n0,/m/09x0r,\"Speech, clear\"\n")]
    [InlineData("/m/09x0r\tSpeech, clear\n/m/0jbk\tAnimal\n")]
    public void Identifiers_of_AudioSet_are_replaced_by_names(string names)
    {
        var list = Read(
            "segment_id\tstart_time_seconds\tend_time_seconds\tlabel\na_0\t0\t1\t/m/09x0r\na_0\t1\t2\tdog\n",
            "tab-separated event list"
        );
        var named = LabelNames.Parse(Encoding.UTF8.GetBytes(names), "names").Apply(list);
        Assert.Equal([new(0, 1, "Speech, clear"), new(1, 2, "dog")], named.EventsOf("a_0").ToArray());
    }

    private static string Grid(string name) =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Annotations", "Lists", name));

    private static EventList Read(string text, string format)
    {
        var list = EventListFile.Parse(Encoding.UTF8.GetBytes(text), "list");
        Assert.Equal(format, list.Format);
        return list;
    }
}
