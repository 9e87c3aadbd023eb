using System.Text;
using Sed.Core.Annotations;
using Sed.Core.Annotations.Formats;

namespace Sed.Core.Tests.Annotations;

/// <summary>Lists of other programs and corpora are read in full or refused: no column and no row is dropped in silence.</summary>
public class ListFormsTests
{
    private static EventList Events(string text, double? minimumConfidence = null) =>
        EventListFile.Parse(
            Encoding.UTF8.GetBytes(text),
            "list.tsv",
            EventListFile.Formats,
            new() { MinimumConfidence = minimumConfidence }
        );

    private static TagList Tags(string text) => TagList.Parse(Encoding.UTF8.GetBytes(text), "tags.csv");

    private static string[] RowsOf(EventList list) =>
        [
            .. list.Files.SelectMany(file =>
                list.EventsOf(file)
                    .ToArray()
                    .Select(sound => FormattableString.Invariant($"{file} {sound.Onset} {sound.Offset} {sound.Label}"))
            ),
        ];

    private static string[] TagsOf(TagList list, string file) =>
        [.. list.RowsOf(file).ToArray().Select(row => row.Label)];

    private static string MessageOf(Action read) => Assert.Throws<AnnotationException>(read).Message;

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Annotations", "Lists", name);

    [Theory]
    [InlineData(
        "recording_uuid\tonset\toffset\tlabel\na\t0\t1\tdog\n",
        "file names (unknown columns: recording_uuid); name the column filename, file, audio_file, fname or segment_id"
    )]
    [InlineData(
        "filename\tonset_ms\toffset\tlabel\na\t0\t1\tdog\n",
        "onsets (unknown columns: onset_ms); name the column onset, start or start_time_seconds"
    )]
    [InlineData(
        "filename\toffset\tduration\tlabel\na\t0\t1\tdog\n",
        "onsets; name the column onset, start or start_time_seconds"
    )]
    [InlineData(
        "filename\tonset\toffset\tklasse\na\t0\t1\tdog\n",
        "labels (unknown columns: klasse); name the column event_label, label or class"
    )]
    public void A_header_without_a_needed_column_names_the_unknown_columns(string text, string expected) =>
        Assert.Equal($"list.tsv, line 1: the header has no column for {expected}", MessageOf(() => Events(text)));

    [Fact]
    public void Two_columns_with_the_same_meaning_are_an_error() =>
        Assert.Equal(
            "list.tsv, line 1: the columns \"file\" and \"filename\" have the same meaning; remove or rename one of them",
            MessageOf(() => Events("file\tfilename\tonset\toffset\tlabel\nx\ta\t0\t1\tdog\n"))
        );

    [Fact]
    public void A_column_that_is_not_used_is_named()
    {
        var list = Events("filename\tonset\toffset\tevent_label\tscene_label\tsnr\na\t0\t1\tdog\tstreet\t6\n");
        Assert.Equal(["a 0 1 dog"], RowsOf(list));
        Assert.Equal(["list.tsv: unused columns: snr"], list.Notes);
    }

    [Fact]
    public void Rows_with_little_confidence_are_left_out_at_a_stated_threshold()
    {
        var text =
            "filename\tonset\toffset\tevent_label\tconfidence\na\t0\t1\tdog\t1.0\na\t0\t1\tcat\t0.0\nb\t0\t1\tcat\t0.25\n";
        var list = Events(text);
        Assert.Equal(["a 0 1 dog"], RowsOf(list));
        Assert.Equal(["a", "b"], list.Files);
        Assert.Equal(["list.tsv: 2 of 3 rows have a confidence below 0.5 and are left out"], list.Notes);
        Assert.Equal(["a 0 1 dog", "b 0 1 cat"], RowsOf(Events(text, 0.25)));
        Assert.Equal(
            "list.tsv, line 2: the confidence \"87\" is not a number from 0 to 1",
            MessageOf(() => Events("filename\tonset\toffset\tevent_label\tconfidence\na\t0\t1\tdog\t87\n"))
        );
    }

    [Fact]
    public void Rows_that_are_not_present_are_left_out()
    {
        var list = Events("segment_id,start,end,label,present\na,0,1,dog,PRESENT\na,1,2,dog,NOT_PRESENT\n");
        Assert.Equal(["a 0 1 dog"], RowsOf(list));
        Assert.Equal(["list.tsv: 1 of 2 rows are marked as not present and are left out"], list.Notes);
        Assert.Equal(
            "list.tsv, line 2: the presence value \"UNSURE\" is neither PRESENT nor NOT_PRESENT",
            MessageOf(() => Events("segment_id,start,end,label,present\na,0,1,dog,UNSURE\n"))
        );
    }

