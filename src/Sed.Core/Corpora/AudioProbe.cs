using Sed.Core.Audio;

namespace Sed.Core.Corpora;

/// <summary>Length and format of an audio file.</summary>
/// <param name="DurationSeconds">Length in seconds.</param>
/// <param name="SampleRate">Samples per second (Hz).</param>
/// <param name="Channels">Number of channels.</param>
/// <param name="Bytes">File size in bytes.</param>
/// <param name="Sha256">SHA-256 of the file's content, 64 lower-case hexadecimal digits; null if it has not been computed.</param>
internal sealed record AudioProbe(
    double DurationSeconds,
    int SampleRate,
    int Channels,
    long Bytes,
    string? Sha256 = null
)
{
    /// <summary>
    /// Determines the length and format of an audio file: reads only the header of a WAV or AIFF file, and decodes a
    /// file of any other format.
    /// </summary>
    /// <exception cref="AudioFormatException">The file is damaged, or it needs ffmpeg, which is not installed.</exception>
    internal static AudioProbe Of(string path)
    {
        var bytes = FileStamp.Of(path).Bytes;
        using var decoder = AudioFile.Open(path);
        // Compressed files state their length only approximately, if at all.
        var frames = decoder.Frames ?? AudioFile.DecodeRest(path, decoder, 0);
        return new AudioProbe((double)frames / decoder.SampleRate, decoder.SampleRate, decoder.Channels, bytes);
    }
}
