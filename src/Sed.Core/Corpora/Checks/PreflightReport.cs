using System.Globalization;
using System.Text;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora.Checks;

/// <summary>The findings of a corpus check, and the usable part of the corpus.</summary>
public sealed class PreflightReport
{
    /// <summary>The header of the findings as CSV.</summary>
    public const string CsvHeader = "kind,split,name,detail,action";

    // Longer names would break the tables.
    private const int MaxShown = 60;

    // Maximum number of classes in the table. If there are more, it contains the most frequent and the rarest ones.
    private const int MaxClasses = 60;

    private readonly CorpusListing listing;
    private readonly IReadOnlyList<LabelledClip> usable;
    private readonly Func<Manifest> build;

    internal PreflightReport(
        CorpusListing listing,
        IReadOnlyList<LabelledClip> usable,
        IReadOnlyList<Finding> findings,
        int audioFiles,
        Func<Manifest> build
    )
    {
        this.listing = listing;
        this.usable = usable;
        this.build = build;
        Findings = findings;
        AudioFiles = audioFiles;
    }

    /// <summary>All findings, ordered by kind, then as in the label files.</summary>
    public IReadOnlyList<Finding> Findings { get; }

    /// <summary>Number of audio files that were checked.</summary>
    public int AudioFiles { get; }

    /// <summary>The folder that was checked.</summary>
    public string Folder => listing.Folder;

    /// <summary>Title of the layout of the label files, for example "DCASE 2017 Task 4".</summary>
    public string Layout => listing.Layout;

    /// <summary>Number of clips in the label files.</summary>
    public int LabelledClips => listing.Clips.Count;

    /// <summary>Number of usable clips.</summary>
    public int UsableClips => usable.Count;

    /// <summary>The corpus without the clips that are left out.</summary>
    /// <exception cref="CorpusException">No clip is usable, or label files have invalid rows.</exception>
    public Manifest ToManifest() => build();

    /// <summary>Number of usable clips of a split that have the given label.</summary>
    public int ClipsOf(Split split, string label) =>
        usable.Count(clip => clip.Split == split && clip.WeakLabels.Contains(label));

    /// <summary>
    /// Formats the report as tables: the lists with their splits; the kinds of findings with their counts, their
    /// actions and the names of the first clips, files or classes concerned; the number of usable clips per class and
    /// split.
    /// </summary>
    /// <param name="names">Maximum number of names for each kind of finding. Default 3.</param>
    public string ToText(int names = 3)
    {
        StringBuilder text = new();
        text.Append(
            CultureInfo.InvariantCulture,
            $"{Folder}: {Layout}; {UsableClips} of {LabelledClips} labelled clips are usable ({AudioFiles} audio files checked)\n\n"
        );
        if (AudioFiles > 0)
            text.Append(CultureInfo.InvariantCulture, $"Read at {listing.SampleRate} Hz, {listing.Lengths}.\n\n");
        text.Append(ListTable(names)).Append('\n');
        TextTable findings = new("finding", "count", "action", "first");
        foreach (var kind in Findings.GroupBy(finding => finding.Kind))
            findings.Add(
                kind.Key.ToString(),
                kind.Count().ToString(CultureInfo.InvariantCulture),
                ActionOf(kind.Key),
                string.Join(", ", kind.Take(names).Select(finding => Shown(finding.Name)))
                    + (kind.Count() > names ? ", ..." : "")
            );
        text.Append(Findings.Count == 0 ? "No findings.\n" : findings.ToString()).Append('\n');
        text.Append(Details(names));
        text.Append(ClassTable());
        return text.ToString();
    }

    /// <summary>Writes all findings as CSV: kind, split, name, detail, action.</summary>
    /// <param name="path">The file to write; an existing file is replaced.</param>
    public void WriteCsv(string path)
    {
        StringBuilder text = new(CsvHeader + "\n");
        foreach (var finding in Findings)
            text.AppendJoin(
                    ',',
                    finding.Kind,
                    finding.Split?.ToString() ?? "",
                    CsvField.Of(finding.Name),
                    CsvField.Of(finding.Detail),
                    CsvField.Of(ActionOf(finding.Kind))
                )
                .Append('\n');
        AtomicFile.Write(path, text.ToString());
    }

    private string ActionOf(FindingKind kind) =>
        kind == FindingKind.Short && listing.MasksPadding ? "kept; padded and masked" : FindingPolicy.Of(kind);