    [Fact]
    public void Soft_labels_of_MAESTRO_are_read_without_a_header()
    {
        var list = EventListFile.Read(PathOf("maestro-cafe_01.txt"));
        Assert.Equal([" 0 1 people talking"], RowsOf(list));
        Assert.EndsWith("2 of 3 rows have a confidence below 0.5 and are left out", Assert.Single(list.Notes));
    }

    [Fact]
    public void Label_tracks_of_Audacity_are_read_without_their_frequency_ranges() =>
        Assert.Equal([" 0.5 1.5 dog", " 2 3 cat"], RowsOf(EventListFile.Read(PathOf("audacity-spectral.txt"))));

    [Fact]
    public void Selections_of_Raven_are_read() =>
        Assert.Equal([" 0.5 1.5 dog", " 2 3 cat"], RowsOf(EventListFile.Read(PathOf("raven.selections.txt"))));

    [Fact]
    public void Selections_of_Raven_over_several_files_need_the_time_in_each_file() =>
        Assert.Equal(
            "list.tsv: the times are measured from the start of the first file, not from the start of each file; export the column \"File Offset (s)\" too",
            MessageOf(() =>
                Events(
                    "Selection\tBegin File\tBegin Time (s)\tEnd Time (s)\tSpecies\n1\ta.wav\t0\t1\tdog\n2\tb.wav\t60\t61\tdog\n"
                )
            )
        );

    [Fact]
    public void Tables_of_BirdNET_are_read()
    {
        var list = Events(
            "Start (s),End (s),Scientific name,Common name,Confidence,File\n0.0,3.0,Turdus merula,Blackbird,0.91,a.wav\n"
        );
        Assert.Equal(["a.wav 0 3 Blackbird"], RowsOf(list));
        Assert.Equal("list.tsv: unused columns: Scientific name", list.Notes[0]);
    }

    [Theory]
    [InlineData("a.wav\t0,5\t1.5\tdog\n", "line 1: the onset \"0,5\" is not a number; write 0.5")]
    [InlineData("a.wav\t1,500\t2.5\tdog\n", "line 1: the onset \"1,500\" is not a number; write 1.500 or 1500")]
    [InlineData(
        "a.wav\t0\t1.234,5\tdog\n",
        "line 1: the offset \"1.234,5\" is not a number; write the number with a decimal point and without thousands separators"
    )]
    [InlineData(
        "a.wav\t0\t1 234\tdog\n",
        "line 1: the offset \"1 234\" is not a number; write the number with a decimal point and without thousands separators"
    )]
    [InlineData(
        "a.wav\t0\t500ms\tdog\n",
        "line 1: the offset \"500ms\" is not a number; write the number without a unit"
    )]
    [InlineData("a.wav\t0\t1:30\tdog\n", "line 1: the offset \"1:30\" is not a number; write the time in seconds")]
    [InlineData("file;onset;offset;label\na.wav;0,5;1;dog\n", "line 2: the onset \"0,5\" is not a number; write 0.5")]
    [InlineData("a.wav;0,5;1;dog\n", "line 1: the onset \"0,5\" is not a number; write 0.5")]
    [InlineData(
        "0,5,1,5,dog\n",
        "line 1: the file name is a number, so the columns are ambiguous; name the columns in a header"
    )]
    [InlineData(
        "a\t1\t2\t3\t0.9\n",
        "line 1: the row has four numbers, so the columns are ambiguous; name the columns in a header"
    )]
    [InlineData("a.wav\t0\t1\t\"dog\n", "line 1: a quote is not closed")]
    public void Numbers_and_rows_that_can_be_misread_are_refused_with_a_remedy(string text, string expected) =>
        Assert.Equal($"list.tsv, {expected}", MessageOf(() => Events(text)).Split('\n')[0].TrimEnd('\r'));

    [Fact]
    public void A_decimal_comma_in_a_label_track_is_an_error_with_its_remedy() =>
        Assert.Contains(
            "line 1: the onset \"0,500000\" is not a number; write 0.500000",
            MessageOf(() => EventListFile.Read(PathOf("audacity-decimal-comma.txt")))
        );

    [Fact]
    public void A_list_of_AudioSet_segments_is_named_as_such()
    {
        Assert.Contains(
            "line 1: this is a list of AudioSet segments, with clip-level labels",
            MessageOf(() => EventListFile.Read(PathOf("audioset-segments.csv")))
        );
        Assert.Contains(
            "its labels are separated by commas but also contain commas",
            MessageOf(() => TagList.Read(PathOf("audioset-segments.csv")))
        );
        var list = Tags(
            "# Segments csv created Sun Mar  5 10:54:31 2017\n# num_ytids=1, num_segs=1\n"
                + "# YTID, start_seconds, end_seconds, positive_labels\n--PJHxphWEs, 30.000, 40.000, \"/m/09x0r,/t/dd00088\"\n"
        );
        Assert.Equal(["/m/09x0r", "/t/dd00088"], TagsOf(list, "--PJHxphWEs"));
    }

