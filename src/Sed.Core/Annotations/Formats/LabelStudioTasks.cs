using System.Text.Json;

namespace Sed.Core.Annotations.Formats;

/// <summary>
/// Label Studio exports of labelled audio regions, in the formats JSON and JSON-MIN. Each task is a recording. The name
/// of the recording is the audio path. If the path is a URL or begins with "/data/", the name is only its last part.
/// The prefix that Label Studio adds to the names of uploaded files is removed. Each label of a region is an event;
/// channel and annotator are details (<see cref="EventDetails"/>). If a task has several annotations, the one marked as
/// ground truth is read; if none is marked, the annotations are combined (<see cref="Consensus"/>). Cancelled
/// annotations are not read. Predictions are read only for tasks without annotations. Events are written as
/// predictions, which Label Studio imports as pre-annotations.
/// </summary>
internal sealed class LabelStudioTasks : IAnnotationFormat
{
    public string Name => "labelstudio";

    public string Title => "Label Studio export";

    public string Expected => "an array of tasks with annotated audio regions (a JSON or JSON-MIN export)";

    public IReadOnlyList<string> Extensions { get; } = [".json"];

    public bool NamesRecordings => true;

    public bool Recognises(ReadOnlySpan<byte> head) =>
        JsonText.Head(head) is var (root, names)
        && (
            root == JsonTokenType.StartArray
                ? names.Count > 0 || head.Trim(" \r\n\t"u8).SequenceEqual("[]"u8)
                : names.Contains("annotations") && names.Contains("data")
        );

    public EventList Read(ReadOnlySpan<byte> text, string source, AnnotationOptions options)
    {
        using var document = JsonText.Parse(text, source);
        LabelStudioReading reading = new(source, Title, options);
        if (document.RootElement.ValueKind != JsonValueKind.Array)
            reading.Add(document.RootElement, "");
        else
            foreach (var (k, task) in document.RootElement.EnumerateArray().Index())
                reading.Add(task, $"[{k}]");
        return reading.Finish();
    }

    public EventWriter Write(TextWriter text) => new Writer(text);

    private sealed class Writer(TextWriter text) : EventWriter(text)
    {
        private bool isStarted;

        public override void Add(string file, IReadOnlyList<SoundEvent> events)
        {
            JsonText.Require(file, events);
            Text.Write(isStarted ? ",\n" : "[\n");
            isStarted = true;
            Text.Write($"{{\"data\": {{\"audio\": {JsonText.Quoted(file)}}}, \"predictions\": [{{\"result\": [");
            for (var k = 0; k < events.Count; k++)
                Text.Write(
                    $"{(k > 0 ? "," : "")}\n  {{\"id\": \"event-{k + 1}\", \"from_name\": \"label\", \"to_name\": \"audio\", \"type\": \"labels\", "
                        + $"\"value\": {{\"start\": {TextNumbers.Of(events[k].Onset)}, \"end\": {TextNumbers.Of(events[k].Offset)}, \"labels\": [{JsonText.Quoted(events[k].Label)}]}}}}"
                );
            Text.Write("]}]}");
            Text.Flush();
        }

        public override void Finish()
        {
            Text.Write(isStarted ? "]\n" : "[]\n");
            Text.Flush();
        }
    }
}
