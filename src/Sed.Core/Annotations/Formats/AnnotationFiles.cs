using System.Text.RegularExpressions;
using Sed.Core.Audio;
using Sed.Core.Runtime;

namespace Sed.Core.Annotations.Formats;

/// <summary>An annotation file for a single recording. Its file name identifies the recording.</summary>
/// <param name="Path">Path of the file.</param>
/// <param name="Recording">
/// Path of the recording relative to the folder that is read, with "/" as the separator; without extension if the
/// folder contains no audio.
/// </param>
/// <param name="Suffix">
/// The part of the file name after the name of the recording, for example ".Table.1.selections.txt".
/// </param>
internal sealed record AnnotationFile(string Path, string Recording, string Suffix)
{
    /// <summary>Whether the folder contains the audio of the recording.</summary>
    public bool HasAudio { get; init; }
}

/// <summary>
/// Finds and reads the annotation files of a folder with one annotation file per recording. The annotation files can be
/// next to the audio, in different folders, or without audio.
/// </summary>
internal static partial class AnnotationFiles
{
    private static readonly HashSet<string> Extensions =
    [
        .. EventListFile.Formats.SelectMany(format => format.Extensions),
    ];

    /// <summary>
    /// Selects the annotation files from a list of files. If the folder contains audio, the name of an annotation file
    /// must begin with the name of a recording. The recording is in the same folder as the annotation file, or its name
    /// is unique among all folders. If no format recognises any of the files with a certain suffix, all files with this
    /// suffix are left out. Pipes are left out too.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="files">All files in the folder and its subfolders.</param>
    /// <param name="columns">Maps column names in the files to known names; null for none.</param>
    public static IReadOnlyList<AnnotationFile> Find(
        string folder,
        IReadOnlyList<string> files,
        IReadOnlyDictionary<string, string>? columns = null
    )
    {
        Dictionary<string, string?> audio = new(StringComparer.Ordinal);
        foreach (var file in files.Where(AudioFile.HasAudioExtension))
        {
            audio[System.IO.Path.ChangeExtension(file, null)] = file;
            audio[file] = file;
            // A name that several recordings share does not identify a recording.
            var name = System.IO.Path.GetFileNameWithoutExtension(file);
            audio[name] = audio.ContainsKey(name) ? null : file;
        }
        AnnotationFile[] candidates =
        [
            .. files
                .Where(file => Extensions.Contains(System.IO.Path.GetExtension(file).ToLowerInvariant()))
                // Reading a pipe could block.
                .Where(file => !FileIdentity.IsDevice(file))
                .Select(file => audio.Count > 0 ? OfAudio(folder, file, audio) : Named(folder, file))
                .OfType<AnnotationFile>(),
        ];
        var known = candidates
            .GroupBy(file => KindOf(file.Suffix))
            .Where(group => group.Any(file => IsRecognised(file.Path, columns)))
            .Select(group => group.Key)
            .ToHashSet(StringComparer.Ordinal);
        return [.. candidates.Where(file => known.Contains(KindOf(file.Suffix)))];
    }

    /// <summary>Reads a folder with an annotation file for each recording.</summary>
    /// <exception cref="AnnotationException">
    /// The folder has no annotation files, or files are invalid. The exception lists all problems.
    /// </exception>
    public static EventList Read(string folder, double? minimumConfidence)
    {
        var files = Find(folder, FolderTree.Files(folder));
        if (files.Count == 0)
            throw new AnnotationException(
                folder,
                0,
                "this is a folder without annotation files",
                "give a list, or a folder with one annotation file per recording"
            );
        AnnotationOptions options = new() { MinimumConfidence = minimumConfidence, IsOfRecording = true };
        List<EventList> lists = [];
        List<Problem> problems = [];
        var count = 0;
        foreach (var file in files)
            try
            {
                lists.Add(
                    OfRecording(
                        file,
                        EventListFile.Parse(ListText.Read(file.Path), file.Path, EventListFile.Formats, options)
                    )
                );
            }
            catch (AnnotationException invalid)
            {
                problems.AddRange(invalid.Problems);
                count += invalid.Count;
            }
        foreach (var name in lists.SelectMany(list => list.Files).CountBy(name => name).Where(entry => entry.Value > 1))
        {
            problems.Add(SeveralFiles(folder, name.Key, lists.Where(list => list.IndexOf(name.Key) >= 0)));
            count++;
        }
        return count == 0
            ? EventList.Joined(folder, lists)
            : throw new AnnotationException([.. problems.Take(AnnotationException.MaxListed)], count);
    }

    /// <summary>
    /// Names the recording of a single-recording list after its annotation file. A list without rows becomes a
    /// recording without events. All other lists are returned unchanged.
    /// </summary>
    public static EventList OfRecording(AnnotationFile file, EventList list) =>
        list.Files.Length == 0 ? EventList.Of([(file.Recording, [])], file.Path)
        : list.Files is [var only] && (only == "" || IsName(only, file.Recording)) ? list.Renamed([file.Recording])
        : list;

    /// <summary>Creates the problem of a recording that has several annotation files.</summary>
    public static Problem SeveralFiles(string folder, string recording, IEnumerable<EventList> lists) =>
        new(
            folder,
            $"the recording \"{recording}\" has several annotation files: {string.Join(", ", lists.Select(list => System.IO.Path.GetFileName(list.Source)))}",
            "keep one of them"
        );

    private static bool IsName(string name, string recording) =>
        new FileNames([System.IO.Path.GetFileName(recording)]).IndexOf(System.IO.Path.GetFileName(name)) == 0;

    private static AnnotationFile? OfAudio(string folder, string file, Dictionary<string, string?> audio)
    {
        var name = file.LastIndexOfAny(['/', '\\']) + 1;
        foreach (var start in (int[])[0, name])
            for (var end = file.LastIndexOf('.'); end > name; end = file.LastIndexOf('.', end - 1))
                if (audio.TryGetValue(file[start..end], out var recording) && recording is not null)
                    return new AnnotationFile(file, Relative(folder, recording), file[end..]) { HasAudio = true };
        return null;
    }

    private static AnnotationFile Named(string folder, string file)
    {
        var relative = Relative(folder, file);
        var suffix = Suffix().Match(relative).Value;
        return new AnnotationFile(file, relative[..^suffix.Length], suffix);
    }

    private static string Relative(string folder, string file) =>
        System.IO.Path.GetRelativePath(folder, file).Replace('\\', '/');

    private static bool IsRecognised(string file, IReadOnlyDictionary<string, string>? columns)
    {
        try
        {
            return EventListFile.FormatOf(file, columns) is not null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Removes the number of a Raven table from a suffix and converts the suffix to lower case.</summary>
    private static string KindOf(string suffix) => TableNumber().Replace(suffix.ToLowerInvariant(), ".table");

    [GeneratedRegex(@"\.table\.\d+")]
    private static partial Regex TableNumber();

    // The suffixes of Raven and BirdNET, and any extension.
    [GeneratedRegex(
        @"(\.Table\.\d+)?\.selections?\.txt$|\.BirdNET\.(results\.\w+|selection\.table\.txt)$|\.[^./]+$",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Suffix();
}
