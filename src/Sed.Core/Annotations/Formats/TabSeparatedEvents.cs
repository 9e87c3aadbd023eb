using System.Globalization;
using System.Text;

namespace Sed.Core.Annotations.Formats;

/// <summary>
/// Event lists of DCASE, DESED, AudioSet-Strong, MAESTRO, Audacity, Raven and BirdNET. Fields are written with tabs as
/// separators and read with tabs, semicolons or commas. A row is "file onset offset label", "file scene onset offset
/// label", or "onset offset label" (a single, unnamed recording). A confidence can follow in the first and the last
/// form. A file without events has a row with its name alone or with empty fields. Times are in seconds. A header can
/// name the columns, in any order (<see cref="ListColumns"/>). Audacity's frequency ranges and comments ("# ") are
/// ignored.
/// </summary>
/// <param name="header">Whether written lists begin with the names of the columns.</param>
public sealed class TabSeparatedEvents(bool header) : IAnnotationFormat
{
    /// <summary>Creates the format with a header in written lists.</summary>
    public TabSeparatedEvents()
        : this(true) { }

    /// <inheritdoc />
    public string Name => "tsv";

    /// <inheritdoc />
    public string Title => "event list";

    /// <inheritdoc />
    public string Expected => "rows of file, onset, offset and label, separated by tabs, commas or semicolons";

    /// <inheritdoc />
    public IReadOnlyList<string> Extensions { get; } = [".tsv", ".txt", ".csv"];

    /// <inheritdoc />
    public bool Recognises(ReadOnlySpan<byte> head)
    {
        var row = ListRows.Open(head, EventListReading.IsFirst);
        while (row.Next())
        {
            if (row.Count > 1)
                return EventListReading.IsFirst(row);
            if (!LooksLikeAFileName(row[0]) && !ListColumns.IsHeader(row))
                return false;
        }
        return true;
    }

    /// <inheritdoc />
    public EventList Read(ReadOnlySpan<byte> text, string source, double? minimumConfidence)
    {
        ListText.RequireText(text, source);
        var rows = ListRows.Open(text, EventListReading.IsFirst);
        EventListReading reading = new(source, minimumConfidence);
        while (rows.Next())
            reading.Add(rows);
        return reading.Finish();
    }

    /// <inheritdoc />
    public EventWriter Write(TextWriter text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (header)
            text.Write("filename\tonset\toffset\tevent_label\n");
        return new Writer(text);
    }

    private static bool LooksLikeAFileName(ReadOnlySpan<byte> field) =>
        field.IndexOfAny("{}[]<>=\"\0"u8) < 0
        && field.LastIndexOf((byte)'.') is var point and > 0
        && field.Length - point is >= 2 and <= 6
        && field.IndexOfAnyInRange((byte)'\0', (byte)31) < 0
        && !TextNumbers.TryRead(field, out _);

    private sealed class Writer(TextWriter text) : EventWriter(text)
    {
        public override void Add(string file, IReadOnlyList<SoundEvent> events)
        {
            ListNames.Require(file, events.Select(sound => sound.Label).Prepend(file));
            if (events.Count == 0)
                Text.Write($"{Field(file)}\n");
            foreach (var (onset, offset, label) in events)
                Text.Write(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{Field(file)}\t{onset:R}\t{offset:R}\t{Field(label)}\n"
                    )
                );
            Text.Flush();
        }

        // A name that begins like a quoted field or a comment is written in quotes.
        private static string Field(string name) =>
            name.StartsWith('"') || name.StartsWith('#') ? $"\"{name.Replace("\"", "\"\"")}\"" : name;
    }
}
