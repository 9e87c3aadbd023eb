using System.Globalization;
using Sed.Core.Annotations;
using Sed.Core.Audio;

namespace Sed.Core.Corpora;

/// <summary>
/// Finds the audio files of clips: in one folder or in one folder per split, in any audio format, with or without the
/// leading "Y" that the download scripts of DCASE 2017 write before YouTube ids.
/// </summary>
internal sealed class AudioFinder
{
    private readonly Dictionary<string, List<string>> byStem = new(StringComparer.Ordinal);
    private readonly CorpusFolder folder;
    private Dictionary<string, string>? similar;

    internal AudioFinder(CorpusFolder folder)
    {
        this.folder = folder;
        foreach (var file in folder.Files.Where(AudioFile.HasAudioExtension).Order(StringComparer.Ordinal))
        {
            var stem = Path.GetFileNameWithoutExtension(file);
            if (!byStem.TryGetValue(stem, out var paths))
                byStem[stem] = paths = [];
            paths.Add(file);
            Count++;
        }
    }

    /// <summary>Number of audio files.</summary>
    internal int Count { get; }

    /// <summary>The audio files in ordinal order of their paths.</summary>
    internal IEnumerable<string> Files => byStem.Values.SelectMany(paths => paths).Order(StringComparer.Ordinal);

    /// <inheritdoc cref="CorpusFolder.HasAtTop"/>
    internal bool HasAtTop(string recording) => folder.HasAtTop(recording);

    /// <summary>
    /// Finds the audio files that match a clip, best match first. Returns an empty list if no file matches. If a file
    /// has exactly the path that the clip's name states, only this file is returned. Otherwise, files in the folder
    /// that the name states come first. Files in other folders match too, because lists can name folders that the
    /// corpus does not have.
    /// </summary>
    /// <param name="name">Name of the clip in the label files.</param>
    /// <param name="split">
    /// Split of the clip. Among files with the same name, a file in a folder named after the split is preferred.
    /// </param>
    /// <param name="onlyClipOfItsSource">
    /// Whether the clip is the only clip of its video. If so, a file whose name is only the YouTube id matches too.
    /// </param>
    internal IReadOnlyList<string> Find(string name, Split split, bool onlyClipOfItsSource)
    {
        foreach (var stem in Stems(name, onlyClipOfItsSource))
            if (byStem.TryGetValue(stem, out var paths))
                return paths.Count == 1 ? paths
                    : paths.Where(path => Match(path, name) == PathMatch.Exact).ToArray() is { Length: > 0 } exact
                        ? exact
                    : [.. paths.OrderBy(path => Match(path, name)).ThenBy(path => Distance(path, split))];
        return [];
    }

    /// <summary>Whether a file is in the folder that the name of a clip states.</summary>
    /// <param name="path">One of the files that <see cref="Find"/> returns for the clip.</param>
    /// <param name="name">Name of the clip in the label files.</param>
    internal bool IsInFolderOf(string path, string name) => Match(path, name) < PathMatch.OtherFolder;

    /// <summary>How the path of a candidate matches the name of a clip, best first.</summary>
    private enum PathMatch
    {
        /// <summary>The path within the corpus equals the name.</summary>
        Exact,

        /// <summary>The path ends with the name.</summary>
        End,

        /// <summary>The path and the name have the same folder, but different forms of the file name.</summary>
        Folder,

        /// <summary>
        /// The folder of the path ends with the folder of the name; the file name has a different form.
        /// </summary>
        EndOfFolder,

        /// <summary>
        /// The folder of the name ends with the folder of the path, as in lists with the full paths of another machine.
        /// </summary>
        Part,

        /// <summary>Only the file names match.</summary>
        OtherFolder,
    }

