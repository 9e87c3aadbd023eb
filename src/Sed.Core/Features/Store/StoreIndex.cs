using System.Globalization;
using System.Text;
using Sed.Core.Corpora;
using Sed.Core.Runtime;

namespace Sed.Core.Features.Store;

/// <summary>The texts beside the array: which clip each row is, and which clips are broken.</summary>
internal static class StoreIndex
{
    /// <summary>Writes index.tsv: two lines about the store, then row, split and name of every clip.</summary>
    internal static void Write(string folder, Manifest manifest, FeatureSource options)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"# manifest {manifest.Corpus} {manifest.Hash}\n");
        text.Append(CultureInfo.InvariantCulture, $"# {options.Summary}\nrow\tsplit\tfilename\n");
        for (var row = 0; row < manifest.Clips.Count; row++)
            text.Append(
                CultureInfo.InvariantCulture,
                $"{row}\t{manifest.Clips[row].Split}\t{manifest.Clips[row].Name}\n"
            );
        AtomicFile.WriteIfChanged(Path.Combine(folder, "index.tsv"), text.ToString());
    }

    /// <summary>Writes broken.tsv: row, name and reason.</summary>
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

    /// <summary>Reads broken.tsv; empty where there is none.</summary>
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
