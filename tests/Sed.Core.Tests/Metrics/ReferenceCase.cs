using System.Text.Json;
using Sed.Core.Annotations;
using Sed.Core.Annotations.Formats;

namespace Sed.Core.Tests.Metrics;

/// <summary>
/// A case with results of the reference tools. Tiny cases are in folders beside this file, the others in the folder
/// <c>reference/metrics</c> of the shared folder.
/// </summary>
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

    /// <summary>
    /// Every case of the shared folder, including the tiny ones. Skips the running test where the folder is absent.
    /// </summary>
    public static IEnumerable<ReferenceCase> All() => In(SharedFolder.Require("reference", "metrics"));

    /// <summary>The tiny cases, which are part of the repository.</summary>
    public static IEnumerable<ReferenceCase> Tiny() =>
        In(Path.Combine(AppContext.BaseDirectory, "Metrics", "Reference"));

    private static IEnumerable<ReferenceCase> In(string folder) =>
        Directory
            .GetFiles(folder, "*.expected.json", SearchOption.AllDirectories)
            .Select(path => new ReferenceCase(
                Path.GetDirectoryName(path)!,
                Path.GetFileName(path)[..^".expected.json".Length]
            ))
            .OrderBy(one => one.Name, StringComparer.Ordinal);

    /// <summary>The cases with decisions; cases with frame scores are left out.</summary>
    /// <param name="tiny">Whether to return only the tiny cases.</param>
    public static IEnumerable<ReferenceCase> OfEvents(bool tiny = false) =>
        (tiny ? Tiny() : All()).Where(one => one.Has("est.tsv"));

    /// <summary>
    /// All option sets of the cases with decisions for one kind of metric, with the place for messages.
    /// </summary>
    /// <param name="way">Name of the kind in the expected results, for example "event_based".</param>
    /// <param name="expect">Collects the differences.</param>
    /// <param name="tiny">Whether to return only the tiny cases.</param>
    public static IEnumerable<(ReferenceCase Case, JsonElement Expected, Expect Here)> Settings(
        string way,
        Expect expect,
        bool tiny
    ) =>
        from one in OfEvents(tiny)
        from setting in one.Expected.GetProperty(way).EnumerateObject()
        select (one, setting.Value, expect.At($"{one.Name}, {setting.Name}"));
}
