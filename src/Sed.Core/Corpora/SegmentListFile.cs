using System.Globalization;
using Sed.Core.Annotations;

namespace Sed.Core.Corpora;

/// <summary>
/// The segment lists of AudioSet's making: video, start, end, "labels", "identifiers". Three of the 17 labels contain
/// commas, so the column of labels cannot be taken apart; the identifiers can.
/// </summary>
internal static class SegmentListFile
{
    /// <summary>The tags of each segment, under the name "video_start_end.wav" of the other label files.</summary>
    /// <exception cref="CorpusException">A row is no segment, or names a class that is not listed.</exception>
    internal static TagList Read(string path, IReadOnlyList<(string Id, string Label)> classes)
    {
        Dictionary<string, string> labels = classes.ToDictionary(entry => entry.Id, entry => entry.Label);
        List<(string, IReadOnlyCollection<string>)> rows = [];
        List<string> problems = [];
        var lines = File.ReadAllLines(path);
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Trim().Length == 0)
                continue;
            if (Row(lines[i].Trim()) is not { } row)
                problems.Add($"{path}, line {i + 1}: a segment is video,start,end,\"labels\",\"identifiers\".");
            else if (row.Ids.FirstOrDefault(id => !labels.ContainsKey(id)) is { } strange)
                problems.Add($"{path}, line {i + 1}: '{strange}' is not the identifier of a class.");
            else
                rows.Add((row.Name, [.. row.Ids.Select(id => labels[id])]));
        }
        return problems.Count == 0 ? TagList.Of(rows, path) : throw new CorpusException(problems);
    }

    private static (string Name, string[] Ids)? Row(string line)
    {
        var start = line.Split(',', 4);
        if (
            start.Length < 4
            || !double.TryParse(start[1], CultureInfo.InvariantCulture, out _)
            || !double.TryParse(start[2], CultureInfo.InvariantCulture, out _)
        )
            return null;
        // The identifiers are the last column: in quotes where there are several, bare where there is one.
        var rest = start[3];
        var from = rest.EndsWith('"') ? rest.LastIndexOf('"', rest.Length - 2) : rest.LastIndexOf(',');
        if (from < 0)
            return null;
        var ids = rest[(from + 1)..].TrimEnd('"').Split(',', StringSplitOptions.TrimEntries);
        return ($"{start[0]}_{start[1]}_{start[2]}.wav", ids);
    }
}
