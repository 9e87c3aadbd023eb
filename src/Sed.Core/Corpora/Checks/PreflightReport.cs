using System.Globalization;
using System.Text;

namespace Sed.Core.Corpora.Checks;

/// <summary>What a check of a corpus found, and the corpus as it can be used.</summary>
public sealed class PreflightReport
{
    /// <summary>The first line of the findings as CSV.</summary>
    public const string CsvHeader = "kind,split,name,detail,policy";

    // Longer names and labels, and what is no letter in them, would break the tables.
    private const int LongestShown = 60;

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

    /// <summary>Everything found, sorted by kind, then in the order of the label files.</summary>
    public IReadOnlyList<Finding> Findings { get; }

    /// <summary>How many audio files were decoded or known from an earlier check.</summary>
    public int AudioFiles { get; }

    /// <summary>The folder that was checked.</summary>
    public string Folder => listing.Folder;

    /// <summary>How many clips the label files name.</summary>
    public int LabelledClips => listing.Clips.Count;

    /// <summary>How many of them can be used.</summary>
    public int UsableClips =>
        LabelledClips
        - Findings.Where(f => FindingPolicy.LeavesOut(f.Kind)).Select(f => (f.Split, f.Name)).Distinct().Count();

    /// <summary>The corpus without the clips that are left out.</summary>
    /// <exception cref="CorpusException">No clip can be used.</exception>
    public Manifest ToManifest() => build();

    /// <summary>How many clips of a split the label files give a class.</summary>
    public int ClipsOf(Split split, string label) =>
        listing.Clips.Count(clip => clip.Split == split && clip.WeakLabels.Contains(label));

    /// <summary>The report as tables: findings with counts, policies and first names; clips per class and split.</summary>
    /// <param name="names">How many names are shown for each kind of finding. Default 3.</param>
    public string ToText(int names = 3)
    {
        StringBuilder text = new();
        text.Append(
            CultureInfo.InvariantCulture,
            $"{Folder}: {UsableClips} of {LabelledClips} labelled clips can be used ({AudioFiles} audio files looked at)\n\n"
        );
        TextTable findings = new("finding", "count", "what is done", "first");
        foreach (IGrouping<FindingKind, Finding> kind in Findings.GroupBy(finding => finding.Kind))
            findings.Add(
                kind.Key.ToString(),
                kind.Count().ToString(CultureInfo.InvariantCulture),
                FindingPolicy.Of(kind.Key),
                string.Join(", ", kind.Take(names).Select(finding => Shown(finding.Name)))
                    + (kind.Count() > names ? ", ..." : "")
            );
        text.Append(Findings.Count == 0 ? "Nothing found.\n" : findings.ToString()).Append('\n');
        text.Append(ClassTable());
        return text.ToString();
    }

    /// <summary>Writes every finding as CSV: kind, split, name, detail, policy.</summary>
    /// <param name="path">Where to write; an existing file is replaced.</param>
    public void WriteCsv(string path)
    {
        StringBuilder text = new(CsvHeader + "\n");
        foreach (Finding finding in Findings)
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
        Dictionary<(Split, string), int> counts = listing
            .Clips.SelectMany(clip => clip.WeakLabels.Select(label => (clip.Split, label)))
            .CountBy(entry => entry)
            .ToDictionary();
        string Of(Split split, string label) =>
            counts.GetValueOrDefault((split, label)).ToString(CultureInfo.InvariantCulture);
        TextTable table = new(["clips per class", .. splits.Select(split => split.ToString())]);
        foreach (var label in listing.Classes)
            table.Add([Shown(label), .. splits.Select(split => Of(split, label))]);
        table.Add(["most to fewest", .. splits.Select(split => Imbalance(split, counts))]);
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
        return line.Length <= LongestShown ? line : $"{line[..LongestShown]}...";
    }

    private static string Quoted(string text) =>
        text.IndexOfAny([',', '"', '\n', '\r']) < 0 ? text : $"\"{text.Replace("\"", "\"\"")}\"";
}
