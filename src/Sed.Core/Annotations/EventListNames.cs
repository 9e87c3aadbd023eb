namespace Sed.Core.Annotations;

/// <summary>Names of recordings in lists that are named by their files.</summary>
public static class EventListNames
{
    /// <summary>
    /// An estimate with the names of a reference, if one of the two is named by its files: an annotation file of a single
    /// recording, or a folder with one file per recording. Such names have no audio extension and no folder where there is no
    /// audio beside them. Names are compared as in <see cref="Durations.Of(string)"/>; a name without counterpart is kept.
    /// </summary>
    /// <param name="estimate">The estimate.</param>
    /// <param name="reference">The reference.</param>
    public static EventList WithNamesOf(this EventList estimate, EventList reference)
    {
        ArgumentNullException.ThrowIfNull(estimate);
        ArgumentNullException.ThrowIfNull(reference);
        var areUnnamed = estimate.Files is [""] && reference.Files is [""];
        if (areUnnamed || !(IsNamedByFiles(estimate) || IsNamedByFiles(reference)))
            return estimate;
        FileNames known = new([.. reference.Files.Select(name => NameOf(name, reference))]);
        string[] names =
        [
            .. estimate.Files.Select(name =>
                known.IndexOf(NameOf(name, estimate)) is var k and >= 0 ? reference.Files[k] : name
            ),
        ];
        return names.Distinct().Count() == names.Length ? estimate.Renamed(names) : estimate;
    }

    private static bool IsNamedByFiles(EventList list) => list.Sources is not null || list.Files is [""];

    /// <summary>The name of a recording; the file's name for a list without names.</summary>
    private static string NameOf(string name, EventList list) =>
        name != "" ? name : Path.GetFileNameWithoutExtension(list.Source);
}
