using System.IO.Enumeration;
using Sed.Core.Annotations;

namespace Sed.Core.Corpora;

/// <summary>What the readers of corpora do alike with folders and labels.</summary>
internal static class CorpusFolder
{
    /// <summary>Every file below a folder, in ordinal order, links to folders not followed twice.</summary>
    /// <exception cref="CorpusException">The folder is missing or empty.</exception>
    internal static string[] FilesBelow(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (File.Exists(folder))
            throw new CorpusException($"{folder}: this is a file, not a folder.");
        if (!Directory.Exists(folder))
            throw new CorpusException($"{folder}: there is no such folder.");
        EnumerationOptions options = new()
        {
            RecurseSubdirectories = true,
            MaxRecursionDepth = 8,
            IgnoreInaccessible = true,
        };
        string[] files = Directory.GetFiles(folder, "*", options);
        if (files.Length == 0)
            throw new CorpusException($"{folder}: the folder is empty.");
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    /// <summary>The first file with a name like the pattern (* and ?), the least deep one first; null where there is none.</summary>
    internal static string? FirstNamed(string[] files, string pattern) =>
        files
            .Where(file => FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(file)))
            .MinBy(file => file.Count(c => c == Path.DirectorySeparatorChar));

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
