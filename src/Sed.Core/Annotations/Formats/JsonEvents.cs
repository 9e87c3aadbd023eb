using System.Text.Json;

namespace Sed.Core.Annotations.Formats;

/// <summary>
/// Events as JSON: {"files": [{"file": "a.wav", "events": [{"onset": 0.5, "offset": 1.25, "label": "Car"}]}]}, with
/// times in seconds. An event can have a "confidence" from 0 to 1. All other properties are ignored, so the output of
/// <c>seddsl predict --json</c> can be read.
/// </summary>
internal sealed class JsonEvents : IAnnotationFormat
{
    public string Name => "json";

    public string Title => "JSON event list";

    public string Expected =>
        "{\"files\": [{\"file\": ..., \"events\": [{\"onset\": ..., \"offset\": ..., \"label\": ...}]}]}";

    public IReadOnlyList<string> Extensions { get; } = [".json"];

    public bool NamesRecordings => true;

    public bool Recognises(ReadOnlySpan<byte> head) =>
        JsonText.Head(head) is (JsonTokenType.StartObject, var names) && names.Contains("files");

    public EventList Read(ReadOnlySpan<byte> text, string source, AnnotationOptions options)
    {
        using var document = JsonText.Parse(text, source);
        EventListBuilder builder = new(source, Title, options);
        if (document.RootElement.Array("files") is not { } files)
            builder.AddProblem("", "the document has no array \"files\"", $"expected {Expected}");
        else
            for (var k = 0; k < files.Length; k++)
                AddFile(builder, files[k], $"files[{k}]");
        return builder.Finish();
    }

    public EventWriter Write(TextWriter text) => new Writer(text);

    private static void AddFile(EventListBuilder builder, JsonElement file, string path)
    {
        if (file.Text("file") is not { Length: > 0 } name)
        {
            builder.AddProblem(path, "\"file\" is missing or is not a string");
            return;
        }
        builder.AddFile(name);
        if (file.Array("events") is not { } events)
        {
            builder.AddProblem(path, "the array \"events\" is missing");
            return;
        }
        for (var k = 0; k < events.Length; k++)
            AddEvent(builder, name, events[k], $"{path}.events[{k}]");
    }

    private static void AddEvent(EventListBuilder builder, string file, JsonElement sound, string path)
    {
        var hasOnset = builder.IsTime(sound, path, "onset", out var onset);
        var hasOffset = builder.IsTime(sound, path, "offset", out var offset);
        double? confidence = sound.Property("confidence") is { } value ? value.Number() ?? double.NaN : null;
        if (sound.Text("label") is not { } label)
            builder.AddProblem(path, "\"label\" is missing or is not a string");
        else if (hasOnset && hasOffset)
            builder.Add(
                file,
                new SoundEvent(onset, offset, label),
                path: path,
                details: confidence is null ? null : new EventDetails { Confidence = confidence }
            );
    }

    private sealed class Writer(TextWriter text) : EventWriter(text)
    {
        private bool isStarted;

        public override void Add(string file, IReadOnlyList<SoundEvent> events)
        {
            JsonText.Require(file, events);
            Start();
            Text.Write($"{{\"file\": {JsonText.Quoted(file)}, \"events\": [");
            for (var k = 0; k < events.Count; k++)
                Text.Write(
                    $"{(k > 0 ? "," : "")}\n  {{\"onset\": {TextNumbers.Of(events[k].Onset)}, \"offset\": {TextNumbers.Of(events[k].Offset)}, \"label\": {JsonText.Quoted(events[k].Label)}}}"
                );
            Text.Write("]}");
            Text.Flush();
        }

        public override void Finish()
        {
            if (!isStarted)
                Text.Write("{\"files\": [");
            Text.Write("]}\n");
            Text.Flush();
        }

        private void Start()
        {
            Text.Write(isStarted ? ",\n" : "{\"files\": [\n");
            isStarted = true;
        }
    }
}
