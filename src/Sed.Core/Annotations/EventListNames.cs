namespace Sed.Core.Annotations;

/// <summary>
/// Matches the recording names of two event lists if one of them takes its names from annotation files.
/// </summary>
public static class EventListNames
{
    /// <summary>
    /// Renames the recordings of an estimate to match the reference, if at least one of the lists takes its recording
    /// names from its annotation files (a file for a single recording, or a folder with one file per recording).
    /// Otherwise, or if two recordings would get the same name, returns the estimate unchanged. Names that are taken
    /// from annotation files have no audio extension unless the folder also contains the audio. Names are compared as
    /// in <see cref="Durations.Of(string)"/>. Recordings that the reference does not contain keep their names.
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

    /// <summary>
    /// The name of a recording or, if the list does not name its recording, the name of the list's file without
    /// extension.
    /// </summary>
    internal static string NameOf(string name, EventList list) =>
        name != "" ? name : Path.GetFileNameWithoutExtension(list.Source);
}
