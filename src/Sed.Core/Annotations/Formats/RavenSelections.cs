namespace Sed.Core.Annotations.Formats;

/// <summary>
/// Raven selection tables: tab-separated, with a header that has the columns Selection, "Begin Time (s)" and "End Time
/// (s)". The label is in the column Annotation, Species, "Common Name" or (in tables of Koogu) Tags. If none of these
/// columns exists, the label is in the only column that is not a measurement. Rows of the same selection in different
/// views are one event. Channel and frequency range are details of the event (<see cref="EventDetails"/>). "Begin File"
/// or "Begin Path" contains the name of the recording. In tables of several recordings, "File Offset (s)" is the onset.
/// </summary>
internal sealed class RavenSelections : IAnnotationFormat
{
    public string Name => "raven";

    public string Title => "Raven selection table";

    public string Expected => "a tab-separated header with Selection, Begin Time (s) and End Time (s)";

    public IReadOnlyList<string> Extensions { get; } = [".txt"];

    public bool NamesRecordings => false;

    public string FileSuffix => ".Table.1.selections.txt";

    public bool Recognises(ReadOnlySpan<byte> head) => EventTable.Of(head) is { Separator: '\t', HasSelections: true };

    public EventList Read(ReadOnlySpan<byte> text, string source, AnnotationOptions options) =>
        EventTable.Read(text, source, options, Title);

    public EventWriter Write(TextWriter text)
    {
        ArgumentNullException.ThrowIfNull(text);
        text.Write(
            "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)\tAnnotation\n"
        );
        return new Writer(text);
    }

    // Raven requires a frequency range. In a waveform view, the range has no meaning, so the values do not matter.
    private sealed class Writer(TextWriter text) : SingleRecordingWriter(text)
    {
        protected override void Write(IReadOnlyList<SoundEvent> events)
        {
            for (var k = 0; k < events.Count; k++)
                Text.Write(
                    FormattableString.Invariant(
                        $"{k + 1}\tWaveform 1\t1\t{events[k].Onset:R}\t{events[k].Offset:R}\t0\t20000\t{ListNames.Field(events[k].Label)}\n"
                    )
                );
        }
    }
}
