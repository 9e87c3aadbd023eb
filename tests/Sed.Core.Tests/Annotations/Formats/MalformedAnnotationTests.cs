using System.Text;
using Sed.Core.Annotations;
using Sed.Core.Annotations.Formats;

namespace Sed.Core.Tests.Annotations.Formats;

/// <summary>Messages about malformed annotation files: the place, the cause and, where there is one, the remedy.</summary>
public class MalformedAnnotationTests
{
    private const string Grid =
        "File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\nxmin = 0\nxmax = 2\ntiers? <exists>\nsize = 1\nitem []:\n"
        + "    item [1]:\n        class = \"IntervalTier\"\n        name = \"calls\"\n        xmin = 0\n        xmax = 2\n";

    private const string Raven =
        "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)\t";

    public static TheoryData<string, string, string> Cases =>
        new()
        {
            { "labels.txt", "0,5\t1.5\tdog\n", "labels.txt, line 1: the onset \"0,5\" is not a number; write 0.5" },
            {
                "labels.txt",
                "0.5\t1.5\tdog\n1.5\t0.5\tdog\n2\t3\t\n",
                "labels.txt, line 2: the offset of 0.5 s is before the onset of 1.5 s\nlabels.txt, line 3: the label is missing"
            },
            {
                "labels.txt",
                "0.5\t1.5\tdog\n\\\t1200,5\t4800\n",
                "labels.txt, line 2: the low frequency \"1200,5\" is not a number; write 1200.5"
            },
            {
                "labels.txt",
                "0.5\t1.5\tdog\n\\\t1200\n",
                "labels.txt, line 2: the frequency range needs 2 numbers, but the row has 1; write a backslash, the low frequency and the high frequency, separated by tabs"
            },
            {
                "labels.txt",
                "0.5\t1.5\tdog\n00:02\t00:03\tdog\n",
                "labels.txt, line 2: the onset \"00:02\" is not a number; write the time in seconds"
            },
            {
                "x.selections.txt",
                Raven + "Species\n1\tSpectrogram 1\t1\t0,5\t1\t0\t8000\tdog\n",
                "x.selections.txt, line 2: the onset \"0,5\" is not a number; write 0.5"
            },
            {
                "x.selections.txt",
                Raven
                    + "Species\n1\tSpectrogram 1\t1\t0.5\t1\tlow\t8000\tdog\n2\tSpectrogram 1\tleft\t1\t2\t0\t1\tdog\n",
                "x.selections.txt, line 2: the low frequency \"low\" is not a number\nx.selections.txt, line 3: the channel \"left\" is not a number"
            },
            {
                "x.selections.txt",
                Raven + "Species\n1\tSpectrogram 1\t1\t0.5\t1\t9000\t8000\tdog\n",
                "x.selections.txt, line 2: the high frequency of 8000 Hz is below the low frequency of 9000 Hz"
            },
            {
                "x.selections.txt",
                Raven + "Call\tAge\n1\tSpectrogram 1\t1\t0.5\t1\t0\t8000\tsong\tadult\n",
                "x.selections.txt, line 1: the header has no column for labels (unknown columns: Call, Age); name the column Annotation"
            },
            {
                "x.selections.txt",
                Raven + "Species\n1\tSpectrogram 1\t1\t0.5\t1\t0\t8000\t\n",
                "x.selections.txt, line 2: the label is missing"
            },
            {
                "x.selections.txt",
                "Selection\tView\tChannel\tBegin Time (s)\tLow Freq (Hz)\tSpecies\n1\tSpectrogram 1\t1\t0.5\t0\tdog\n",
                "x.selections.txt, line 1: the header has no column for offsets; name the column End Time (s)"
            },
            {
                "x.TextGrid",
                Grid + "intervals: size = 1\nintervals [1]:\nxmin = 0,5\nxmax = 2\ntext = \"dog\"\n",
                "x.TextGrid, line 16: the start of interval 1 in tier 1 \"0,5\" is not a number; write 0.5"
            },
            {
                "x.TextGrid",
                Grid + "intervals: size = 2\nintervals [1]:\nxmin = 0\nxmax = 2\ntext = \"dog\"\n",
                "x.TextGrid, line 19: the start of interval 2 in tier 1 is missing, because the file ends here"
            },
            {
                "x.TextGrid",
                Grid + "intervals: size = 1\nintervals [1]:\nxmin = 0\nxmax = 2\ntext = \"dog\n",
                "x.TextGrid, line 18: the quote of the text of interval 1 in tier 1 is not closed"
            },
            {
                "x.TextGrid",
                Grid + "intervals: size = 1\nintervals [1]:\nxmin = 2\nxmax = 1\ntext = \"dog\"\n",
                "x.TextGrid, line 18: the offset of 1 s is before the onset of 2 s"
            },
            {
                "x.TextGrid",
                Grid + "intervals: size = 1.5\n",
                "x.TextGrid, line 14: the number of intervals of tier 1 is 1.5, not a non-negative integer"
            },
            {
                "x.TextGrid",
                Grid.Replace("IntervalTier", "PitchTier"),
                "x.TextGrid, line 11: the class of tier 1 is \"PitchTier\"; expected IntervalTier or TextTier"
            },
            {
                "x.TextGrid",
                "File type = \"ooTextFile\"\nObject class = \"Pitch 1\"\n",
                "x.TextGrid, line 2: the object class is \"Pitch 1\"; save the file as a TextGrid"
            },
            {
                "x.TextGrid",
                "ooBinaryFile\u0008TextGrid",
                "x.TextGrid: this is a TextGrid in Praat's binary format; save it as text (Save as text file...)"
            },
            {
                "tasks.json",
                "[{\"id\": 1, \"data\": {\"audio\": \"a.wav\"}, \"annotations\": [",
                "tasks.json, line 1: the text is not valid JSON: it ends within an object or array"
            },
            {
                "tasks.json",
                Task("{\"start\": \"0,5\", \"end\": 1, \"labels\": [\"dog\"]}"),
                "tasks.json, [0].annotations[0].result[0].value.start: \"0,5\" is not a number; write 0.5"
            },
            {
                "tasks.json",
                Task("{\"end\": 1, \"labels\": []}"),
                "tasks.json, [0].annotations[0].result[0].value: \"start\" is missing\ntasks.json, [0].annotations[0].result[0].value: the array \"labels\" is missing or empty"
            },
            {
                "tasks.json",
                Task("{\"start\": 2, \"end\": 1, \"labels\": [\"dog\"]}"),
                "tasks.json, [0].annotations[0].result[0].value: the offset of 1 s is before the onset of 2 s"
            },
            {
                "tasks.json",
                "[{\"id\": 1, \"data\": {\"image\": \"a.png\"}, \"annotations\": []}, 7]",
                "tasks.json, [0].data: no property is the path of an audio file; export the tasks with their data\ntasks.json, [1]: this is not a task: it has neither \"annotations\" nor \"id\""
            },
            {
                "events.json",
                "{\"files\": [{\"file\": \"a.wav\", \"events\": [{\"onset\": -1, \"offset\": 1, \"label\": \"dog\"}, {\"onset\": 0, \"offset\": null}]}]}",
                "events.json, files[0].events[0]: the onset of -1 s is negative\nevents.json, files[0].events[1].offset: null is not a number\nevents.json, files[0].events[1]: \"label\" is missing or is not a string"
            },
            {
                "events.json",
                "{\"events\": []}",
                "events.json: the document has no array \"files\"; expected {\"files\": [{\"file\": ..., \"events\": [{\"onset\": ..., \"offset\": ..., \"label\": ...}]}]}"
            },
            {
                "events.json",
                "{\"files\": [\n{\"file\": \"a.wav\",\n}]}",
                "events.json, line 3: the text is not valid JSON: a comma is not followed by a value"
            },
            {
                "sound.json",
                "{\"recording_annotation\": \"CAS\", \"event_annotation\": [{\"start\": \"10\", \"end\": \"2 s\", \"type\": \"Wheeze\"}]}",
                "sound.json, event_annotation[0].end: \"2 s\" is not a number; write the number without a unit"
            },
            {
                "events.csv",
                "filename,onset,offset,event_label\na.wav,0,1\na.wav,0,1,\"dog\n",
                "events.csv, line 2: the row has 3 fields, but the list has 4\nevents.csv, line 3: a quote is not closed"
            },
            {
                "events.tsv",
                "filename\tonset\toffset\tevent_label\tconfidence\na.wav\t0\t1\tdog\t120\n",
                "events.tsv, line 2: the confidence \"120\" is not a number from 0 to 1"
            },
            {
                "strong.tsv",
                "segment_id\tstart_time_seconds\tlabel\na\t0\tdog\n",
                "strong.tsv, line 1: the header has no column for offsets; name the column offset, end or end_time_seconds"
            },
            {
                "segments.csv",
                "# YTID, start_seconds, end_seconds, positive_labels\n-5QrBL6MzLg, 60.000, 70.000, \"/m/0284vy3,/m/07jdr\"\n",
                "segments.csv, line 1: this is a list of AudioSet segments, with clip-level labels and the position of each clip in its video; give a list of events; this list can be read as a list of tags"
            },
        };

    private static string Task(string value) =>
        "[{\"id\": 1, \"data\": {\"audio\": \"a.wav\"}, \"annotations\": [{\"result\": [{\"type\": \"labels\", \"value\": "
        + value
        + "}]}]}]";

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_malformed_annotation_file_is_refused_with_place_cause_and_remedy(
        string name,
        string text,
        string expected
    )
    {
        var thrown = Assert.Throws<AnnotationException>(() => EventListFile.Parse(Encoding.UTF8.GetBytes(text), name));
        Assert.Equal(expected, thrown.Message.ReplaceLineEndings("\n"));
    }
}
