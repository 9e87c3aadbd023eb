using System.Text;
using Sed.Core.Annotations;
using Sed.Core.Annotations.Formats;

namespace Sed.Core.Tests.Annotations.Formats;

/// <summary>Requirements on all annotation formats, and the detection of a file's format.</summary>
public class AnnotationFormatTests
{
    private static readonly EventList Example = EventList.Of([
        ("a.wav", [new(0.1, 0.30000000000000004, "Car"), new(12.5, 345.678, "Air horn, truck horn")]),
        ("b.wav", [new(0, 2, "Äußerung")]),
        ("c.wav", []),
    ]);

    // Parts of names that some format has to quote or escape.
    private static readonly string[] Awkward =
    [
        "a",
        "Dog",
        ",",
        ";",
        "\"",
        "\"\"",
        "'",
        "#",
        "# ",
        "\\",
        "/",
        "{",
        "[1]:",
        "<exists>",
        "!",
        "0",
        "1.5",
        "0,5",
        "=",
        "%20",
        "&",
        "犬",
        "🐕",
        "é",
        "e\u0301",
        " b",
        "NaN",
        "text =",
    ];

    public static TheoryData<string> Names => [.. EventListFile.Formats.Select(format => format.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_written_list_is_recognised_and_read_back_unchanged(string name)
    {
        foreach (var list in PartsOf(Example, Format(name)))
            AssertReadBack(list, Format(name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Random_events_with_awkward_names_are_read_back_unchanged(string name)
    {
        for (var seed = 0; seed < 200; seed++)
            foreach (var list in PartsOf(RandomList(new Random(seed)), Format(name)))
                AssertReadBack(list, Format(name));
    }

    [Theory]
    [InlineData("Do\tg")]
    [InlineData("Do\ng")]
    [InlineData(" Dog")]
    public void A_label_is_read_back_unchanged_or_refused(string label)
    {
        foreach (var format in EventListFile.Formats)
        {
            var list = EventList.Of([(format.NamesRecordings ? "a.wav" : "", [new(0, 1, label)])]);
            try
            {
                AssertReadBack(list, format);
            }
            catch (AnnotationException refused)
            {
                Assert.Contains("Do", refused.Message);
            }
        }
    }

    [Fact]
    public void An_event_without_length_cannot_be_written_as_an_interval() =>
        Assert.Equal(
            "a.wav: a zero-duration event cannot be written as an interval",
            Assert
                .Throws<AnnotationException>(() =>
                    EventListFile.Format(EventList.Of([("a.wav", [new(1, 1, "Dog")])]), Format("textgrid"))
                )
                .Message
        );

    [Fact]
    public void A_format_without_names_of_recordings_holds_one_recording() =>
        Assert.Equal(
            "b.wav: this format cannot name recordings, and the text already contains the events of \"a.wav\"; write one file for each recording",
            Assert.Throws<AnnotationException>(() => EventListFile.Format(Example, Format("audacity"))).Message
        );

    [Theory]
    [MemberData(nameof(Names))]
    public void A_format_states_its_name_extensions_and_expected_content(string name)
    {
        var format = Format(name);
        Assert.Matches("^[a-z0-9-]+$", format.Name);
        Assert.NotEqual("", format.Title);
        Assert.NotEqual("", format.Expected);
        Assert.NotEmpty(format.Extensions);
        Assert.All(format.Extensions, extension => Assert.Matches(@"^\.[a-z0-9]+$", extension));
        Assert.Contains(Path.GetExtension(format.FileSuffix).ToLowerInvariant(), format.Extensions);
    }

    [Theory]
    [InlineData("{ \"events\": [] }", "list.xml")]
    [InlineData("<html>", "list")]
    [InlineData("a.wav\tone\ttwo\tCar\n", "list")]
    public void A_text_that_no_format_recognises_is_reported_with_the_expected_content(string text, string source)
    {
        var thrown = Assert.Throws<AnnotationException>(() => Parse(text, source, EventListFile.Formats));
        Assert.Equal(EventListFile.Formats.Count, thrown.Count);
        Assert.Equal(
            $"{source}: this is not a tab-separated event list; expected a header such as filename, onset, offset, event_label, and tab-separated rows",
            thrown.Problems[0].ToString()
        );
    }

    [Fact]
    public void A_text_in_two_formats_is_read_by_its_extension()
    {
        IAnnotationFormat[] formats = [new DcaseEvents(), new AnyText()];
        Assert.Equal(["a.wav"], Parse("a.wav\t0\t1\tCar\n", "list.tsv", formats).Files);
        Assert.Equal(["any"], Parse("a.wav\t0\t1\tCar\n", "list.any", formats).Files);
        Assert.Equal(["any"], Parse("{}", "list", formats).Files);
        var thrown = Assert.Throws<AnnotationException>(() => Parse("a.wav\t0\t1\tCar\n", "list", formats));
        Assert.Equal(
            "list: the text is valid in several formats: DCASE event list, any text; give the file one of these extensions: .txt, .any",
            thrown.Message
        );
    }

    private static IAnnotationFormat Format(string name) => EventListFile.Formats.Single(format => format.Name == name);

    /// <summary>The list, or a list for each recording if the format cannot name recordings.</summary>
    private static IEnumerable<EventList> PartsOf(EventList list, IAnnotationFormat format) =>
        format.NamesRecordings
            ? [list]
            : list.Files.Select(file => EventList.Of([("", list.EventsOf(file).ToArray())]));

    private static void AssertReadBack(EventList list, IAnnotationFormat format)
    {
        var text = Encoding.UTF8.GetBytes(EventListFile.Format(list, format));
        if (text.Length == 0)
            return;
        Assert.Equal(
            [format.Name],
            EventListFile.Formats.Where(other => other.Recognises(text)).Select(other => other.Name)
        );
        foreach (var extension in format.Extensions.Prepend(""))
        {
            var read = EventListFile.Parse(text, $"list{extension}");
            Assert.Equal(format.Title, read.Format);
            // A text without events and without names has no recording.
            if (list.Count > 0 || format.NamesRecordings)
                Assert.Equal(list.Files, read.Files);
            // TextGrids order events by time.
            foreach (var file in list.Files)
                Assert.Equal(InOrder(list.EventsOf(file)), InOrder(read.EventsOf(file)));
        }
    }

    private static SoundEvent[] InOrder(ReadOnlySpan<SoundEvent> events) =>
        [.. events.ToArray().OrderBy(sound => sound.Onset).ThenBy(sound => sound.Offset).ThenBy(sound => sound.Label)];

    private static EventList RandomList(Random random)
    {
        HashSet<string> files = [];
        while (files.Count < 3)
            files.Add($"{RandomName(random)}{(random.Next(2) == 0 ? ".wav" : ".flac")}".TrimStart());
        return EventList.Of(files.Select(file => (file, RandomEvents(random))));
    }

    private static IReadOnlyList<SoundEvent> RandomEvents(Random random)
    {
        List<SoundEvent> events = [];
        for (var count = random.Next(4); count > 0; count--)
        {
            var onset = random.Next(3) switch
            {
                0 => random.Next(5),
                1 => Math.Round(random.NextDouble() * 100, 3),
                _ => random.NextDouble() * Math.Pow(10, random.Next(-6, 6)),
            };
            events.Add(new SoundEvent(onset, onset + 0.001 + random.NextDouble(), RandomName(random).Trim()));
        }
        return events;
    }

    private static string RandomName(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => Awkward[random.Next(Awkward.Length)]));

    private static EventList Parse(string text, string source, IReadOnlyList<IAnnotationFormat> formats) =>
        EventListFile.Parse(Encoding.UTF8.GetBytes(text), source, formats);

    private sealed class AnyText : IAnnotationFormat
    {
        public string Name => "any";

        public string Title => "any text";

        public string Expected => "any text";

        public IReadOnlyList<string> Extensions { get; } = [".any"];

        public bool NamesRecordings => true;

        public bool Recognises(ReadOnlySpan<byte> head) => true;

        public EventList Read(ReadOnlySpan<byte> text, string source, AnnotationOptions options) =>
            EventList.Of([("any", [])], source);

        public EventWriter Write(TextWriter text) => throw new NotSupportedException();
    }
}
