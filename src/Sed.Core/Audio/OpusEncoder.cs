using System.ComponentModel;
using System.Diagnostics;

namespace Sed.Core.Audio;

/// <summary>Compresses sound with the ffmpeg of this machine into what browsers play: Opus in WebM.</summary>
public static class OpusEncoder
{
    /// <summary>What the result is, as browsers want it named.</summary>
    public const string MediaType = "audio/webm; codecs=opus";

    /// <summary>Encodes mono sound. The same samples give the same bytes.</summary>
    /// <param name="samples">Samples, full scale is -1 to 1; beyond it they are clipped.</param>
    /// <param name="sampleRate">Samples per second (Hz), positive.</param>
    /// <param name="bitsPerSecond">The mean bit rate, 6,000 to 256,000. Default 32,000: all that is heard of most sounds.</param>
    /// <returns>A whole file, which tells its length and can be sought in; null where there is no ffmpeg that encodes Opus.</returns>
    /// <exception cref="IOException">There is no room for temporary files.</exception>
    public static byte[]? TryEncode(ReadOnlySpan<float> samples, int sampleRate, int bitsPerSecond = 32_000)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRate);
        ArgumentOutOfRangeException.ThrowIfLessThan(bitsPerSecond, 6_000);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bitsPerSecond, 256_000);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("sed-opus-");
        try
        {
            // Files on both sides: the length is written into the header when all is encoded, which a pipe would not let it.
            var wav = Path.Combine(folder.FullName, "sound.wav");
            var webm = Path.Combine(folder.FullName, "sound.webm");
            WavWriter.Write(wav, samples, sampleRate);
            // Bit-exact leaves out the random numbers that a WebM file is otherwise told from others by.
            var encode = $"-c:a libopus -b:a {bitsPerSecond} -fflags +bitexact -flags:a +bitexact -f webm";
            using (Process ffmpeg = Ffmpeg.Start(["-i", wav, .. encode.Split(' '), webm], new FfmpegLog()))
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
