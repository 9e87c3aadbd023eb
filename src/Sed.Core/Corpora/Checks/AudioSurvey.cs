using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using Sed.Core.Audio;

namespace Sed.Core.Corpora.Checks;

/// <summary>Decodes many audio files and caches the results: a second survey decodes only new and changed files.</summary>
internal static class AudioSurvey
{
    private static readonly FileCache<AudioFacts> Cache = new("audio 5", AudioFacts.Of, Format, Parse);

    /// <summary>The properties of each file, in the order of <paramref name="paths"/>.</summary>
    /// <param name="root">The corpus's folder.</param>
    /// <param name="paths">The files.</param>
    /// <param name="cache">The folder in which the properties are cached; null caches nothing.</param>
    /// <param name="progress">Receives the number of finished files.</param>
    /// <param name="cancellation">
    /// Stops the survey; the properties of files that were decoded until then are cached.
    /// </param>
    internal static AudioFacts[] Of(
        string root,
        IReadOnlyList<string> paths,
        string? cache,
        IProgress<(int Done, int All)>? progress,
        CancellationToken cancellation
    ) => Cache.ValuesOf(root, paths, cache, progress, cancellation);

    // Files that need a missing decoder are not cached, because the decoder may be installed later.
    private static string? Format(AudioFacts f) =>
        f.Fault == AudioFault.NoDecoder
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{f.DurationSeconds:R}\t{f.SampleRate}\t{f.Channels}\t{f.Peak:R}\t{f.ClippedFraction:R}\t{f.ContentHash}\t"
                    + $"{f.Sha256}\t{f.Fault}\t{OneField(f.Reason)}\t{OneField(f.Finding)}"
            );

    private static string OneField(string text) => text.ReplaceLineEndings(" ").Replace('\t', ' ');

    private static AudioFacts? Parse(string text, FileStamp stamp)
    {
        var culture = CultureInfo.InvariantCulture;
        var f = text.Split('\t');
        AudioFault? fault = null;
        if (f.Length == 10 && f[7].Length > 0)
        {
            if (!Enum.TryParse(f[7], out AudioFault known))
                return null;
            fault = known;
        }
        return
            f.Length == 10
            && double.TryParse(f[0], culture, out var seconds)
            && int.TryParse(f[1], culture, out var rate)
            && int.TryParse(f[2], culture, out var channels)
            && double.TryParse(f[3], culture, out var peak)
            && double.TryParse(f[4], culture, out var clipped)
            ? new AudioFacts(stamp.Bytes, seconds, rate, channels, peak, clipped, f[5], f[6], fault, f[8], f[9])
            : null;
    }
}

