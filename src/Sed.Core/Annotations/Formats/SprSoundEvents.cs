using System.Globalization;
using System.Text.Json;

namespace Sed.Core.Annotations.Formats;

/// <summary>
/// Annotations of SPRSound: {"recording_annotation": "CAS", "event_annotation": [{"start": "1067", "end": "2280",
/// "type": "Wheeze"}]}, with times in milliseconds. The label of the recording is not read. The name of the annotation
/// file identifies the recording.
/// </summary>
internal sealed class SprSoundEvents : IAnnotationFormat
{
    public string Name => "sprsound";

    public string Title => "SPRSound annotation";

    public string Expected =>
        "{\"recording_annotation\": ..., \"event_annotation\": [{\"start\": ..., \"end\": ..., \"type\": ...}]}";

    public IReadOnlyList<string> Extensions { get; } = [".json"];

    public bool NamesRecordings => false;

    public bool Recognises(ReadOnlySpan<byte> head) =>
        JsonText.Head(head) is (JsonTokenType.StartObject, var names)
        && (names.Contains("event_annotation") || names.Contains("recording_annotation"));

    public EventList Read(ReadOnlySpan<byte> text, string source, AnnotationOptions options)
    {
        using var document = JsonText.Parse(text, source);
        EventListBuilder builder = new(source, Title, options);
        builder.AddFile("");
        if (document.RootElement.Array("event_annotation") is not { } events)
            builder.AddProblem("", "the document has no array \"event_annotation\"");
        else
            for (var k = 0; k < events.Length; k++)
                AddEvent(builder, events[k], $"event_annotation[{k}]");
        if (document.RootElement.Text("recording_annotation") is { } recording)
            builder.AddNote($"the label of the recording, \"{recording}\", is not read");
        return builder.Finish();
    }

    public EventWriter Write(TextWriter text) => new Writer(text);

    private static void AddEvent(EventListBuilder builder, JsonElement sound, string path)
    {
        var hasStart = builder.IsTime(sound, path, "start", out var start, isMilliseconds: true);
        var hasEnd = builder.IsTime(sound, path, "end", out var end, isMilliseconds: true);
        if (sound.Text("type") is not { } label)
            builder.AddProblem(path, "\"type\" is missing or is not a string");
        else if (hasStart && hasEnd)
            builder.Add("", new SoundEvent(start, end, label), path: path);
    }

    private sealed class Writer(TextWriter text) : SingleRecordingWriter(text)
    {
        private int count;

        protected override string? ProblemOf(SoundEvent sound) => JsonText.ProblemOf(sound.Label);

        protected override void Write(IReadOnlyList<SoundEvent> events)
        {
            Text.Write("{\"event_annotation\": [");
            foreach (var (onset, offset, label) in events)
                Text.Write(
                    $"{(count++ > 0 ? "," : "")}\n  {{\"start\": {Milliseconds(onset)}, \"end\": {Milliseconds(offset)}, \"type\": {JsonText.Quoted(label)}}}"
                );
            Text.Write("]}\n");
        }

        // Decimal arithmetic is exact. The product of two doubles would be rounded.
        private static string Milliseconds(double seconds) =>
            decimal.TryParse(TextNumbers.Of(seconds), NumberStyles.Float, CultureInfo.InvariantCulture, out var exact)
                ? (exact * 1000).ToString(CultureInfo.InvariantCulture)
                : TextNumbers.Of(seconds * 1000);
    }
}
