using System.ComponentModel;

namespace Sed.Core.Audio;

/// <summary>Encodes audio as Opus in WebM, a format that browsers play. Needs ffmpeg.</summary>
public static class OpusEncoder
{
    /// <summary>The media type (MIME type) of the encoded audio.</summary>
    public const string MediaType = "audio/webm; codecs=opus";

    /// <summary>Encodes mono audio. The result is deterministic.</summary>
    /// <param name="samples">Samples; values outside -1 to 1 are clipped.</param>
    /// <param name="sampleRate">Samples per second (Hz), positive.</param>
    /// <param name="bitsPerSecond">
    /// Mean bit rate, 6,000 to 256,000. Default 32,000, transparent for most sounds.
    /// </param>
    /// <returns>
    /// The content of a WebM file with a duration and an index for seeking; null if no ffmpeg with an Opus encoder is
    /// installed.
    /// </returns>
    /// <exception cref="IOException">Temporary files cannot be written.</exception>
    public static byte[]? TryEncode(ReadOnlySpan<float> samples, int sampleRate, int bitsPerSecond = 32_000)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRate);
        ArgumentOutOfRangeException.ThrowIfLessThan(bitsPerSecond, 6_000);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bitsPerSecond, 256_000);
        var folder = Directory.CreateTempSubdirectory("sed-opus-");
        try
        {
            // The output is a file, not a pipe, because ffmpeg writes the duration into the header at the end.
            var wav = Path.Combine(folder.FullName, "sound.wav");
            var webm = Path.Combine(folder.FullName, "sound.webm");
            WavWriter.Write(wav, samples, sampleRate);
            // Bit-exact mode omits the random identifiers of WebM.
            var encode = $"-c:a libopus -b:a {bitsPerSecond} -fflags +bitexact -flags:a +bitexact -f webm";
            using (var ffmpeg = Ffmpeg.Start(["-i", wav, .. encode.Split(' '), webm], new FfmpegLog()))
                ffmpeg.WaitForExit();
            return File.Exists(webm) && new FileInfo(webm).Length > 0 ? File.ReadAllBytes(webm) : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
