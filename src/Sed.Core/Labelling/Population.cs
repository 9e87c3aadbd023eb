using System.Globalization;
using System.Text;
using Sed.Core.Annotations;
using Sed.Core.Runtime;

namespace Sed.Core.Labelling;

/// <summary>
/// The recordings whose stretches can be drawn at random, each with the first round in which its stretches could be
/// drawn. The list is stored in the tab-separated file population.tsv with the header "filename round". Immutable.
/// </summary>
internal sealed class Population
{
    private const string FileName = "population.tsv";
    private static readonly string[] columns = ["filename", "round"];

    private readonly Dictionary<string, int> rounds;

    private Population(string source, Dictionary<string, int> rounds) => (Source, this.rounds) = (source, rounds);

    /// <summary>Path of population.tsv.</summary>
    public string Source { get; }

    /// <summary>
    /// The first round, counted from 1, in which stretches of a recording could be drawn. Null if population.tsv does
    /// not contain the recording.
    /// </summary>
    public int? RoundOf(string recording) => rounds.TryGetValue(recording, out var round) ? round : null;

    /// <summary>Reads population.tsv from a folder. If the file is missing, the population is empty.</summary>
    /// <exception cref="AnnotationException">The file has invalid rows; each is named with its line.</exception>
    public static Population Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        return File.Exists(path) ? Parse(ListText.Read(path), path) : new Population(path, []);
    }

    /// <summary>
    /// A copy with additional recordings. Their stretches can be drawn in <paramref name="round"/> and later rounds.
    /// Recordings that are already in the population keep their first round.
    /// </summary>
    public Population With(IEnumerable<string> recordings, int round)
    {
        Dictionary<string, int> all = new(rounds, StringComparer.Ordinal);
        foreach (var recording in recordings)
            all.TryAdd(recording, round);
        return new Population(Source, all);
    }

    /// <summary>Writes population.tsv into a folder, atomically.</summary>
    public void Write(string folder)
    {
        StringBuilder text = new();
        text.AppendJoin('\t', columns).Append('\n');
        foreach (var (recording, round) in rounds.OrderBy(one => one.Key, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"{ListNames.Field(recording)}\t{round}\n");
        AtomicFile.Write(Path.Combine(folder, FileName), text.ToString());
    }

    private static Population Parse(ReadOnlySpan<byte> text, string source)
    {
        ListText.RequireText(text, source);
        RowProblems problems = new(source);
        Dictionary<string, int> rounds = new(StringComparer.Ordinal);
        ListRows rows = new(text);
        var (file, first) = rows.Next() ? (rows.IndexOf(columns[0]), rows.IndexOf(columns[1])) : (-1, -1);
        if (file < 0 || first < 0)
            problems.Add(1, "the header does not have the columns filename and round", "restore the file");
        else
            while (rows.Next())
            {
                var name = file < rows.Count ? Encoding.UTF8.GetString(rows[file]) : "";
                if (
                    rows.Count <= Math.Max(file, first)
                    || !int.TryParse(rows[first], NumberStyles.None, CultureInfo.InvariantCulture, out var round)
                    || round < 1
                )
                    problems.Add(rows, "the row needs a file name and the number of a round, at least 1");
                else if (!rounds.TryAdd(name, round))
                    problems.Add(rows, $"the recording \"{name}\" is given twice", "remove one of the rows");
            }
        problems.ThrowIfAny();
        return new Population(source, rounds);
    }
}
