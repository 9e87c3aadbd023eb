using System.Globalization;
using System.Text;
using Sed.Core.Corpora;
using Sed.Core.Runtime;

namespace Sed.Core.Features.Store;

/// <summary>
/// The text files of a feature store: index.tsv assigns rows to clips, and broken.tsv lists the unreadable clips.
/// </summary>
internal static class StoreIndex
{
    /// <summary>
    /// Writes index.tsv: two comment lines about the store, a line with the column headings, and one line per clip with its
    /// first row, split and name.
    /// </summary>
    internal static void Write(string folder, Manifest manifest, FeatureSource options, StoreRows rows)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"# manifest {manifest.Corpus} {manifest.ContentHash}\n");
        text.Append(CultureInfo.InvariantCulture, $"# {options.Summary}\nrow\tsplit\tfilename\n");
        for (var clip = 0; clip < manifest.Clips.Count; clip++)
            text.Append(
                CultureInfo.InvariantCulture,
                $"{rows.FirstOf(clip)}\t{manifest.Clips[clip].Split}\t{manifest.Clips[clip].Name}\n"
            );
        AtomicFile.WriteIfChanged(Path.Combine(folder, "index.tsv"), text.ToString());
    }

    /// <summary>
    /// Writes broken.tsv: the manifest index (in the column `row`), name and reason of each unreadable clip.
    /// </summary>
    internal static void WriteBroken(string folder, IEnumerable<BrokenClip> broken)
    {
        StringBuilder text = new("row\tfilename\treason\n");
        foreach (BrokenClip clip in broken)
            text.Append(
                CultureInfo.InvariantCulture,
                $"{clip.Index}\t{clip.Name}\t{clip.Reason.ReplaceLineEndings(" ").Replace('\t', ' ')}\n"
            );
        AtomicFile.Write(Path.Combine(folder, "broken.tsv"), text.ToString());
    }

    /// <summary>
    /// Reads broken.tsv: the reason for each unreadable clip, by its manifest index. Empty if the file does not exist.
    /// </summary>
    internal static Dictionary<int, string> ReadBroken(string folder)
    {
        Dictionary<int, string> reasons = [];
        var path = Path.Combine(folder, "broken.tsv");
        if (!File.Exists(path))
            return reasons;
        foreach (var line in File.ReadLines(path).Skip(1))
            if (line.Split('\t') is [var row, _, var reason] && int.TryParse(row, out var index))
                reasons[index] = reason;
        return reasons;
    }
}
