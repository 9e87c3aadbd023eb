using Sed.Core.Audio;

namespace Sed.Core.Corpora;

/// <summary>What a file says about its sound.</summary>
/// <param name="DurationSeconds">Length in seconds.</param>
/// <param name="SampleRate">Samples per second (Hz).</param>
/// <param name="Channels">Number of channels.</param>
/// <param name="Bytes">Length of the file.</param>
/// <param name="Sha256">SHA-256 of the file's content, 64 lower-case hexadecimal digits; null where it is not known.</param>
internal sealed record AudioProbe(
    double DurationSeconds,
    int SampleRate,
    int Channels,
    long Bytes,
    string? Sha256 = null
)
{
    /// <summary>Looks at a file: the header of a WAV, the decoded sound of other formats.</summary>
    /// <exception cref="AudioFormatException">The file is broken, or ffmpeg is needed and missing.</exception>
    internal static AudioProbe Of(string path)
    {
        var bytes = FileStamp.Of(path).Bytes;
        using (var decoder = AudioFile.Open(path))
            if (decoder.Frames is { } frames)
                return new AudioProbe((double)frames / decoder.SampleRate, decoder.SampleRate, decoder.Channels, bytes);
        // Compressed files state their length only approximately, if at all.
        var sound = AudioFile.Read(path);
        return new AudioProbe(sound.DurationSeconds, sound.SampleRate, sound.Channels, bytes);
    }
}
