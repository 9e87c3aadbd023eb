using Sed.Core.Audio;

namespace Sed.Core.Corpora.Checks;

/// <summary>What decoding a whole audio file told about it.</summary>
/// <param name="Bytes">Length of the file.</param>
/// <param name="DurationSeconds">Length of the sound (s); 0 where it cannot be read.</param>
/// <param name="SampleRate">Samples per second (Hz); 0 where it cannot be read.</param>
/// <param name="Channels">Channels; 0 where it cannot be read.</param>
/// <param name="Peak">Largest magnitude; full scale is 1.</param>
/// <param name="ClippedFraction">Part of the samples at full scale, 0 to 1.</param>
/// <param name="ContentHash">Hash of the samples, the same for the same sound; empty where it cannot be read.</param>
/// <param name="Sha256">SHA-256 of the file's content; empty where it cannot be read.</param>
/// <param name="Fault">The kind of fault, or null where the file can be read.</param>
/// <param name="Reason">Why it cannot be read; empty where it can.</param>
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
    string Reason
)
{
    private const float FullScale = 0.9995f;

    /// <summary>Decodes a file.</summary>
    internal static AudioFacts Of(string path, FileStamp stamp)
    {
        AudioFacts unread = new(stamp.Bytes, 0, 0, 0, 0, 0, "", "", null, "");
        try
        {
            Waveform sound = AudioFile.Read(path);
            NumberCheck.Require(path, sound.Samples);
            (var peak, var clipped) = Measure(sound.Samples);
            return unread with
            {
                DurationSeconds = sound.DurationSeconds,
                SampleRate = sound.SampleRate,
                Channels = sound.Channels,
                Peak = peak,
                ClippedFraction = (double)clipped / Math.Max(1, sound.Samples.Length),
                ContentHash = SoundHash.Of(sound.Samples),
                Sha256 = FileStamp.ContentHash(path),
            };
        }
        catch (AudioFormatException broken)
        {
            return unread with { Fault = broken.Fault, Reason = broken.Message };
        }
        catch (IOException unopened)
        {
            return unread with { Fault = AudioFault.Damaged, Reason = unopened.Message };
        }
        catch (UnauthorizedAccessException forbidden)
        {
            return unread with { Fault = AudioFault.Damaged, Reason = forbidden.Message };
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
