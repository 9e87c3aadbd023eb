using System.Text;
using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora.Layouts;

/// <summary>
/// The splits of recordings, from a list splits.tsv or splits.csv with the columns filename and split, or from the names of
/// their folders. If neither states a split, all recordings are training clips.
/// </summary>
internal sealed class RecordingSplits
{
    private readonly Dictionary<string, (Split Split, int Line)> stated = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Split> splitOf = new(StringComparer.Ordinal); // of the matched recordings
    private readonly List<(int Line, string Recording, string Split)> rows = [];
    private readonly CorpusFolder folder;
    private readonly FileNames? names;
    private readonly string[] listed = [];
    private readonly string source = "";
    private readonly bool anyFolder;
    private readonly bool isDevelopmentTraining;

    private RecordingSplits(CorpusFolder folder, string? list, LabelFiles files)
    {
        this.folder = folder;
        var folders = folder
            .Files.Where(AudioFile.HasAudioExtension)
            .Select(file => FolderOf(folder.Relative(file).Replace('\\', '/')))
            .Distinct()
            .ToArray();
        // If no other folder states the training split, "dev" is a development set, which is used for training.
        isDevelopmentTraining = !folders.Any(name => SplitName.Of(name, false).Splits is [Split.Training]);
        anyFolder = folders.Any(name => OfFolder(name) is not null);
        if (list is null)
            return;
        source = list;

        try
        {
            Read(ListText.Read(list));
        }
        catch (AnnotationException invalid)
        {
            files.AddRange(invalid.Problems);
        }
        listed = [.. stated.Keys];
        Uses = [new ListUse(folder.Relative(list), null, "splits", listed.Length, "")];
        names = new FileNames(listed);
    }

    /// <summary>The splits of the recordings of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="files">Receives the problems of the list.</param>
    internal static RecordingSplits Of(CorpusFolder folder, LabelFiles files) =>
        new(folder, folder.FirstNamed("splits.tsv") ?? folder.FirstNamed("splits.csv"), files);

    /// <summary>Path of the list of splits; null if there is none.</summary>
    internal string? List => names is null ? null : source;

    /// <summary>How the list of splits is used, as one item; empty if there is no such list.</summary>
    internal IReadOnlyList<ListUse> Uses { get; } = [];

    /// <summary>Why all recordings are training clips, if no split is stated; empty otherwise.</summary>
    internal string Note => names is null && !anyFolder ? "neither a folder nor splits.tsv states a split" : "";

    /// <summary>
    /// Finds the recordings of the corpus in the list of splits. A row without a folder states the split of the
    /// recording with this name or, if there is none, of the only recording with this file name. Several recordings
    /// with this file name are a problem. If the name of a recording has no folder and there is no audio file at that
    /// path, it can be a second name of a recording in a folder; the row then states the split for both names.
    /// </summary>
    /// <param name="recordings">All recordings: paths within the corpus, with "/", or names in lists of labels.</param>
    /// <param name="files">Receives the problems.</param>
    /// <param name="used">
    /// The recordings that get their splits from this list. A name that matches several recordings is a problem only if
    /// one of them gets its split from this list. Null: all recordings do.
    /// </param>
    internal void Match(IEnumerable<string> recordings, LabelFiles files, IReadOnlySet<string>? used = null)
    {
        if (names is null)
            return;
        foreach (var (recording, index) in names.Match(recordings, AddSeveral, folder.HasAtTop))
            splitOf[recording] = stated[listed[index]].Split;

        void AddSeveral(int index, string[] matching)
        {
            if (used is not null && !matching.Any(used.Contains))
                return;
            files.Add(
                ProblemList.At(
                    source,
                    stated[listed[index]].Line,
                    $"the recording \"{listed[index]}\" matches two recordings, \"{matching[0]}\" and \"{matching[1]}\"",
                    "write the names in the list with their folders"
                )
            );
            foreach (var recording in matching)
                splitOf[recording] = stated[listed[index]].Split;
        }
    }

    /// <summary>
    /// The split of a recording. A recording without a stated split is a training clip. This is a problem if there is a
    /// list of splits, or if other folders state a split.
    /// </summary>
    /// <param name="recording">One of the recordings of <see cref="Match"/>.</param>
    /// <param name="files">Receives the problem.</param>
    internal Split Of(string recording, LabelFiles files)
    {
        if (names is not null)
        {
            if (Stated(recording) is { } known)
                return known;
            files.Add(new Problem(source, $"the list has no split for the recording \"{recording}\"", "add a row"));
            return Split.Training;
        }
        if (OfFolder(FolderOf(recording)) is { } split)
            return split;
        if (anyFolder)
            files.Add(
                new Problem(
                    recording,
                    "the folder of the recording does not state a split, but other folders do",
                    "move the recording into a folder whose name has one of the words train, valid, test or eval"
                )
            );
        return Split.Training;
    }

    /// <summary>The split that the list states; null if there is no list, or if it does not contain the recording.</summary>
    /// <param name="recording">One of the recordings of <see cref="Match"/>.</param>
    internal Split? Stated(string recording) => splitOf.TryGetValue(recording, out var split) ? split : null;

    private static string FolderOf(string recording) => recording[..(recording.LastIndexOf('/') + 1)];

    private Split? OfFolder(string folder) =>
        SplitName.Of(folder, isDevelopmentTraining).Splits is [var split] ? split : null;

    private void Read(ReadOnlySpan<byte> text)
    {
        ListText.RequireText(text, source);
        RowProblems problems = new(source);
        var fields = ListRows.Open(text, IsHeader);
        ListColumns? columns = null;
        var (file, split) = (-1, -1);
        while (fields.Next())
        {
            if (columns is null)
            {
                columns = ListColumns.Of(fields);
                (file, split) = (columns[ColumnRole.File], fields.IndexOf(FileColumn.Split));
                if (file >= 0 && split >= 0)
                    continue;
                problems.Add(fields, "the header does not have the columns filename and split");
                break;
            }
            if (fields.Count <= Math.Max(file, split))
                problems.Add(fields, $"the row has {fields.Count} fields, but needs a file name and a split");
            else
                rows.Add(
                    (
                        fields.Line,
                        Encoding.UTF8.GetString(columns.RecordingIn(fields[file])),
                        Encoding.UTF8.GetString(fields[split])
                    )
                );
        }
        Assign(problems);
        problems.ThrowIfAny();
    }

    /// <summary>
    /// Converts the values in the rows to splits. Adds a problem for each value that states no split, and for each
    /// repeated recording.
    /// </summary>
    private void Assign(RowProblems problems)
    {
        SplitValues values = new(rows.Select(row => row.Split));
        foreach (var (line, recording, split) in rows)
            if (values.Of(split) is not { } known)
                problems.Add(line, SplitValues.Unknown(split), SplitValues.Remedy);
            else if (!stated.TryAdd(recording.Replace('\\', '/'), (known, line)))
                problems.Add(
                    line,
                    $"the recording \"{ListText.Shown(Encoding.UTF8.GetBytes(recording))}\" is given twice"
                );
    }

    private static bool IsHeader(in ListRows row) => row.IndexOf(FileColumn.Split) >= 0;
}