    private PathMatch Match(string path, string name)
    {
        var whole = folder.Relative(path).Replace('\\', '/');
        var known = AudioFile.HasAudioExtension(name) ? whole : AudioNames.StemOf(whole);
        if (known == name)
            return PathMatch.Exact;
        if (known.EndsWith($"/{name}", StringComparison.Ordinal))
            return PathMatch.End;
        var (ofPath, ofName) = ($"/{FolderOf(whole)}", FolderOf(name));
        return ofPath == $"/{ofName}" ? PathMatch.Folder
            : ofPath.EndsWith($"/{ofName}", StringComparison.Ordinal) ? PathMatch.EndOfFolder
            : $"/{ofName}".EndsWith(ofPath, StringComparison.Ordinal) ? PathMatch.Part
            : PathMatch.OtherFolder;

        static string FolderOf(string path) => path[..(path.LastIndexOf('/') + 1)];
    }

    /// <summary>
    /// Finds an audio file whose name differs only slightly from the name of a clip, and describes the difference as a
    /// message fragment; null if there is no such file.
    /// </summary>
    /// <param name="name">Name of a clip without audio.</param>
    internal string? Similar(string name)
    {
        similar ??= Files
            .GroupBy(file => SimilarNames.KeyOf(StemOf(file)))
            .ToDictionary(group => group.Key, group => group.First());
        List<string> differences = [];
        var last = name[(name.LastIndexOf('\\') + 1)..];
        if (last.Length < name.Length)
            differences.Add("\\ instead of /");
        var stem = StemOf(last);
        var withoutPrefix = stem is ['Y' or 'y', _, ..] ? stem[1..] : "";
        foreach (var (known, hasOtherPrefix) in new[] { (stem, false), (withoutPrefix, true), ($"Y{stem}", true) })
        {
            var file =
                known == "" ? null
                : Find(known, Split.Training, true) is [var found, ..] ? found
                : similar.GetValueOrDefault(SimilarNames.KeyOf(known));
            if (file is null)
                continue;
            if (hasOtherPrefix)
                differences.Add("a leading Y");
            if (SimilarNames.AreSimilar(StemOf(file), known))
                differences.Add(SimilarNames.Difference(StemOf(file), known));
            return $"{folder.Relative(file)} differs by {string.Join(" and ", differences)}";
        }
        return null;
    }

    private static string StemOf(string name)
    {
        var file = Path.GetFileName(name);
        return AudioFile.HasAudioExtension(file) ? Path.GetFileNameWithoutExtension(file) : file;
    }

    private static IEnumerable<string> Stems(string name, bool onlyClipOfItsSource)
    {
        var stem = StemOf(name);
        yield return stem;
        yield return "Y" + stem;
        if (YouTubeName.Parse(stem) is not { } clip)
            yield break;
        // "id_30.000_40.000" is also stored as "id_30_40", "id_30.000" and, for the only clip of a video, "id". The lists of
        // AudioSet-Strong call it "id_30000".
        var start = clip.StartSeconds.ToString(CultureInfo.InvariantCulture);
        var end = clip.EndSeconds.ToString(CultureInfo.InvariantCulture);
        var (exactStart, exactEnd) = (
            clip.StartSeconds.ToString("F3", CultureInfo.InvariantCulture),
            clip.EndSeconds.ToString("F3", CultureInfo.InvariantCulture)
        );
        foreach (var prefix in (string[])["", "Y"])
        {
            yield return $"{prefix}{clip.Id}_{exactStart}_{exactEnd}";
            yield return $"{prefix}{clip.Id}_{start}_{end}";
            yield return $"{prefix}{clip.Id}_{exactStart}";
            yield return $"{prefix}{clip.Id}_{start}";
            if (onlyClipOfItsSource)
                yield return prefix + clip.Id;
        }
    }

    // Only folders within the corpus are considered, so the location of the corpus does not matter. Held-out clips can
    // be in the training folder, and DESED's test clips are in the folder "validation".
    private int Distance(string path, Split split) =>
        (SplitName.OfFolders(folder.Relative(path)), split) switch
        {
            ({ } stated, _) when stated == split => 0,
            (Split.Training, Split.Validation) or (Split.Validation, Split.Testing) => 1,
            _ => 2,
        };
}
