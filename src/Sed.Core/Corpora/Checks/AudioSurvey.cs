using System.Globalization;
using Sed.Core.Audio;

namespace Sed.Core.Corpora.Checks;

/// <summary>Decodes many audio files, caching what is found: a second survey decodes only new and changed files.</summary>
internal static class AudioSurvey
{
    private static readonly FileCache<AudioFacts> Cache = new("audio 2", AudioFacts.Of, Format, Parse);

    /// <summary>The facts of each file, in the order of <paramref name="paths"/>.</summary>
    /// <param name="root">The corpus's folder.</param>
    /// <param name="paths">The files.</param>
    /// <param name="cache">The folder that facts are cached in; null caches nothing.</param>
    /// <param name="progress">Receives the number of finished files.</param>
    /// <param name="cancellation">Stops the survey; facts found until then are cached.</param>
    internal static AudioFacts[] Of(
        string root,
        IReadOnlyList<string> paths,
        string? cache,
        IProgress<(int Done, int All)>? progress,
        CancellationToken cancellation
    ) => Cache.ValuesOf(root, paths, cache, progress, cancellation);

    // A missing decoder is not a property of the file: it may be installed later.
    private static string? Format(AudioFacts f) =>
        f.Fault == AudioFault.NoDecoder
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{f.DurationSeconds:R}\t{f.SampleRate}\t{f.Channels}\t{f.Peak:R}\t{f.ClippedFraction:R}\t{f.ContentHash}\t"
                    + $"{f.Sha256}\t{f.Fault}\t{f.Reason.ReplaceLineEndings(" ").Replace('\t', ' ')}"
            );

    private static AudioFacts? Parse(string text, FileStamp stamp)
    {
        var culture = CultureInfo.InvariantCulture;
        var f = text.Split('\t');
        AudioFault? fault = null;
        if (f.Length == 9 && f[7].Length > 0)
        {
            if (!Enum.TryParse(f[7], out AudioFault known))
                return null;
            fault = known;
        }
        return
            f.Length == 9
            && double.TryParse(f[0], culture, out var seconds)
            && int.TryParse(f[1], culture, out var rate)
            && int.TryParse(f[2], culture, out var channels)
            && double.TryParse(f[3], culture, out var peak)
            && double.TryParse(f[4], culture, out var clipped)
            ? new AudioFacts(stamp.Bytes, seconds, rate, channels, peak, clipped, f[5], f[6], fault, f[8])
            : null;
    }
}
