using System.Globalization;
using Sed.Core.Audio;

namespace Sed.Core.Corpora;

/// <summary>
/// Finds the audio of clips in the layouts in which people have them: all in one folder or one per split, with or without
/// the leading "Y" that the organisers' scripts put before YouTube ids, in any format.
/// </summary>
internal sealed class AudioFinder
{
    private readonly Dictionary<string, List<string>> byStem = new(StringComparer.Ordinal);
    private readonly string root;

    /// <param name="root">The corpus's folder.</param>
    /// <param name="files">Every file below the corpus's folder.</param>
    internal AudioFinder(string root, IEnumerable<string> files)
    {
        this.root = root;
        foreach (var file in files.Where(AudioFile.HasAudioExtension).Order(StringComparer.Ordinal))
        {
            var stem = Path.GetFileNameWithoutExtension(file);
            if (!byStem.TryGetValue(stem, out List<string>? paths))
                byStem[stem] = paths = [];
            paths.Add(file);
            Count++;
        }
    }

    /// <summary>How many audio files there are.</summary>
    internal int Count { get; }

    /// <summary>Every audio file, in ordinal order of their names.</summary>
    internal IEnumerable<string> Files => byStem.Values.SelectMany(paths => paths).Order(StringComparer.Ordinal);

    /// <summary>Every file that could be the clip's, the one to be used first; empty where there is none.</summary>
    /// <param name="name">The clip's name in the label files.</param>
    /// <param name="split">Its split: a file in a folder of that name is preferred to others of the same name.</param>
    /// <param name="onlyClipOfItsSource">Whether a file named by the source's id alone can be meant.</param>
    internal IReadOnlyList<string> Find(string name, Split split, bool onlyClipOfItsSource)
    {
        foreach (var stem in Stems(name, onlyClipOfItsSource))
            if (byStem.TryGetValue(stem, out List<string>? paths))
                return paths.Count == 1
                    ? paths
                    :
                    [
                        .. paths
                            .OrderBy(path => path.EndsWith(name, StringComparison.Ordinal) ? 0 : 1)
                            .ThenBy(path => InFolderOf(path, split) ? 0 : 1),
                    ];
        return [];
    }

    private static IEnumerable<string> Stems(string name, bool onlyClipOfItsSource)
    {
        var stem = AudioFile.HasAudioExtension(name) ? Path.GetFileNameWithoutExtension(name) : name;
        yield return stem;
        yield return "Y" + stem;
        if (YouTubeName.Parse(stem) is not { } clip)
            yield break;
        // "id_30.000_40.000" is also met as "id_30_40", "id_30.000" and, where whole videos' cuts are kept, "id".
        var start = clip.StartSeconds.ToString(CultureInfo.InvariantCulture);
        var end = clip.EndSeconds.ToString(CultureInfo.InvariantCulture);
        foreach (var prefix in (string[])["", "Y"])
        {
            yield return $"{prefix}{clip.Id}_{start}_{end}";
            yield return $"{prefix}{clip.Id}_{clip.StartSeconds.ToString("F3", CultureInfo.InvariantCulture)}";
            yield return $"{prefix}{clip.Id}_{start}";
            if (onlyClipOfItsSource)
                yield return prefix + clip.Id;
        }
    }

    private bool InFolderOf(string path, Split split)
    {
        var word = split switch
        {
            Split.Training or Split.Validation => "train",
            Split.Testing => "test",
            _ => "eval",
        };
        // Only folders within the corpus count, so that its location does not matter.
        var folders = Path.GetDirectoryName(Path.GetRelativePath(root, path)) ?? "";
        return folders
            .Split(Path.DirectorySeparatorChar)
            .Any(folder => folder.Contains(word, StringComparison.OrdinalIgnoreCase));
    }
}
