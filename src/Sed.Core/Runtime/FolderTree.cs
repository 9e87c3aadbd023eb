namespace Sed.Core.Runtime;

/// <summary>Lists the files below a folder.</summary>
public static class FolderTree
{
    /// <summary>
    /// All files below a folder, in ordinal order of their paths. Links to folders are followed, except links to parent
    /// folders. A folder with several links is listed once. Unreadable and hidden files and folders are left out.
    /// </summary>
    /// <param name="folder">Path of the folder.</param>
    /// <param name="depth">
    /// Number of levels of subfolders that are listed; 0 lists only the folder's own files. Default: all levels.
    /// </param>
    public static string[] Files(string folder, int depth = int.MaxValue)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        List<string> files = [];
        HashSet<string> known = new(StringComparer.Ordinal);
        for (var above = FileIdentity.FullTarget(folder); above is not null; above = Path.GetDirectoryName(above))
            known.Add(FileIdentity.Of(above));
        Add(folder, depth, known, files);
        files.Sort(StringComparer.Ordinal);
        return [.. files];
    }

    private static void Add(string folder, int depth, HashSet<string> known, List<string> files)
    {
        EnumerationOptions options = new() { IgnoreInaccessible = true };
        files.AddRange(Directory.GetFiles(folder, "*", options));
        if (depth == 0)
            return;
        // Folders are listed before links, so that a folder within the tree is listed under its own path.
        foreach (
            var below in Directory
                .GetDirectories(folder, "*", options)
                .OrderBy(below => new DirectoryInfo(below).LinkTarget is not null)
                .ThenBy(below => below, StringComparer.Ordinal)
        )
            if (known.Add(FileIdentity.Of(below)))
                Add(below, depth - 1, known, files);
    }
}
