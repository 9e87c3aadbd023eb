using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Corpora.Synthesis;

/// <summary>
/// Folders of recordings, one per class, divided among the splits. If all file names start with a fold, as in
/// "3-152007-A.ogg", recordings are divided by fold. Otherwise they are divided by source: the number at the start of
/// the name, as in "152007-A.ogg", or the whole name.
/// </summary>
internal sealed class RecordingFolders
{
    private static readonly string[] KnownBackgrounds = ["rain", "sea_waves", "fire_crackling", "wind"];
    private readonly Dictionary<(string Label, Split Split), string[]> recordings = [];

    private RecordingFolders(
        IReadOnlyList<string> classes,
        IReadOnlyList<string> backgrounds,
        IReadOnlyList<Split> parts
    )
    {
        Parts = parts;
        Classes = classes;
        Backgrounds = backgrounds;
    }

    /// <summary>The splits among which recordings are divided.</summary>
    internal IReadOnlyList<Split> Parts { get; }

    /// <summary>Names of the folders that are classes, in ordinal order.</summary>
    internal IReadOnlyList<string> Classes { get; }

    /// <summary>Names of the folders that contain backgrounds, in ordinal order.</summary>
    internal IReadOnlyList<string> Backgrounds { get; }

    /// <summary>
    /// Whether the backgrounds are the folders that are selected if <see cref="SoundscapeOptions.BackgroundFolders"/> is
    /// null.
    /// </summary>
    internal bool HaveUsualBackgrounds => !Classes.Any(LooksLikeBackground) && Backgrounds.All(LooksLikeBackground);

    /// <summary>Paths of a folder's recordings in one split, in ordinal order.</summary>
    internal string[] Recordings(string label, Split split) => recordings[(label, split)];

    /// <summary>Lists the recordings below a folder and divides them among the splits.</summary>
    /// <exception cref="CorpusException">There are no classes, or a class lacks recordings for a split.</exception>
    internal static RecordingFolders Open(string folder, SoundscapeOptions options)
    {
        CorpusFolder.FilesBelow(folder);
        var byLabel = Directory
            .GetDirectories(folder)
            .Select(path =>
                (Label: Path.GetFileName(path), Files: Directory.GetFiles(path).Where(AudioFile.HasAudioExtension))
            )
            .Where(entry => entry.Files.Any())
            .ToDictionary(entry => entry.Label, entry => entry.Files.Order(StringComparer.Ordinal).ToArray());
        if (byLabel.Count == 0)
            throw new CorpusException(
                folder,
                "none of its folders contains audio",
                "put the recordings into one folder per class, named by the label, as in dog_bark/1-100032-A.ogg"
            );
        List<Problem> problems = [];
        foreach (var name in options.BackgroundFolders ?? [])
            if (!byLabel.ContainsKey(name))
                problems.Add(
                    new Problem(folder, $"the background folder '{name}' does not exist or contains no audio")
                );
        Func<string, bool> isBackground = options.BackgroundFolders is { } named ? named.Contains : LooksLikeBackground;
        string[] labels = [.. byLabel.Keys.Order(StringComparer.Ordinal)];
        RecordingFolders result = new(
            [.. labels.Where(label => !isBackground(label))],
            [.. labels.Where(label => isBackground(label))],
            SoundscapeLayout.Of(options).Splits
        );
        foreach (var label in result.Classes)
            if (ListNames.ProblemOf(label) is { } cause)
                problems.Add(new Problem(folder, $"the folder name {cause}", "rename the folder"));
        if (result.Classes.Count == 0)
            problems.Add(
                new Problem(
                    folder,
                    $"there is no class, since all folders are backgrounds ({string.Join(", ", labels)})"
                )
            );
        result.Divide(byLabel, options.Seed);
        foreach (var label in result.Classes)
        foreach (var split in result.Parts)
            if (result.Recordings(label, split).Length == 0)
                problems.Add(
                    new Problem(
                        folder,
                        $"class '{label}' has no {CanonicalKey.Of(split)} recordings: none of its recordings "
                            + $"({byLabel[label].Length} in total) belongs to this split; a class needs at least {result.Parts.Count} folds or sources"
                    )
                );
        return problems.Count == 0 ? result : throw new CorpusException(problems);
    }

    private static bool LooksLikeBackground(string name) =>
        KnownBackgrounds.Contains(name, StringComparer.OrdinalIgnoreCase)
        || name.StartsWith("background", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("noise", StringComparison.OrdinalIgnoreCase);

    private void Divide(Dictionary<string, string[]> byLabel, long seed)
    {
        var folds = byLabel.Values.All(files => files.All(file => FoldOf(file) is not null));
        var splits = folds ? DivideFolds(byLabel) : DivideSources(byLabel, seed);
        foreach ((var label, var files) in byLabel)
        foreach (var split in Parts)
            recordings[(label, split)] =
            [
                .. files.Where(file => splits[folds ? FoldOf(file)! : SourceOf(file)] == split),
            ];
    }

    // The last fold is the evaluation split, the second last is the testing split, the third last is the validation split if
    // there is one, and all others are the training split.
    private Dictionary<string, Split> DivideFolds(Dictionary<string, string[]> byLabel)
    {
        string[] folds =
        [
            .. byLabel
                .Values.SelectMany(files => files.Select(file => FoldOf(file)!))
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
        var splits = folds.ToDictionary(fold => fold, _ => Split.Training);
        for (var last = 1; last < Parts.Count && last < folds.Length; last++)
            splits[folds[^last]] = Parts[^last];
        return splits;
    }

    // Class by class, each new source is assigned to the split that is furthest below its share of the class.
    private Dictionary<string, Split> DivideSources(Dictionary<string, string[]> byLabel, long seed)
    {
        const double others = 0.2;
        (Split Split, double Share)[] shares =
        [
            .. Parts.Select(split => (split, split == Split.Training ? 1 - (others * (Parts.Count - 1)) : others)),
        ];
        Dictionary<string, Split> splits = new(StringComparer.Ordinal);
        foreach (
            (var label, var files) in byLabel
                .OrderBy(entry => entry.Value.Length)
                .ThenBy(entry => entry.Key, StringComparer.Ordinal)
        )
        {
            string[] sources = [.. files.Select(SourceOf).Distinct(StringComparer.Ordinal)];
            RandomSource.For(seed, "sources", label).Shuffle(sources);
            foreach (var source in sources.Where(source => !splits.ContainsKey(source)))
            {
                var assigned = files.Count(file => splits.ContainsKey(SourceOf(file)));
                splits[source] = shares
                    .MaxBy(part =>
                        (part.Share * (assigned + 1))
                        - files.Count(file => splits.TryGetValue(SourceOf(file), out Split at) && at == part.Split)
                    )
                    .Split;
            }
        }
        return splits;
    }

    private static string? FoldOf(string file)
    {
        var parts = Path.GetFileNameWithoutExtension(file).Split('-');
        return parts.Length >= 2 && parts[0].Length is 1 or 2 && int.TryParse(parts[0], out var fold) && fold > 0
            ? parts[0].PadLeft(2, '0')
            : null;
    }

    private static string SourceOf(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        var end = name.IndexOfAny(['-', '_']);
        return end > 0 && name[..end].All(char.IsAsciiDigit) ? name[..end] : name;
    }
}