    [Theory]
    [InlineData("filename\tevent_labels\na.wav\t\"Male speech, man speaking\"\n")]
    [InlineData("filename\tevent_label\na.wav\tMale speech, man speaking\n")]
    [InlineData("Fname,Label\na.wav,\"Male speech, man speaking\"\n")]
    [InlineData("a.wav,\"Male speech, man speaking\"\n")]
    public void A_label_with_a_comma_is_one_label(string text) =>
        Assert.Equal(["Male speech, man speaking"], TagsOf(Tags(text), "a.wav"));

    [Theory]
    [InlineData("fname,labels,mids\na.wav,\"Car,Bus\",\"/m/1,/m/2\"\n")]
    [InlineData("event_labels;file\nCar,Bus;a.wav\n")]
    [InlineData("label\tfile\tconfidence\nCar\ta.wav\t1\nBus\ta.wav\t0.5\nTrain\ta.wav\t0.1\n")]
    public void Columns_of_tags_are_found_by_their_names(string text) =>
        Assert.Equal(["Car", "Bus"], TagsOf(Tags(text), "a.wav").Where(label => label != ""));

    [Theory]
    [InlineData(
        "filename\tklasse\na.wav\tdog\n",
        "line 1: the header has no column for labels (unknown columns: klasse); name the column event_label, label or class"
    )]
    [InlineData(
        "uuid\tevent_label\na.wav\tdog\n",
        "line 1: the header has no column for file names (unknown columns: uuid); name the column filename, file, audio_file, fname or segment_id"
    )]
    [InlineData(
        "name\tklasse\na.wav\tdog\n",
        "line 1: \"name\" and \"klasse\" look like column names, but are not known; name the file column filename, file, audio_file, fname or segment_id, and the label column event_label, label or class"
    )]
    public void A_header_of_tags_with_unknown_columns_is_refused(string text, string expected) =>
        Assert.Equal($"tags.csv, {expected}", MessageOf(() => Tags(text)));

    [Fact]
    public void Lists_in_UTF16_are_read()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("sed-lists-").FullName, "list.tsv");
        try
        {
            foreach (var encoding in new[] { Encoding.Unicode, Encoding.BigEndianUnicode })
            {
                File.WriteAllText(path, "a.wav\t0\t1\tÄußerung\r\n", encoding);
                Assert.Equal(["a.wav 0 1 Äußerung"], RowsOf(EventListFile.Read(path)));
            }
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, true);
        }
    }

    [Fact]
    public void Names_that_begin_like_a_quote_or_a_comment_are_written_and_read_back()
    {
        var list = EventList.Of([("# a.wav", [new(0, 1, "\"Dog\" bark")]), ("\"b\".wav", [])]);
        Assert.Equal(RowsOf(list), RowsOf(Events(EventListFile.Format(list))));
        Assert.Equal(list.Files, Events(EventListFile.Format(list)).Files);
    }

    [Theory]
    [InlineData("filename\tduration\na.wav\t10\n")]
    [InlineData("Duration (s);File\n10;a.wav\n")]
    [InlineData("a.wav,10\n")]
    [InlineData("a\t10\n")]
    [InlineData("Ya.wav\t10\n")]
    [InlineData("a.WAV\t10\nb.wav\t11\n")]
    [InlineData("a.caf\t10\n")]
    [InlineData("notated_path,duration\n/x/birds/a.wav,10\n")]
    [InlineData("Begin Path\tDuration\nC:\\birds\\a.wav\t10\n")]
    public void Durations_are_found_by_name_without_extension_and_prefix(string text) =>
        Assert.Equal(10, Durations.Parse(Encoding.UTF8.GetBytes(text), "durations.tsv").Of("a.wav"));

    [Fact]
    public void Durations_of_files_whose_names_differ_otherwise_are_not_found()
    {
        var durations = Durations.Parse("Ya.wav\t10\nb.wav\t11\nc.flac\t1\nc.mp3\t2\n"u8, "durations.tsv");
        Assert.Null(durations.Of("a.wav"));
        Assert.Null(durations.Of("c.wav"));
        Assert.Equal(2, durations.Of("c.mp3"));
    }

    [Fact]
    public void A_duration_with_a_decimal_comma_is_refused() =>
        Assert.Equal(
            "d.tsv, line 1: the duration \"9,5\" is not a number; write 9.5",
            MessageOf(() => Durations.Parse("a.wav\t9,5\n"u8, "d.tsv"))
        );
}
