namespace Sed.Core.Annotations;

/// <summary>
/// Finds a file in a list by its name. If the list does not contain the name, audio extensions are ignored. If there is
/// still no match, the prefix "Y" is added (if all names in the list have it) or removed (if none has it). The download
/// scripts of DCASE 2017 write this prefix before YouTube ids. Ambiguous names are not found.
/// </summary>
internal sealed class FileNames
{
    private const int Ambiguous = -1;

    private readonly Dictionary<string, int> exact = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> stems = new(StringComparer.Ordinal);
    private readonly bool allHavePrefix;
    private readonly bool noneHasPrefix;

    /// <param name="files">Names of the files of the list.</param>
    public FileNames(IReadOnlyList<string> files)
    {
        for (var k = 0; k < files.Count; k++)
        {
            exact[files[k]] = k;
            // Files with equal stems are found by their full names only.
            if (!stems.TryAdd(AudioNames.StemOf(files[k]), k))
                stems[AudioNames.StemOf(files[k])] = Ambiguous;
        }
        allHavePrefix = files.All(file => file.StartsWith('Y'));
        noneHasPrefix = files.All(file => !file.StartsWith('Y'));
    }

    /// <summary>
    /// Finds several files in the list, first by their names with folders. Files that are not found are then looked up
    /// by their names without folders. A name of the list that was found for an existing file is not used again for a
    /// file in another folder.
    /// </summary>
    /// <param name="files">The files.</param>
    /// <param name="several">
    /// Called for each name of the list that several files match without their folders. Receives the position of the
    /// name and these files.
    /// </param>
    /// <param name="exists">
    /// Whether a file exists at the given path. If there is no file a.wav, the name "a.wav" can mean the same file as
    /// "audio/a.wav", and both are found at the same position of the list. Null: all files are assumed to exist.
    /// </param>
    /// <returns>
    /// The position of each file that was found. Files that match the same name without their folders are missing.
    /// </returns>
    public Dictionary<string, int> Match(
        IEnumerable<string> files,
        Action<int, string[]>? several = null,
        Func<string, bool>? exists = null
    )
    {
        string[] all = [.. files.Distinct(StringComparer.Ordinal)];
        var found = all.Select(file => (File: file, Index: IndexOf(file)))
            .Where(entry => entry.Index >= 0)
            .ToDictionary(entry => entry.File, entry => entry.Index, StringComparer.Ordinal);
        var named = found.Where(entry => exists is null || exists(entry.Key)).Select(entry => entry.Value).ToHashSet();
        foreach (
            var matching in all.Where(file => !found.ContainsKey(file))
                .GroupBy(file => IndexOf(Path.GetFileName(file)))
                .Where(group => group.Key >= 0 && !named.Contains(group.Key))
                .ToArray()
        )
            if (matching.ToArray() is [var only])
                found[only] = matching.Key;
            else
                several?.Invoke(matching.Key, [.. matching]);
        return found;
    }

    /// <summary>The position of a file in the list, or -1.</summary>
    public int IndexOf(string file)
    {
        if (exact.TryGetValue(file, out var index))
            return index;
        var stem = AudioNames.StemOf(file);
        if (stems.TryGetValue(stem, out index))
            return index;
        if (allHavePrefix && stems.TryGetValue("Y" + stem, out index))
            return index;
        return noneHasPrefix && stem.StartsWith('Y') && stems.TryGetValue(stem[1..], out index) ? index : -1;
    }
}
