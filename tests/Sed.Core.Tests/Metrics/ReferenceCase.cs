using System.Text.Json;
using Sed.Core.Annotations;

namespace Sed.Core.Tests.Metrics;

/// <summary>A case whose results the reference tools computed, from the folder <c>reference/metrics</c> beside the repository.</summary>
internal sealed class ReferenceCase
{
    private readonly string folder;

    private ReferenceCase(string folder, string name)
    {
        this.folder = folder;
        Name = name;
        Expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, $"{name}.expected.json"))).RootElement;
    }

    public string Name { get; }

    public JsonElement Expected { get; }

    public ClassList Classes =>
        new(Expected.GetProperty("event_label_list").EnumerateArray().Select(e => e.GetString()!));

    public EventList Reference => EventListFile.Read(PathOf("ref.tsv"));

    public EventList Estimate => EventListFile.Read(PathOf("est.tsv"));

    public string PathOf(string ending) => Path.Combine(folder, $"{Name}.{ending}");

    public bool Has(string ending) => File.Exists(PathOf(ending));

    /// <summary>Every case; skips the test where the folder is absent.</summary>
    public static IEnumerable<ReferenceCase> All()
    {
        var folder = SharedFolder.Require("reference", "metrics");
        var names = Directory
            .GetFiles(folder, "*.expected.json")
            .Select(path => Path.GetFileName(path)[..^".expected.json".Length]);
        return names.Order(StringComparer.Ordinal).Select(name => new ReferenceCase(folder, name));
    }

    /// <summary>The cases of decisions, not of scores.</summary>
    public static IEnumerable<ReferenceCase> OfEvents() => All().Where(one => one.Has("est.tsv"));
}
