using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sed.Core.Annotations.Formats;

/// <summary>Reads the tasks of a Label Studio export.</summary>
/// <param name="source">Name that messages use for the export.</param>
/// <param name="format">Title of the format.</param>
/// <param name="options">Minimum of the mean confidence over several annotators, and the channel.</param>
internal sealed partial class LabelStudioReading(string source, string format, AnnotationOptions options)
{
    private readonly EventListBuilder builder = new(source, format, options);
    private readonly Dictionary<string, int> otherResults = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> tasksOfFiles = new(StringComparer.Ordinal);
    private int besideGroundTruth;
    private int cancelled;
    private int fromPredictions;

    /// <summary>Adds the events of a task.</summary>
    /// <param name="task">A task of a JSON export, or an annotation of a JSON-MIN export.</param>
    /// <param name="path">Path of the task in the export, for example "[2]".</param>
    public void Add(JsonElement task, string path)
    {
        var isFull = task.Array("annotations") ?? task.Array("predictions");
        var isMinimal = isFull is null;
        if (isMinimal && task.Property("id") is null)
            builder.AddProblem(path, "this is not a task: it has neither \"annotations\" nor \"id\"");
        else if (NameOf(isMinimal ? task : task.Property("data") ?? default, task.Text("file_upload")) is not { } name)
            builder.AddProblem(
                isMinimal ? path : $"{path}.data",
                "no property is the path of an audio file",
                "export the tasks with their data"
            );
        else if (IsRepeated(task, path, name, isMinimal))
            builder.AddProblem(path, $"an earlier task has the same recording, \"{name}\"", "remove one of the tasks");
        else if (isMinimal)
            AddMinimal(task, path, name);
        else
            AddTask(task, path, name);
    }

    /// <summary>Builds the list, with notes about annotations that were not read.</summary>
    /// <exception cref="AnnotationException">
    /// There were problems. The exception lists them with their paths.
    /// </exception>
    public EventList Finish()
    {
        if (besideGroundTruth > 0)
            builder.AddNote(
                $"{Count(besideGroundTruth, "annotation")} not read: another annotation of the task is the ground truth"
            );
        if (cancelled > 0)
            builder.AddNote($"{Count(cancelled, "cancelled annotation")} not read");
        if (fromPredictions > 0)
            builder.AddNote($"predictions are read for {Count(fromPredictions, "task")} without annotations");
        foreach (var (type, count) in otherResults)
            builder.AddNote($"{Count(count, "result")} of type \"{type}\" not read");
        return builder.Finish();
    }

