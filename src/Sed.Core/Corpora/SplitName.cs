namespace Sed.Core.Corpora;

/// <summary>The split that is stated in whole words by the name of a list or of a folder that contains it.</summary>
/// <param name="Splits">The splits that the name states: none, one, or several (a contradiction).</param>
/// <param name="Words">The words of the name that state the splits.</param>
internal sealed record SplitName(IReadOnlyList<Split> Splits, IReadOnlyList<string> Words)
{
    // "dev" is the validation split of most corpora. In DCASE and FSD50K, it is the development set, which is used for
    // training.
    private static readonly string[] DevelopmentWords = ["dev", "devel", "development"];

    // Words for kinds of labels that are usually the labels of training clips. Any word for a split takes precedence.
    private static readonly string[] TrainingKinds =
    [
        "weak",
        "weakly",
        "unlabel",
        "unlabeled",
        "unlabelled",
        "unannotated",
        "synth",
        "synthetic",
    ];

    private static readonly (Split Split, string[] Words)[] SplitWords =
    [
        (Split.Training, ["train", "training", "trains"]),
        (Split.Validation, ["val", "valid", "validate", "validation", "validating"]),
        (Split.Testing, ["test", "tests", "testing"]),
        (Split.Evaluation, ["eval", "evals", "evaluate", "evaluation", "evaluating"]),
    ];

    // Words that occur next to the words above without a separator, as in "trainset" and "weaktrain".
    private static readonly string[] OtherWords =
    [
        .. TrainingKinds,
        .. DevelopmentWords,
        "public",
        "strong",
        "strongly",
        "label",
        "labels",
        "labeled",
        "labelled",
        "set",
        "sets",
        "split",
        "data",
        "dataset",
        "list",
        "lists",
        "meta",
        "metadata",
        "file",
        "files",
        "clip",
        "clips",
        "audio",
        "wav",
        "wavs",
        "fold",
        "gt",
        "groundtruth",
        "audioset",
        "dcase",
        "desed",
    ];

    /// <summary>Remedy for a name that states no split or several splits, as a message fragment.</summary>
    internal const string Remedy =
        "put one of the words train, valid, test or eval into its name or its folder's name, or state the splits in a column "
        + "\"split\" or in a list splits.tsv";

    /// <summary>
    /// Why a word such as "dev" or "weak" counts as this split, as a message fragment; empty if the name has a word that
    /// means only this split, or if it states no split or several splits.
    /// </summary>
    internal string Note =>
        Words is not [var word] ? ""
        : DevelopmentWords.Contains(word)
            ? Splits is [Split.Training] ? $"\"{word}\" counts as training, because no other list is for training"
                : $"\"{word}\" counts as validation, because another list is for training"
        : TrainingKinds.Contains(word) ? $"\"{word}\" counts as training, because no name states a different split"
        : "";

    /// <summary>Whether the name states several splits.</summary>
    internal bool IsContradiction => Splits.Count > 1;

    /// <summary>
    /// The split that the path of a list states. The name of the list takes precedence over the names of its folders,
    /// and inner folders take precedence over outer folders. Words for kinds of labels, such as "weak", count only if
    /// there is no word for a split.
    /// </summary>
    /// <param name="relativePath">Path within the corpus.</param>
    /// <param name="isDevelopmentTraining">Whether "dev" means the training split, and not the validation split.</param>
    internal static SplitName Of(string relativePath, bool isDevelopmentTraining)
    {
        string[] parts = [.. relativePath.Split('/', '\\').Reverse()];
        if (Path.HasExtension(parts[0]))
            parts[0] = Path.GetFileNameWithoutExtension(parts[0]);
        foreach (var part in parts)
        {
            var words = WordsOf(part);
            var known = SplitWords
                .SelectMany(entry => entry.Words.Intersect(words).Take(1).Select(word => (entry.Split, Word: word)))
                .ToArray();
            if (known.Length > 0)
                return new SplitName([.. known.Select(entry => entry.Split)], [.. known.Select(entry => entry.Word)]);
            if (words.Contains("public"))
                return new SplitName([Split.Evaluation], ["public"]);
            if (DevelopmentWords.Intersect(words).FirstOrDefault() is { } development)
                return new SplitName([isDevelopmentTraining ? Split.Training : Split.Validation], [development]);
        }
        var kind = parts.SelectMany(part => TrainingKinds.Intersect(WordsOf(part))).FirstOrDefault();
        return kind is null ? new SplitName([], []) : new SplitName([Split.Training], [kind]);
    }

    /// <summary>The split that the folders of a path state; null if they state no split or several splits.</summary>
    /// <param name="relativePath">Path of a file within the corpus.</param>
    internal static Split? OfFolders(string relativePath) =>
        Path.GetDirectoryName(relativePath) is { Length: > 0 } folders
        && Of(folders + Path.DirectorySeparatorChar, false) is { Splits: [var split], Words: [var word] }
        && !TrainingKinds.Contains(word)
            ? split
            : null;

    /// <summary>
    /// The words of a name in lower case: sequences of letters, divided where a capital follows a small letter and
    /// between known words.
    /// </summary>
    private static HashSet<string> WordsOf(string name)
    {
        HashSet<string> words = [];
        var start = 0;
        for (var end = 1; end <= name.Length; end++)
        {
            var isBorder =
                end == name.Length
                || char.IsLetter(name[end]) != char.IsLetter(name[end - 1])
                || (char.IsUpper(name[end]) && char.IsLower(name[end - 1]));
            if (!isBorder)
                continue;
            var word = name[start..end].ToLowerInvariant();
            words.Add(word);
            words.UnionWith(PartsOf(word) ?? []);
            start = end;
        }
        return words;
    }

    /// <summary>The known words that a word consists of; null if it does not consist of known words.</summary>
    private static List<string>? PartsOf(string word)
    {
        if (word.Length == 0)
            return [];
        foreach (var known in SplitWords.SelectMany(entry => entry.Words).Concat(OtherWords))
            if (word.StartsWith(known, StringComparison.Ordinal) && PartsOf(word[known.Length..]) is { } rest)
                return [known, .. rest];
        return null;
    }
}
