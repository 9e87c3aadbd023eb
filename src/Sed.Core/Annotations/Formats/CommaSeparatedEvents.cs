using Sed.Core.Runtime;

namespace Sed.Core.Annotations.Formats;

/// <summary>
/// Event lists separated by commas or semicolons, as written by spreadsheets, BirdNET and pandas. A header names the
/// columns, in any order (<see cref="ListColumns"/>); without a header, the columns are those of DCASE lists. A field
/// in double quotes can contain separators. Lists are written with commas.
/// </summary>
internal sealed class CommaSeparatedEvents : IAnnotationFormat
{
    public string Name => "csv";

    public string Title => "comma-separated event list";

    public string Expected => "a header such as filename,onset,offset,event_label, and comma-separated rows";

    public IReadOnlyList<string> Extensions { get; } = [".csv"];

    public bool NamesRecordings => true;

    public bool Recognises(ReadOnlySpan<byte> head) => EventTable.Of(head) is { Separator: not '\t' };

    public EventList Read(ReadOnlySpan<byte> text, string source, AnnotationOptions options) =>
        EventTable.Read(text, source, options, Title);

    public EventWriter Write(TextWriter text)
    {
        ArgumentNullException.ThrowIfNull(text);
        text.Write("filename,onset,offset,event_label\n");
        return new Writer(text);
    }

    private sealed class Writer(TextWriter text) : EventWriter(text)
    {
        public override void Add(string file, IReadOnlyList<SoundEvent> events)
        {
            ListNames.Require(file, events.Select(sound => sound.Label).Prepend(file));
            if (events.Count == 0)
                Text.Write($"{Field(file)},,,\n");
            foreach (var (onset, offset, label) in events)
                Text.Write($"{Field(file)},{TextNumbers.Of(onset)},{TextNumbers.Of(offset)},{Field(label)}\n");
            Text.Flush();
        }

        private static string Field(string name) =>
            name.AsSpan().IndexOfAny(",;\"#") >= 0 ? CsvField.Quoted(name) : name;
    }
}
