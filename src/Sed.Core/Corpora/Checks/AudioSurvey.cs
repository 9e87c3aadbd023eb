using System.Globalization;
using System.Text;
using Sed.Core.Audio;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora.Checks;

/// <summary>
/// The facts of many audio files, decoded once and kept in a file: a second survey decodes only what is new or changed.
/// </summary>
internal static class AudioSurvey
{
    private const string Header = "path\tbytes\tticks\tseconds\trate\tchannels\tpeak\tclipped\tcontent\tfault\treason";

    /// <summary>The facts of each file, in the order asked for.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="keptIn">Where facts are kept between surveys; null keeps none.</param>
    /// <param name="progress">Told how many of all files are done.</param>
    /// <param name="cancellation">Stops the survey; what is known by then is kept.</param>
    internal static AudioFacts[] Of(
        IReadOnlyList<string> paths,
        string? keptIn,
        IProgress<(int Done, int All)>? progress,
        CancellationToken cancellation
    )
    {
        Dictionary<string, AudioFacts> known = Load(keptIn);
        AudioFacts?[] facts = new AudioFacts?[paths.Count];
        var done = 0;
        var decoded = 0;
        try
        {
            Workers.Run(
                paths.Count,
                i =>
                {
                    if (!known.TryGetValue(paths[i], out AudioFacts? old) || !IsCurrent(paths[i], old))
                    {
                        old = AudioFacts.Of(paths[i]);
                        Interlocked.Increment(ref decoded);
                    }
                    facts[i] = old;
                    progress?.Report((Interlocked.Increment(ref done), paths.Count));
                },
                cancellation
            );
        }
        finally
        {
            if (keptIn is not null && decoded > 0)
                Save(keptIn, paths, facts);
        }
        return facts!;
    }

    // A missing decoder is no property of the file: it may be installed by now.
    private static bool IsCurrent(string path, AudioFacts facts)
    {
        FileInfo file = new(path);
        return facts.Fault != AudioFault.NoDecoder
            && file.Exists
            && file.Length == facts.Bytes
            && file.LastWriteTimeUtc.Ticks == facts.Ticks;
    }

    private static Dictionary<string, AudioFacts> Load(string? keptIn)
    {
        Dictionary<string, AudioFacts> known = new(StringComparer.Ordinal);
        if (keptIn is null || !File.Exists(keptIn))
            return known;
        foreach (var line in File.ReadLines(keptIn).Skip(1))
            if (Parse(line) is var (path, facts) && path.Length > 0)
                known[path] = facts;
        return known;
    }

    private static (string Path, AudioFacts Facts) Parse(string line)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        var f = line.Split('\t');
        // A line cut short by a crash is not believed.
        if (
            f.Length != 11
            || !long.TryParse(f[1], culture, out var bytes)
            || !long.TryParse(f[2], culture, out var ticks)
            || !double.TryParse(f[3], culture, out var seconds)
            || !int.TryParse(f[4], culture, out var rate)
            || !int.TryParse(f[5], culture, out var channels)
            || !double.TryParse(f[6], culture, out var peak)
            || !double.TryParse(f[7], culture, out var clipped)
        )
            return ("", null!);
        AudioFault? fault = Enum.TryParse(f[9], out AudioFault parsed) ? parsed : null;
        return (f[0], new AudioFacts(bytes, ticks, seconds, rate, channels, peak, clipped, f[8], fault, f[10]));
    }

    private static void Save(string keptIn, IReadOnlyList<string> paths, AudioFacts?[] facts)
    {
        StringBuilder text = new(Header + "\n");
        for (var i = 0; i < paths.Count; i++)
            if (facts[i] is { } f && paths[i].IndexOfAny(['\t', '\n', '\r']) < 0)
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"{paths[i]}\t{f.Bytes}\t{f.Ticks}\t{f.DurationSeconds:R}\t{f.SampleRate}\t{f.Channels}\t{f.Peak:R}\t"
                        + $"{f.ClippedFraction:R}\t{f.ContentHash}\t{f.Fault}\t{f.Reason.ReplaceLineEndings(" ").Replace('\t', ' ')}\n"
                );
        AtomicFile.Write(keptIn, text.ToString());
    }
}