    /// <summary>Formats the used lists with their splits, and the ignored lists with the reasons.</summary>
    private string ListTable(int names)
    {
        StringBuilder text = new();
        TextTable table = new("list", "split", "content", "format", "clips", "note");
        foreach (var use in listing.Lists.Where(use => !use.IsIgnored))
            table.Add(
                ShownEnd(use.File),
                use.Split?.ToString() ?? "",
                use.Content,
                use.Format,
                use is { Split: null, Clips: 0 } ? "" : use.Clips.ToString(CultureInfo.InvariantCulture),
                use.Note
            );
        text.Append(table);
        foreach (var reason in listing.Lists.Where(use => use.IsIgnored).GroupBy(use => use.Note))
        {
            var first = string.Join(", ", reason.Take(Math.Max(1, names)).Select(use => ShownEnd(use.File)));
            var all = reason.Count() > Math.Max(1, names) ? $", ... ({reason.Count()} lists)" : "";
            text.Append(CultureInfo.InvariantCulture, $"ignored: {first}{all}: {Line(reason.Key)}\n");
        }
        return text.ToString();
    }

    private string Details(int names)
    {
        StringBuilder text = new();
        foreach (var kind in Findings.Where(f => FindingPolicy.HasDetails(f.Kind)).GroupBy(f => f.Kind))
        {
            foreach (var finding in kind.Take(names))
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"{kind.Key}: {ShownEnd(finding.Name)}: {Line(finding.Detail)}\n"
                );
            if (kind.Count() > names && names > 0)
                text.Append(CultureInfo.InvariantCulture, $"{kind.Key}: ... and {kind.Count() - names} more\n");
        }
        return text.Length == 0 ? "" : text.Append('\n').ToString();
    }

    private string ClassTable()
    {
        Split[] splits = [.. listing.Clips.Select(clip => clip.Split).Distinct().Order()];
        var counts = usable
            .SelectMany(clip => clip.WeakLabels.Select(label => (clip.Split, label)))
            .CountBy(entry => entry)
            .ToDictionary();
        string Of(Split split, string label) =>
            counts.GetValueOrDefault((split, label)).ToString(CultureInfo.InvariantCulture);
        TextTable table = new(["clips per class", .. splits.Select(split => split.ToString())]);
        string[] sorted =
        [
            .. listing.Classes.OrderByDescending(label =>
                splits.Sum(split => counts.GetValueOrDefault((split, label)))
            ),
        ];
        if (sorted.Length <= MaxClasses)
            AddRows(listing.Classes);
        else
        {
            AddRows(sorted.Take(MaxClasses / 2));
            table.Add([$"... {sorted.Length - MaxClasses} more classes", .. splits.Select(_ => "")]);
            AddRows(sorted.TakeLast(MaxClasses / 2));
        }
        if (usable.Any(clip => !clip.IsTagged))
            table.Add([
                "unlabelled",
                .. splits.Select(split =>
                    usable.Count(clip => clip.Split == split && !clip.IsTagged).ToString(CultureInfo.InvariantCulture)
                ),
            ]);
        table.Add(["imbalance (largest / smallest)", .. splits.Select(split => Imbalance(split, counts))]);
        return table.ToString();

        void AddRows(IEnumerable<string> labels)
        {
            foreach (var label in labels)
                table.Add([Shown(label), .. splits.Select(split => Of(split, label))]);
        }
    }

    private string Imbalance(Split split, Dictionary<(Split, string), int> counts)
    {
        int[] all = [.. listing.Classes.Select(label => counts.GetValueOrDefault((split, label)))];
        return all.Length == 0 || all.Min() == 0
            ? "-"
            : string.Create(CultureInfo.InvariantCulture, $"{(double)all.Max() / all.Min():F1}");
    }

    private static string Line(string text) => OneLine.Of(text);

    private static string Shown(string name) =>
        Line(name) is var line && line.Length <= MaxShown ? line : $"{line[..MaxShown]}...";

    // The end of a path is its most informative part.
    private static string ShownEnd(string path) =>
        Line(path) is var line && line.Length <= MaxShown ? line : $"...{line[^MaxShown..]}";

    /// <summary>Rows of text in aligned columns. Columns of numbers are aligned to the right.</summary>
    private sealed class TextTable(params string[] header)
    {
        private readonly List<string[]> rows = [];

        internal void Add(params string[] row) => rows.Add(row);

        public override string ToString()
        {
            var columns = Enumerable.Range(0, header.Length).ToArray();
            int[] widths = [.. columns.Select(c => rows.Select(row => row[c].Length).Append(header[c].Length).Max())];
            bool[] numbers =
            [
                .. columns.Select(c =>
                    rows.Count > 0 && rows.All(row => row[c].All(x => char.IsAsciiDigit(x) || x is '.' or '-'))
                ),
            ];
            StringBuilder text = new();
            foreach (var row in rows.Prepend(header))
            {
                var cells = row.Select((cell, c) => numbers[c] ? cell.PadLeft(widths[c]) : cell.PadRight(widths[c]));
                text.Append(string.Join("  ", cells).TrimEnd()).Append('\n');
            }
            return text.ToString();
        }
    }
}