    private static string Count(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";

    /// <summary>
    /// Whether an earlier task has the same recording. A JSON-MIN export has an element for each annotation of a task;
    /// these elements have the same id and do not count as different tasks.
    /// </summary>
    private bool IsRepeated(JsonElement task, string path, string name, bool isMinimal)
    {
        var id = task.Property("id")?.GetRawText() ?? path;
        return !tasksOfFiles.TryAdd(name, id) && !(isMinimal && tasksOfFiles[name] == id);
    }

    private void AddTask(JsonElement task, string path, string name)
    {
        builder.AddFile(name);
        var annotations = (task.Array("annotations") ?? []).Index().ToArray();
        var valid = annotations.Where(one => !one.Item.IsTrue("was_cancelled")).ToArray();
        cancelled += annotations.Length - valid.Length;
        if (valid.Where(one => one.Item.IsTrue("ground_truth")).Take(1).ToArray() is { Length: 1 } truth)
        {
            besideGroundTruth += valid.Length - 1;
            valid = truth;
        }
        foreach (var (index, annotation) in valid)
            AddAnnotation(annotation, $"{path}.annotations[{index}]", name);
        if (annotations.Length == 0 && task.Array("predictions") is [.., { ValueKind: JsonValueKind.Object } last] all)
        {
            fromPredictions++;
            AddAnnotation(last, $"{path}.predictions[{all.Length - 1}]", name);
        }
    }

    private void AddAnnotation(JsonElement annotation, string path, string name)
    {
        if (annotation.Array("result") is not { } results)
        {
            builder.AddProblem(path, "the array \"result\" is missing");
            return;
        }
        var annotator = AnnotatorOf(annotation, "completed_by");
        builder.AddAnnotator(name, annotator ?? "");
        for (var k = 0; k < results.Length; k++)
        {
            var type = results[k].Text("type") ?? "";
            if (type != "labels")
                otherResults[type] = otherResults.GetValueOrDefault(type) + 1;
            else if (results[k].Property("value") is not { } value)
                builder.AddProblem($"{path}.result[{k}]", "\"value\" is missing");
            else
                AddRegion(value, $"{path}.result[{k}].value", name, annotator);
        }
    }

    private void AddMinimal(JsonElement annotation, string path, string name)
    {
        builder.AddFile(name);
        var annotator = AnnotatorOf(annotation, "annotator");
        builder.AddAnnotator(name, annotator ?? "");
        foreach (var property in annotation.EnumerateObject())
        {
            if (annotation.Array(property.Name) is not { } regions)
                continue;
            for (var k = 0; k < regions.Length; k++)
                if (regions[k].Array("labels") is not null)
                    AddRegion(regions[k], $"{path}.{property.Name}[{k}]", name, annotator);
        }
    }

    private void AddRegion(JsonElement region, string path, string name, string? annotator)
    {
        var hasStart = builder.IsTime(region, path, "start", out var start);
        var hasEnd = builder.IsTime(region, path, "end", out var end);
        if (region.Array("labels") is not { Length: > 0 } labels)
        {
            builder.AddProblem(path, "the array \"labels\" is missing or empty");
            return;
        }
        EventDetails details = new()
        {
            Annotator = annotator,
            Channel =
                region.Property("channel") is { ValueKind: JsonValueKind.Number } channel
                && channel.TryGetInt32(out var number)
                    ? number + 1
                    : null,
        };
        for (var k = 0; k < labels.Length; k++)
            if (labels[k].ValueKind != JsonValueKind.String)
                builder.AddProblem($"{path}.labels[{k}]", $"{labels[k].Shown()} is not a string");
            else if (hasStart && hasEnd)
                builder.Add(
                    name,
                    new SoundEvent(start, end, labels[k].GetString()!),
                    path: path,
                    details: details == new EventDetails() ? null : details
                );
    }

    private static string? AnnotatorOf(JsonElement annotation, string name) =>
        annotation.Property(name) is not { } annotator ? null
        : annotator.ValueKind == JsonValueKind.Number ? annotator.GetRawText()
        : annotator.ValueKind == JsonValueKind.String ? annotator.GetString()
        : annotator.Text("email");

    /// <summary>
    /// Determines the name of a task's recording from the property that contains an audio path. The prefix that Label
    /// Studio adds to the names of uploaded files is removed.
    /// </summary>
    private static string? NameOf(JsonElement data, string? upload)
    {
        if (data.ValueKind != JsonValueKind.Object)
            return null;
        var paths = data.EnumerateObject()
            .Where(property => property.Value.ValueKind == JsonValueKind.String)
            .Select(property => (property.Name, Path: property.Value.GetString()!))
            .OrderBy(property => property.Name == "audio" ? 0 : 1);
        foreach (var (property, path) in paths)
            if (LastPart(path) is var name && (AudioNames.HasExtension(name) || (property == "audio" && name != "")))
                return path.Contains("/upload/", StringComparison.Ordinal) || upload is not null
                    ? UploadPrefix().Replace(name, "")
                    : name;
        return null;
    }

    /// <summary>
    /// The file name of a URL, an upload ("/data/upload/...") or a local file ("/data/local-files/?d=folder/name").
    /// Other paths are returned unchanged.
    /// </summary>
    private static string LastPart(string path)
    {
        var isAddress =
            path.Contains("://", StringComparison.Ordinal) || path.StartsWith("/data/", StringComparison.Ordinal);
        if (!isAddress)
            return path;
        var local = path.IndexOf("?d=", StringComparison.Ordinal);
        var plain = local >= 0 ? path[(local + 3)..] : path.Split('?', '#')[0];
        return Uri.UnescapeDataString(plain[(plain.LastIndexOf('/') + 1)..]);
    }

    [GeneratedRegex("^[0-9a-f]{8}-")]
    private static partial Regex UploadPrefix();
}
