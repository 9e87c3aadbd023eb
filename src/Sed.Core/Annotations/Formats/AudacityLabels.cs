namespace Sed.Core.Annotations.Formats;

/// <summary>
/// Audacity label tracks, and other tab-separated lists of onset, offset and label without a header. A point label is
/// an event of zero duration. A row that begins with a backslash contains the frequency range of the label above it, in
/// Hz (<see cref="EventDetails"/>). The name of the annotation file identifies the recording.
/// </summary>
internal sealed class AudacityLabels : IAnnotationFormat
{
    public string Name => "audacity";

    public string Title => "Audacity label track";

    public string Expected => "tab-separated rows of onset, offset and label";

    public IReadOnlyList<string> Extensions { get; } = [".txt"];

    public bool NamesRecordings => false;

    public bool Recognises(ReadOnlySpan<byte> head) => EventTable.Of(head) is { Separator: '\t', IsTriple: true };

    public EventList Read(ReadOnlySpan<byte> text, string source, AnnotationOptions options) =>
        EventTable.Read(text, source, options, Title);

    public EventWriter Write(TextWriter text) => new Writer(text);

    private sealed class Writer(TextWriter text) : SingleRecordingWriter(text)
    {
        protected override void Write(IReadOnlyList<SoundEvent> events)
        {
            foreach (var (onset, offset, label) in events)
                Text.Write($"{TextNumbers.Of(onset)}\t{TextNumbers.Of(offset)}\t{ListNames.Field(label)}\n");
        }
    }
}
