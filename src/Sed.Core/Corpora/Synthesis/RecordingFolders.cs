using Sed.Core.Audio;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora.Synthesis;

/// <summary>
/// Folders of recordings, divided among the splits: by fold where file names start with one ("3-152007-A.ogg"), else by
/// source ("152007-A.ogg", or the whole name).
/// </summary>
internal sealed class RecordingFolders
{
    private static readonly string[] KnownBackgrounds = ["rain", "sea_waves", "fire_crackling", "wind"];
    private readonly Dictionary<(string Label, Split Split), string[]> recordings = [];

    private RecordingFolders(IReadOnlyList<string> classes, IReadOnlyList<string> backgrounds)
    {
        Classes = classes;
        Backgrounds = backgrounds;
    }

    /// <summary>The splits that recordings are divided among.</summary>
    internal static IReadOnlyList<Split> Parts { get; } = [Split.Training, Split.Testing, Split.Evaluation];

    internal IReadOnlyList<string> Classes { get; }

    internal IReadOnlyList<string> Backgrounds { get; }

    internal string[] Recordings(string label, Split split) => recordings[(label, split)];

    /// <exception cref="CorpusException">There is nothing to mix, and why.</exception>
    internal static RecordingFolders Open(string folder, SoundscapeOptions options)
    {
        CorpusFolder.FilesBelow(folder);
        Dictionary<string, string[]> byLabel = Directory
            .GetDirectories(folder)
            .Select(path =>
                (Label: Path.GetFileName(path), Files: Directory.GetFiles(path).Where(AudioFile.HasAudioExtension))
            )
            .Where(entry => entry.Files.Any())
            .ToDictionary(entry => entry.Label, entry => entry.Files.Order(StringComparer.Ordinal).ToArray());
        if (byLabel.Count == 0)
            throw new CorpusException(
                $"{folder}: it has no folder with audio in it. The recordings belong into one folder per class, which gives "
                    + "them their label, for example dog_bark/1-100032-A.ogg."
            );
        List<string> problems = [];
        foreach (var name in options.BackgroundFolders ?? [])
            if (!byLabel.ContainsKey(name))
                problems.Add($"{folder}: the background folder '{name}' is not there, or has no audio in it.");
        Func<string, bool> isBackground = options.BackgroundFolders is { } named ? named.Contains : LooksLikeBackground;
        string[] labels = [.. byLabel.Keys.Order(StringComparer.Ordinal)];
        RecordingFolders result = new(
            [.. labels.Where(label => !isBackground(label))],
            [.. labels.Where(label => isBackground(label))]
        );
        if (result.Classes.Count == 0)
            problems.Add(
                $"{folder}: every folder in it is a background ({string.Join(", ", labels)}); none is a class."
            );
        result.Divide(byLabel, options.Seed);
        foreach (var label in labels)
        foreach (Split split in Parts)
            if (result.Recordings(label, split).Length == 0 && !isBackground(label))
                problems.Add(
                    $"{folder}: class '{label}' has no recording for {split}; its {byLabel[label].Length} recordings come "
                        + $"from too few folds or sources to be divided in {Parts.Count}."
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
        Dictionary<string, Split> side = folds ? DivideFolds(byLabel) : DivideSources(byLabel, seed);
        foreach ((var label, var files) in byLabel)
        foreach (Split split in Parts)
            recordings[(label, split)] =
            [
                .. files.Where(file => side[folds ? FoldOf(file)! : SourceOf(file)] == split),
            ];
    }

    // The last fold is for evaluation, the one before it for testing, all others for training.
    private static Dictionary<string, Split> DivideFolds(Dictionary<string, string[]> byLabel)
    {
        string[] folds =
        [
            .. byLabel
                .Values.SelectMany(files => files.Select(file => FoldOf(file)!))
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
        Dictionary<string, Split> side = folds.ToDictionary(fold => fold, _ => Split.Training);
        if (folds.Length > 1)
            side[folds[^1]] = Split.Evaluation;
        if (folds.Length > 2)
            side[folds[^2]] = Split.Testing;
        return side;
    }

    // Class by class, each source goes where the class lacks most of its share; a source met before stays where it is.
    private static Dictionary<string, Split> DivideSources(Dictionary<string, string[]> byLabel, long seed)
    {
        (Split Split, double Share)[] shares = [(Split.Training, 0.6), (Split.Testing, 0.2), (Split.Evaluation, 0.2)];
        Dictionary<string, Split> side = new(StringComparer.Ordinal);
        foreach (
            (var label, var files) in byLabel
                .OrderBy(entry => entry.Value.Length)
                .ThenBy(entry => entry.Key, StringComparer.Ordinal)
        )
        {
            string[] sources = [.. files.Select(SourceOf).Distinct(StringComparer.Ordinal)];
            RandomSource.For(seed, "sources", label).Shuffle(sources);
            foreach (var source in sources.Where(source => !side.ContainsKey(source)))
            {
                var placed = files.Count(file => side.ContainsKey(SourceOf(file)));
                side[source] = shares
                    .MaxBy(part =>
                        (part.Share * (placed + 1))
                        - files.Count(file => side.TryGetValue(SourceOf(file), out Split at) && at == part.Split)
                    )
                    .Split;
            }
        }
        return side;
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
