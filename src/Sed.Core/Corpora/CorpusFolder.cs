using System.IO.Enumeration;
using Sed.Core.Annotations;

namespace Sed.Core.Corpora;

/// <summary>What the readers of corpora do alike with folders and labels.</summary>
internal static class CorpusFolder
{
    // Deeper than any layout that people have.
    private const int MostFolders = 8;

    /// <summary>Every file below a folder, in ordinal order, each folder looked into once whatever links lead to it.</summary>
    /// <exception cref="CorpusException">The folder is missing or empty.</exception>
    internal static string[] FilesBelow(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (File.Exists(folder))
            throw new CorpusException($"{folder}: this is a file, not a folder.");
        if (!Directory.Exists(folder))
            throw new CorpusException($"{folder}: there is no such folder.");
        List<string> files = [];
        AddFiles(folder, Real(folder), MostFolders, [], files);
        if (files.Count == 0)
            throw new CorpusException($"{folder}: the folder is empty.");
        files.Sort(StringComparer.Ordinal);
        return [.. files];
    }

    private static void AddFiles(string folder, string real, int deeper, HashSet<string> known, List<string> files)
    {
        EnumerationOptions options = new() { IgnoreInaccessible = true };
        if (!known.Add(real))
            return;
        files.AddRange(Directory.GetFiles(folder, "*", options));
        if (deeper == 0)
            return;
        // What is a folder here comes before what is linked from elsewhere.
        foreach (
            (var below, var its) in Directory
                .GetDirectories(folder, "*", options)
                .Select(below => (below, its: Real(Path.Combine(real, Path.GetFileName(below)))))
                .OrderBy(entry => entry.its != Path.Combine(real, Path.GetFileName(entry.below)))
                .ThenBy(entry => entry.below, StringComparer.Ordinal)
        )
            AddFiles(below, its, deeper - 1, known, files);
    }

    /// <summary>Where a folder is that may be a link.</summary>
    private static string Real(string folder) =>
        Path.TrimEndingDirectorySeparator(
            Path.GetFullPath(Directory.ResolveLinkTarget(folder, returnFinalTarget: true)?.FullName ?? folder)
        );

    /// <summary>Whether a list says nothing: it has no bytes, or is a pipe or a device, which might never answer.</summary>
    internal static bool IsEmpty(string list) =>
        (File.ResolveLinkTarget(list, returnFinalTarget: true) ?? new FileInfo(list)) is not FileInfo { Length: > 0 };

    /// <summary>A problem for each list that says nothing.</summary>
    internal static IEnumerable<string> Empty(IEnumerable<string> lists) =>
        lists
            .Where(IsEmpty)
            .Select(list =>
                $"{list}: the list is empty, or it is a pipe or a device; write labels into it, or take it away."
            );

    /// <summary>The first file with a name like the pattern (* and ?), the least deep one first; null where there is none.</summary>
    internal static string? FirstNamed(string[] files, string pattern) =>
        Named(files, pattern).MinBy(file => file.Count(c => c == Path.DirectorySeparatorChar));

    /// <summary>The files with names like the pattern (* and ?).</summary>
    internal static IEnumerable<string> Named(string[] files, string pattern) =>
        files.Where(file => FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(file)));

    /// <summary>The labels once each, in the order of the classes.</summary>
    internal static IReadOnlyList<string> InOrder(IEnumerable<string> labels, ClassList classes) =>
        [.. labels.Where(label => label.Length > 0).Distinct(StringComparer.Ordinal).OrderBy(classes.IndexOf)];

    /// <exception cref="CorpusException">A label file uses labels that are no classes.</exception>
    internal static void RequireClasses(string? source, IEnumerable<string>? labels, ClassList classes)
    {
        string[] strange = [.. (labels ?? []).Where(label => classes.IndexOf(label) < 0)];
        if (strange.Length > 0)
            throw new CorpusException([
                .. strange.Select(label => $"{source}: '{label}' is not one of the classes ({classes})."),
            ]);
    }
}
