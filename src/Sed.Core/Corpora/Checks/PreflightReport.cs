using System.Globalization;
using System.Text;

namespace Sed.Core.Corpora.Checks;

/// <summary>The findings of the check of a corpus, and the usable part of the corpus.</summary>
public sealed class PreflightReport
{
    /// <summary>The header of the findings as CSV.</summary>
    public const string CsvHeader = "kind,split,name,detail,action";

    // Longer names, and control characters in them, would break the tables.
    private const int MaxShown = 60;

    private readonly CorpusListing listing;
    private readonly Func<Manifest> build;

    internal PreflightReport(
        CorpusListing listing,
        IReadOnlyList<Finding> findings,
        int audioFiles,
        Func<Manifest> build
    )
    {
        this.listing = listing;
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
    public int UsableClips =>
        LabelledClips
        - Findings.Where(f => FindingPolicy.LeavesOut(f.Kind)).Select(f => (f.Split, f.Name)).Distinct().Count();

    /// <summary>The corpus without the clips that are left out.</summary>
    /// <exception cref="CorpusException">No clip is usable.</exception>
    public Manifest ToManifest() => build();

    /// <summary>Number of clips of a split that the label files assign to a class.</summary>
    public int ClipsOf(Split split, string label) =>
        listing.Clips.Count(clip => clip.Split == split && clip.WeakLabels.Contains(label));

    /// <summary>The report as tables: findings with counts, actions and first names; clips per class and split.</summary>
    /// <param name="names">Number of names for each kind of finding. Default 3.</param>
    public string ToText(int names = 3)
    {
        StringBuilder text = new();
        text.Append(
            CultureInfo.InvariantCulture,
            $"{Folder}: {Layout}; {UsableClips} of {LabelledClips} labelled clips are usable ({AudioFiles} audio files checked)\n\n"
        );
        TextTable findings = new("finding", "count", "action", "first");
        foreach (var kind in Findings.GroupBy(finding => finding.Kind))
            findings.Add(
                kind.Key.ToString(),
                kind.Count().ToString(CultureInfo.InvariantCulture),
                FindingPolicy.Of(kind.Key),
                string.Join(", ", kind.Take(names).Select(finding => Shown(finding.Name)))
                    + (kind.Count() > names ? ", ..." : "")
            );
        text.Append(Findings.Count == 0 ? "No findings.\n" : findings.ToString()).Append('\n');
        text.Append(ClassTable());
        return text.ToString();
    }

    /// <summary>Writes all findings as CSV: kind, split, name, detail, action.</summary>
    /// <param name="path">The file to write; an existing one is replaced.</param>
    public void WriteCsv(string path)
    {
        StringBuilder text = new(CsvHeader + "\n");
        foreach (var finding in Findings)
            text.AppendJoin(
                    ',',
                    finding.Kind,
                    finding.Split?.ToString() ?? "",
                    Quoted(finding.Name),
                    Quoted(finding.Detail),
                    Quoted(FindingPolicy.Of(finding.Kind))
                )
                .Append('\n');
        File.WriteAllText(path, text.ToString());
    }

    private string ClassTable()
    {
        Split[] splits = [.. listing.Clips.Select(clip => clip.Split).Distinct().Order()];
        var counts = listing
            .Clips.SelectMany(clip => clip.WeakLabels.Select(label => (clip.Split, label)))
            .CountBy(entry => entry)
            .ToDictionary();
        string Of(Split split, string label) =>
            counts.GetValueOrDefault((split, label)).ToString(CultureInfo.InvariantCulture);
        TextTable table = new(["clips per class", .. splits.Select(split => split.ToString())]);
        foreach (var label in listing.Classes)
            table.Add([Shown(label), .. splits.Select(split => Of(split, label))]);
        table.Add(["imbalance (largest / smallest)", .. splits.Select(split => Imbalance(split, counts))]);
        return table.ToString();
    }

    private string Imbalance(Split split, Dictionary<(Split, string), int> counts)
    {
        int[] all = [.. listing.Classes.Select(label => counts.GetValueOrDefault((split, label)))];
        return all.Length == 0 || all.Min() == 0
            ? "-"
            : string.Create(CultureInfo.InvariantCulture, $"{(double)all.Max() / all.Min():F1}");
    }

    private static string Shown(string name)
    {
        var line = string.Concat(name.Select(letter => char.IsControl(letter) ? '?' : letter));
        return line.Length <= MaxShown ? line : $"{line[..MaxShown]}...";
    }

    private static string Quoted(string text) =>
        text.IndexOfAny([',', '"', '\n', '\r']) < 0 ? text : $"\"{text.Replace("\"", "\"\"")}\"";

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
