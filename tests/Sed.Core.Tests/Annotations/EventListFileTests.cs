using System.Text;
using Sed.Core.Annotations;
using Sed.Core.Annotations.Formats;

namespace Sed.Core.Tests.Annotations;

public class EventListFileTests
{
    private static EventList Parse(string text) => EventListFile.Parse(Encoding.UTF8.GetBytes(text), "list.tsv");

    private static string[] ProblemsOf(string text) =>
        [.. Assert.Throws<AnnotationException>(() => Parse(text)).Problems.Select(problem => problem.ToString())];

    [Theory]
    [InlineData("a.wav\t0.5\t1.25\tCar\nb.wav\t0\t2\tBus\n")]
    [InlineData("a.wav\t0.5\t1.25\tCar\r\nb.wav\t0\t2\tBus\r\n")]
    [InlineData("a.wav\t0.5\t1.25\tCar\nb.wav\t0\t2\tBus")]
    [InlineData("\uFEFFa.wav\t0.5\t1.25\tCar\n\n \nb.wav\t0\t2\tBus\n\n")]
    [InlineData("filename\tonset\toffset\tevent_label\na.wav\t0.5\t1.25\tCar\nb.wav\t0\t2\tBus\n")]
    [InlineData("event_label\tfilename\tonset\toffset\nCar\ta.wav\t0.5\t1.25\nBus\tb.wav\t0\t2\n")]
    [InlineData("a.wav\tstreet\t0.5\t1.25\tCar\nb.wav\tstreet\t0\t2\tBus\n")]
    [InlineData("a.wav\t  0.500000\t 1.25 \tCar\nb.wav\t0e0\t+2\tBus\n")]
    [InlineData("a.wav\t0.5\t1.25\tCar\rb.wav\t0\t2\tBus\r")]
    [InlineData("a.wav\t0.5\t1.25\tCar\t\nb.wav\t0\t2\tBus\t\n")]
    [InlineData("a.wav,0.5,1.25,Car\nb.wav,0,2,Bus\n")]
    [InlineData("a.wav;0.5;1.25;Car\nb.wav;0;2;Bus\n")]
    [InlineData("# a comment\na.wav\t0.5\t1.25\tCar\n# another\nb.wav\t0\t2\tBus\n")]
    [InlineData("# filename\tonset\toffset\tevent_label\na.wav\t0.5\t1.25\tCar\nb.wav\t0\t2\tBus\n")]
    [InlineData("segment_id\tstart_time_seconds\tend_time_seconds\tlabel\na.wav\t0.5\t1.25\tCar\nb.wav\t0\t2\tBus\n")]
    [InlineData("FNAME,Start (s),End (s),Class\n\"a.wav\",0.5,1.25,\"Car\"\nb.wav,0,2,Bus,\n,,,\n")]
    [InlineData("\"Audio File\";\"Event Onset\";\"Event Offset\";\"Event Label\"\na.wav;0.5;1.25;Car\nb.wav;0;2;Bus\n")]
    [InlineData("file\tonset\tduration\tlabel\na.wav\t0.5\t0.75\tCar\nb.wav\t0\t2\tBus\n")]
    [InlineData("a.wav\t0.5\t1.25\tCar\t0.9\nb.wav\t0\t2\tBus\t0.5\nb.wav\t0\t2\tCar\t0.49\n")]
    [InlineData(
        "Selection\tView\tBegin File\tBegin Time (s)\tEnd Time (s)\tFile Offset (s)\tSpecies\n"
            + "1\tWaveform 1\ta.wav\t0.5\t1.25\t0.5\tCar\n1\tSpectrogram 1\ta.wav\t0.5\t1.25\t0.5\tCar\n"
            + "2\tSpectrogram 1\tb.wav\t60\t62\t0\tBus\n"
    )]
    public void All_common_forms_of_a_list_are_read_alike(string text)
    {
        var list = Parse(text);
        Assert.Equal(["a.wav", "b.wav"], list.Files);
        Assert.Equal([new SoundEvent(0.5, 1.25, "Car")], list.EventsOf("a.wav").ToArray());
        Assert.Equal([new SoundEvent(0, 2, "Bus")], list.EventsOf("b.wav").ToArray());
    }

    [Fact]
    public void A_label_can_contain_commas_spaces_and_letters_of_any_language()
    {
        var list = Parse("a.wav\t0\t1\tAir horn, truck horn\na.wav\t1\t2\tÄußerung\n");
        Assert.Equal(["Air horn, truck horn", "Äußerung"], list.Labels);
    }

    [Theory]
    [InlineData("a.wav\n")]
    [InlineData("a.wav\t\t\t\n")]
    [InlineData("filename\tonset\toffset\tevent_label\na.wav\t\t\t\n")]
    public void A_file_without_events_is_listed_without_events(string text)
    {
        var list = Parse(text);
        Assert.Equal(["a.wav"], list.Files);
        Assert.Equal(0, list.Count);
    }

    [Fact]
    public void An_empty_list_has_no_files() => Assert.Empty(Parse("").Files);

    [Fact]
    public void A_list_of_one_file_need_not_name_it()
    {
        var list = Parse("1.2\t2.3\tevent1");
        Assert.Equal([""], list.Files);
        Assert.Equal([new SoundEvent(1.2, 2.3, "event1")], list.EventsOf("").ToArray());
    }

    [Fact]
    public void Rows_of_a_file_keep_their_order_and_line_numbers_when_they_are_not_consecutive()
    {
        var list = Parse("a\t3\t4\tCar\nb\t0\t1\tBus\na\t1\t2\tBus\n");
        Assert.Equal([new SoundEvent(3, 4, "Car"), new SoundEvent(1, 2, "Bus")], list.EventsOf("a").ToArray());
        Assert.Equal(3, list.LineOf(list.IndexOf("a"), 1));
    }

