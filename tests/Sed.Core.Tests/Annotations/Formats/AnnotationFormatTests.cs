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

    public static TheoryData<string> Names => [.. EventListFile.Formats.Select(format => format.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_written_list_is_recognised_and_read_back_unchanged(string name)
    {
        var format = EventListFile.Formats.Single(format => format.Name == name);
        var text = Encoding.UTF8.GetBytes(EventListFile.Format(Example, format));
        Assert.True(format.Recognises(text));
        foreach (var extension in format.Extensions.Prepend(""))
        {
            var read = EventListFile.Parse(text, $"list{extension}");
            Assert.Equal(Example.Files, read.Files);
            foreach (var file in Example.Files)
                Assert.Equal(Example.EventsOf(file).ToArray(), read.EventsOf(file).ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_format_states_its_name_extensions_and_expected_content(string name)
    {
        var format = EventListFile.Formats.Single(format => format.Name == name);
        Assert.Matches("^[a-z0-9-]+$", format.Name);
        Assert.NotEqual("", format.Title);
        Assert.NotEqual("", format.Expected);
        Assert.NotEmpty(format.Extensions);
        Assert.All(format.Extensions, extension => Assert.Matches(@"^\.[a-z0-9]+$", extension));
    }

    [Theory]
    [InlineData("{ \"events\": [] }", "list.json")]
    [InlineData("<html>", "list")]
    [InlineData("a.wav\tone\ttwo\tCar\n", "list")]
    public void A_text_that_no_format_recognises_is_reported_with_the_expected_content(string text, string source)
    {
        var thrown = Assert.Throws<AnnotationException>(() => Parse(text, source, EventListFile.Formats));
        Assert.Equal(EventListFile.Formats.Count, thrown.Count);
        Assert.Equal(
            $"{source}: this is not an event list; expected rows of file, onset, offset and label, separated by tabs, commas or semicolons",
            thrown.Problems[0].ToString()
        );
    }

    [Fact]
    public void A_text_in_two_formats_is_read_by_its_extension()
    {
        IAnnotationFormat[] formats = [new TabSeparatedEvents(), new AnyText()];
        Assert.Equal(["a.wav"], Parse("a.wav\t0\t1\tCar\n", "list.tsv", formats).Files);
        Assert.Equal(["any"], Parse("a.wav\t0\t1\tCar\n", "list.any", formats).Files);
        Assert.Equal(["any"], Parse("{}", "list", formats).Files);
        var thrown = Assert.Throws<AnnotationException>(() => Parse("a.wav\t0\t1\tCar\n", "list", formats));
        Assert.Equal(
            "list: the text is valid in several formats: event list, any text; rename it with the extension of one of them: .tsv, .any",
            thrown.Message
        );
    }

    private static EventList Parse(string text, string source, IReadOnlyList<IAnnotationFormat> formats) =>
        EventListFile.Parse(Encoding.UTF8.GetBytes(text), source, formats);

    private sealed class AnyText : IAnnotationFormat
    {
        public string Name => "any";

        public string Title => "any text";

        public string Expected => "any text";

        public IReadOnlyList<string> Extensions { get; } = [".any"];

        public bool Recognises(ReadOnlySpan<byte> head) => true;

        public EventList Read(ReadOnlySpan<byte> text, string source, double? minimumConfidence) =>
            EventList.Of([("any", [])], source);

        public EventWriter Write(TextWriter text) => throw new NotSupportedException();
    }
}
