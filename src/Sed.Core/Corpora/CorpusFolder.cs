using System.IO.Enumeration;
using Sed.Core.Annotations;
using Sed.Core.Annotations.Formats;
using Sed.Core.Audio;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora;

/// <summary>The folder of a corpus and all files below it.</summary>
internal sealed class CorpusFolder
{
    // Deeper than any layout in use.
    private const int MaxDepth = 8;

    // Maximum number of lists that an error message names.
    private const int NamedLists = 10;

    private readonly Dictionary<string, ListHeader> headers = new(StringComparer.Ordinal);

    private AnnotationFile[]? annotations;
    private HashSet<string>? ofRecordings;
    private IReadOnlyList<string>? documents;
    private FileNames? topLevel;

    private CorpusFolder(string path, string[] files, CorpusOptions options) =>
        (Path, Files, Options) = (path, files, options);

    /// <summary>Lists the files of a folder.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="options">Options for reading the label files; null for the defaults.</param>
    /// <exception cref="CorpusException">
    /// The folder is missing or empty, or one of <see cref="CorpusOptions.Lists"/> matches no list.
    /// </exception>
    internal static CorpusFolder Open(string path, CorpusOptions? options = null) =>
        new(path, WithLists(path, FilesBelow(path), options?.Lists), options ?? new CorpusOptions());

    /// <summary>Returns the folder without the given files.</summary>
    internal CorpusFolder Without(IReadOnlyCollection<string> files) => new(Path, [.. Files.Except(files)], Options);

    /// <summary>Removes lists that match none of the patterns. Files that are not lists are kept.</summary>
    private static string[] WithLists(string path, string[] files, IReadOnlyList<string>? patterns)
    {
        if (patterns is null)
            return files;
        string[] lists = [.. files.Where(IsList)];
        Problem[] problems =
        [
            .. patterns
                .Where(pattern => !lists.Any(list => Matches(path, list, pattern)))
                .Select(pattern => new Problem(
                    path,
                    $"no list is called '{pattern}'",
                    lists.Length == 0
                        ? "the folder has no *.tsv, *.csv or *.txt file"
                        : $"the lists are {string.Join(", ", lists.Take(NamedLists).Select(list => Slashes(path, list)))}{(lists.Length > NamedLists ? ", ..." : "")}"
                )),
        ];
        return problems.Length > 0
            ? throw new CorpusException(problems)
            : [.. files.Where(file => !IsList(file) || patterns.Any(pattern => Matches(path, file, pattern)))];
    }

    private static bool IsList(string file) =>
        System.IO.Path.GetExtension(file).ToLowerInvariant() is ".tsv" or ".csv" or ".txt";

    private static bool Matches(string folder, string list, string pattern) =>
        FileSystemName.MatchesSimpleExpression(
            pattern,
            pattern.Contains('/') ? Slashes(folder, list) : System.IO.Path.GetFileName(list)
        );

    private static string Slashes(string folder, string file) =>
        System.IO.Path.GetRelativePath(folder, file).Replace('\\', '/');

    /// <summary>Options for reading the label files.</summary>
    internal CorpusOptions Options { get; }

    /// <summary>Path of the folder, as given by the caller.</summary>
    internal string Path { get; }

    /// <summary>All files below the folder, in ordinal order of their paths.</summary>
    internal IReadOnlyList<string> Files { get; }

    /// <summary>The name of the folder itself.</summary>
    internal string Name =>
        System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(Path)));

    /// <summary>The path of a file within the folder.</summary>
    internal string Relative(string file) => System.IO.Path.GetRelativePath(Path, file);

    /// <summary>
    /// Whether a name is that of a recording directly in the folder, not in a folder below it. Names are compared as in
    /// <see cref="FileNames"/>. Not thread-safe.
    /// </summary>
    internal bool HasAtTop(string recording) =>
        (
            topLevel ??= new FileNames([
                .. Files
                    .Where(AudioFile.HasAudioExtension)
                    .Select(Relative)
                    .Where(path => System.IO.Path.GetFileName(path) == path),
            ])
        ).IndexOf(recording) >= 0;

    /// <summary>
    /// Finds a file whose name matches a pattern with the wildcards * and ?. If several files match, returns the one
    /// with the fewest folders in its path. Returns null if no file matches.
    /// </summary>
    internal string? FirstNamed(string pattern) =>
        Named(pattern).MinBy(file => file.Count(c => c == System.IO.Path.DirectorySeparatorChar));

    /// <summary>The files whose names match a pattern with the wildcards * and ?.</summary>
    internal IEnumerable<string> Named(string pattern) =>
        Files.Where(file => FileSystemName.MatchesSimpleExpression(pattern, System.IO.Path.GetFileName(file)));

    /// <summary>The header of a list in the folder, which is read on first use. Not thread-safe.</summary>
    /// <param name="list">One of <see cref="Files"/>.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    internal ListHeader HeaderOf(string list)
    {
        if (!headers.TryGetValue(list, out var header))
            headers.Add(list, header = ListHeader.Of(list, Options.Columns));
        return header;
    }

    /// <summary>
    /// The annotation files of single recordings, found by the names of the recordings
    /// (<see cref="AnnotationFiles.Find"/>). Computed on first use. Not thread-safe.
    /// </summary>
    internal IReadOnlyList<AnnotationFile> AnnotationsOfRecordings =>
        annotations ??= [.. AnnotationFiles.Find(Path, Files, Options.Columns).Where(file => file.HasAudio)];

    /// <summary>Whether a file is one of <see cref="AnnotationsOfRecordings"/>.</summary>
    internal bool IsOfRecording(string file) =>
        (ofRecordings ??= [.. AnnotationsOfRecordings.Select(own => own.Path)]).Contains(file);

    /// <summary>The JSON documents that contain the annotations of several recordings. Computed on first use.</summary>
    internal IReadOnlyList<string> AnnotationDocuments =>
        documents ??= [
            .. Files.Where(file =>
                file.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
                && !IsOfRecording(file)
                && EventListFile.FormatOf(file) is { NamesRecordings: true }
            ),
        ];

    /// <summary>All files below a folder, in ordinal order. Each folder is listed once, however many links lead to it.</summary>
    /// <exception cref="CorpusException">The folder is missing or empty.</exception>
    internal static string[] FilesBelow(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (File.Exists(folder))
            throw new CorpusException(folder, "this is a file, not a folder");
        if (!Directory.Exists(folder))
            throw new CorpusException(folder, "there is no such folder");
        var files = FolderTree.Files(folder, MaxDepth);
        return files.Length > 0 ? files : throw new CorpusException(folder, "the folder is empty");
    }

    /// <summary>Whether a list is empty, or is a pipe or a device, from which reading could block.</summary>
    internal static bool IsEmpty(string list) =>
        (File.ResolveLinkTarget(list, returnFinalTarget: true) ?? new FileInfo(list)) is not FileInfo { Length: > 0 };

    /// <summary>Creates a problem for each empty list.</summary>
    internal static IEnumerable<Problem> EmptyLists(IEnumerable<string> lists) =>
        lists
            .Where(IsEmpty)
            .Select(list => new Problem(
                list,
                "the list is empty, or it is a pipe or a device",
                "write labels into it or remove it"
            ));
}