/// <summary>Properties of an audio file, found by decoding it completely.</summary>
/// <param name="Bytes">Length of the file in bytes.</param>
/// <param name="DurationSeconds">Duration in seconds; 0 if the file cannot be read.</param>
/// <param name="SampleRate">Sampling rate in Hz; 0 if the file cannot be read.</param>
/// <param name="Channels">Number of channels; 0 if the file cannot be read.</param>
/// <param name="Peak">Largest magnitude of the samples; full scale is 1.</param>
/// <param name="ClippedFraction">Fraction of the samples at full scale, 0 to 1.</param>
/// <param name="ContentHash">Hash of the samples; empty if the file cannot be read.</param>
/// <param name="Sha256">SHA-256 of the file's content; empty if the file cannot be read.</param>
/// <param name="Fault">Kind of fault; null if the file can be read.</param>
/// <param name="Reason">The reason why the file cannot be read; empty if it can.</param>
/// <param name="Finding">
/// Faults of a file that can be read nevertheless, as message fragments separated by "; "; empty if there are none.
/// </param>
internal sealed record AudioFacts(
    long Bytes,
    double DurationSeconds,
    int SampleRate,
    int Channels,
    double Peak,
    double ClippedFraction,
    string ContentHash,
    string Sha256,
    AudioFault? Fault,
    string Reason,
    string Finding
)
{
    private const float FullScale = 0.9995f;
    private const int BlockSamples = 1 << 16;

    /// <summary>Decodes a file.</summary>
    internal static AudioFacts Of(string path, FileStamp stamp)
    {
        AudioFacts unread = new(stamp.Bytes, 0, 0, 0, 0, 0, "", "", null, "", "");
        try
        {
            using var audio = AudioStream.Open(path);
            var block = new float[BlockSamples];
            SampleHash hash = new();
            var (peak, clipped, samples) = (0f, 0L, 0L);
            for (var count = BlockSamples; count == BlockSamples; samples += count)
            {
                count = audio.Read(block);
                var (highest, full) = Measure(block.AsSpan(0, count));
                (peak, clipped) = (Math.Max(peak, highest), clipped + full);
                hash.Add(block.AsSpan(0, count));
            }
            return unread with
            {
                DurationSeconds = (double)samples / audio.FileSampleRate,
                SampleRate = audio.FileSampleRate,
                Channels = audio.FileChannels,
                Peak = peak,
                ClippedFraction = (double)clipped / Math.Max(1, samples),
                ContentHash = hash.ToString(),
                Sha256 = FileStamp.ContentHash(path),
                Finding = string.Join("; ", audio.Findings),
            };
        }
        catch (AudioFormatException broken)
        {
            return unread with { Fault = broken.Fault, Reason = broken.Message };
        }
        catch (Exception unopened) when (unopened is IOException or UnauthorizedAccessException)
        {
            return unread with { Fault = AudioFault.Damaged, Reason = unopened.Message };
        }
    }

    private static (float Peak, int Clipped) Measure(ReadOnlySpan<float> samples)
    {
        float peak = 0;
        var clipped = 0;
        foreach (var sample in samples)
        {
            var magnitude = Math.Abs(sample);
            peak = Math.Max(peak, magnitude);
            if (magnitude >= FullScale)
                clipped++;
        }
        return (peak, clipped);
    }
}

/// <summary>
/// A 128-bit hash of samples. Not cryptographic: four lanes of multiply and rotate as in xxHash (Y. Collet), mixed at the end.
/// Different samples have the same hash with a probability of about 2^-64.
/// </summary>
internal sealed class SampleHash
{
    private const ulong Odd1 = 0x9E37_79B1_85EB_CA87;
    private const ulong Odd2 = 0xC2B2_AE3D_27D4_EB4F;

    private ulong a = Odd1;
    private ulong b = Odd2;
    private ulong c = Odd1 ^ Odd2;
    private ulong d;
    private ulong length;

    /// <summary>Adds the next samples. Their number must be a multiple of 8, except in the last call.</summary>
    internal void Add(ReadOnlySpan<float> samples)
    {
        var words = MemoryMarshal.Cast<float, ulong>(samples);
        var i = 0;
        for (; i + 4 <= words.Length; i += 4)
        {
            a = Round(a, words[i]);
            b = Round(b, words[i + 1]);
            c = Round(c, words[i + 2]);
            d = Round(d, words[i + 3]);
        }
        for (; i < words.Length; i++)
            a = Round(a, words[i]);
        if (samples.Length % 2 == 1)
            b = Round(b, BitConverter.SingleToUInt32Bits(samples[^1]));
        length += (ulong)samples.Length;
    }

    /// <summary>The hash of all samples, 32 hexadecimal digits.</summary>
    public override string ToString()
    {
        var first = Mix(
            a
                ^ BitOperations.RotateLeft(b, 17)
                ^ BitOperations.RotateLeft(c, 31)
                ^ BitOperations.RotateLeft(Round(d, length), 47)
        );
        var second = Mix((a * Odd2) + (b * Odd1) + BitOperations.RotateLeft(c, 7) + (d ^ first));
        return $"{first:x16}{second:x16}";
    }

    private static ulong Round(ulong lane, ulong word) => BitOperations.RotateLeft(lane + (word * Odd2), 31) * Odd1;

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 33)) * Odd2;
        x = (x ^ (x >> 29)) * Odd1;
        return x ^ (x >> 32);
    }
}
