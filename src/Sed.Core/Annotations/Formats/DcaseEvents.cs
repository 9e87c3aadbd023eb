namespace Sed.Core.Annotations.Formats;

/// <summary>
/// Tab-separated event lists of DCASE and sed_eval without a header: rows "file onset offset label", "file scene onset
/// offset label" or "file onset offset label confidence". Times are in seconds. A recording without events has a row
/// with only its name.
/// </summary>
internal sealed class DcaseEvents : IAnnotationFormat
{
    public string Name => "dcase";

    public string Title => "DCASE event list";

    public string Expected => "tab-separated rows of file, onset, offset and label";

    public IReadOnlyList<string> Extensions { get; } = [".txt", ".tsv", ".csv"];

    public bool NamesRecordings => true;

    public bool Recognises(ReadOnlySpan<byte> head) => EventTable.Of(head) is { } form && Is(form);

    public EventList Read(ReadOnlySpan<byte> text, string source, AnnotationOptions options) =>
        EventTable.Read(text, source, options, Title);

    public EventWriter Write(TextWriter text) => new TabSeparatedWriter(text);

    internal static bool Is(EventTable form) => form is { Separator: '\t', HasHeader: false, NamesFiles: true };
}
