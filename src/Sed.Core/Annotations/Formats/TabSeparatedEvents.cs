namespace Sed.Core.Annotations.Formats;

/// <summary>
/// Tab-separated event lists of DESED, AudioSet-Strong, MAESTRO and sed_eval. A header names the columns, in any order
/// (<see cref="ListColumns"/>); times are in seconds. Without a header, rows are "onset offset label confidence"
/// (MAESTRO). A recording without events has a row with only its name, or with its name and empty fields. Lines that
/// begin with "# " are comments and are ignored.
/// </summary>
public sealed class TabSeparatedEvents : IAnnotationFormat
{
    /// <inheritdoc />
    public string Name => "tsv";

    /// <inheritdoc />
    public string Title => "tab-separated event list";

    /// <inheritdoc />
    public string Expected => "a header such as filename, onset, offset, event_label, and tab-separated rows";

    /// <inheritdoc />
    public IReadOnlyList<string> Extensions { get; } = [".tsv", ".txt"];

    /// <inheritdoc />
    public bool NamesRecordings => true;

    /// <inheritdoc />
    public bool Recognises(ReadOnlySpan<byte> head) =>
        EventTable.Of(head) is { Separator: '\t', HasSelections: false } form
        && !DcaseEvents.Is(form)
        && !form.IsTriple;

    /// <inheritdoc />
    public EventList Read(ReadOnlySpan<byte> text, string source, AnnotationOptions options) =>
        EventTable.Read(text, source, options, Title);

    /// <inheritdoc />
    public EventWriter Write(TextWriter text)
    {
        ArgumentNullException.ThrowIfNull(text);
        text.Write("filename\tonset\toffset\tevent_label\n");
        return new TabSeparatedWriter(text);
    }
}

/// <summary>Writes tab-separated rows of file, onset, offset and label.</summary>
/// <param name="text">Receives the text.</param>
internal sealed class TabSeparatedWriter(TextWriter text) : EventWriter(text)
{
    public override void Add(string file, IReadOnlyList<SoundEvent> events)
    {
        ListNames.Require(file, events.Select(sound => sound.Label).Prepend(file));
        if (events.Count == 0)
            Text.Write(IsPlain(file) ? $"{file}\n" : $"{ListNames.Field(file)}\t\t\t\n");
        foreach (var (onset, offset, label) in events)
            Text.Write(
                $"{ListNames.Field(file)}\t{TextNumbers.Of(onset)}\t{TextNumbers.Of(offset)}\t{ListNames.Field(label)}\n"
            );
        Text.Flush();
    }

    // A row that contains only a file name with other characters, for example commas, could be read with a different
    // separator.
    private static bool IsPlain(string file) =>
        file.Contains('.') && file.All(letter => char.IsLetterOrDigit(letter) || letter is '.' or '_' or '-' or '/');
}