    [Fact]
    public void A_row_0_0_label_is_an_unlocated_event()
    {
        var sound = Parse("a.wav\t0\t0\tCar\n").EventsOf("a.wav")[0];
        Assert.True(sound.IsUnlocated);
        Assert.Equal("Car", sound.Label);
    }

    [Fact]
    public void All_invalid_rows_are_reported_with_line_and_cause()
    {
        string[] expected =
        [
            "list.tsv, line 1: the onset is NaN, not a time in seconds",
            "list.tsv, line 2: the offset is Infinity, not a time in seconds",
            "list.tsv, line 3: the onset of -0.1 s is negative",
            "list.tsv, line 4: the offset of 1 s is before the onset of 2 s",
            "list.tsv, line 5: the onset \"one\" is not a number",
            "list.tsv, line 6: the offset \"1,5\" is not a number; write 1.5",
            "list.tsv, line 7: the label is missing",
            "list.tsv, line 8: the file name is missing",
            "list.tsv, line 9: the row has 3 fields, but the list has 4",
            "list.tsv, line 10: the row has 5 fields, but the list has 4",
            "list.tsv, line 11: \"a.wav,0.5,1.0,Car\" is a single field; separate fields by tabs",
            "list.tsv, line 12: the offset of 1E+18 s is beyond 1000000000 s",
        ];
        var text = string.Join(
            '\n',
            "a.wav\tNaN\t1\tCar",
            "a.wav\t0\tinf\tCar".Replace("inf", "Infinity"),
            "a.wav\t-0.1\t1\tCar",
            "a.wav\t2\t1\tCar",
            "a.wav\tone\t1\tCar",
            "a.wav\t1\t1,5\tCar",
            "a.wav\t1\t2\t",
            "\t1\t2\tCar",
            "a.wav\t1\t2",
            "a.wav\t1\t2\tCar\tBus",
            "a.wav,0.5,1.0,Car",
            "a.wav\t0\t1e18\tCar"
        );
        Assert.Equal(expected, ProblemsOf(text));
    }

    [Fact]
    public void The_first_twenty_problems_are_listed_and_the_rest_counted()
    {
        var thrown = Assert.Throws<AnnotationException>(() =>
            Parse(string.Concat(Enumerable.Repeat("a\tx\t1\tCar\n", 250)))
        );
        Assert.Equal(250, thrown.Count);
        Assert.Equal(20, thrown.Problems.Count);
        Assert.EndsWith("... and 230 more.", thrown.Message);
    }

    [Fact]
    public void A_binary_file_is_reported_with_its_first_zero_byte()
    {
        var thrown = Assert.Throws<AnnotationException>(() => EventListFile.Parse([.. "RIFF"u8, 0, 1, 2], "clip.wav"));
        Assert.Equal(
            "clip.wav, line 1: byte 4 is zero, so this is not UTF-8 text; if it is UTF-16, save it as UTF-8",
            thrown.Message
        );
    }

    [Fact]
    public void Invalid_UTF8_is_reported_with_its_line()
    {
        var thrown = Assert.Throws<AnnotationException>(() =>
            EventListFile.Parse([.. "a\t0\t1\tCar\nb\t0\t1\t"u8, 0xff, 0xfe], "l")
        );
        Assert.Equal("l, line 2: the label is not valid UTF-8 or contains a control character", thrown.Message);
    }

    [Fact]
    public void Rows_with_spaces_between_fields_are_rejected_and_not_read_as_file_names() =>
        Assert.Single(ProblemsOf("a.wav 0.5 1.5 Car\n"));

    [Fact]
    public void Repeated_rows_are_reported_with_both_lines()
    {
        var list = Parse("a\t1\t2\tCar\nb\t1\t2\tCar\na\t1\t2\tBus\na\t1.0\t2.0\tCar\n");
        var problem = Assert.Single(list.Duplicates().First);
        Assert.Equal("list.tsv, line 4: repeats the event of line 1: \"a\", 1 s to 2 s, Car", problem.ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_written_list_is_read_back_unchanged(bool header)
    {
        var list = EventList.Of([
            ("a.wav", [new(0.1, 0.30000000000000004, "Car"), new(1e-7, 12345.678, "Air horn, truck horn")]),
            ("b.wav", []),
        ]);
        var again = Parse(EventListFile.Format(list, header));
        Assert.Equal(list.Files, again.Files);
        Assert.Equal(list.EventsOf("a.wav").ToArray(), again.EventsOf("a.wav").ToArray());
    }

    [Fact]
    public void A_label_with_a_tab_cannot_be_written() =>
        Assert.Throws<AnnotationException>(() => EventListFile.Format(EventList.Of([("a", [new(0, 1, "C\tar")])])));

    [Fact]
    public void Decimal_numbers_are_read_as_the_nearest_double()
    {
        Random random = new(20);
        for (var k = 0; k < 20_000; k++)
        {
            var value = random.NextDouble() * Math.Pow(10, random.Next(0, 6));
            var text = value.ToString(
                k % 2 == 0 ? "R" : $"F{random.Next(0, 14)}",
                System.Globalization.CultureInfo.InvariantCulture
            );
            var read = Parse($"a\t0\t{text}\tCar").EventsOf("a")[0].Offset;
            Assert.Equal(double.Parse(text, System.Globalization.CultureInfo.InvariantCulture), read);
        }
    }
}
