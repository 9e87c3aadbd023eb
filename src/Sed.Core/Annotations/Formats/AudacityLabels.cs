namespace Sed.Core.Annotations.Formats;

/// <summary>
/// Label tracks of Audacity, and other lists of onset, offset and label with a tab between fields and without header. A
/// label without length is a point. A row that begins with a backslash is the frequency range of the label above it, in Hz
/// (<see cref="EventDetails"/>). The recording is named by the file's name.
/// </summary>
internal sealed class AudacityLabels : IAnnotationFormat
{
    public string Name => "audacity";

    public string Title => "Audacity label track";

    public string Expected => "rows of onset, offset and label with a tab between fields";

    public IReadOnlyList<string> Extensions { get; } = [".txt"];

    public bool NamesRecordings => false;

    public bool Recognises(ReadOnlySpan<byte> head) => EventTable.Of(head) is { Separator: '\t', IsTriple: true };

    public EventList Read(ReadOnlySpan<byte> text, string source, double? minimumConfidence) =>
        EventTable.Read(text, source, minimumConfidence, Title);

    public EventWriter Write(TextWriter text) => new Writer(text);

    private sealed class Writer(TextWriter text) : SingleRecordingWriter(text)
    {
        protected override void Write(IReadOnlyList<SoundEvent> events)
        {
            foreach (var (onset, offset, label) in events)
                Text.Write($"{EventTable.Seconds(onset)}\t{EventTable.Seconds(offset)}\t{EventTable.Field(label)}\n");
        }
    }
}
