namespace Sed.Core.Audio;

/// <summary>
/// The one door through which audio enters: WAV by our own reader, everything else through ffmpeg, always mono, at the
/// rate that is asked for. Another decoder would be added here and nowhere else.
/// </summary>
public static class AudioFile
{
    /// <summary>File name extensions that are taken for audio, lower case, with their dot.</summary>
    public static IReadOnlyList<string> Extensions { get; } =
    [
        ".wav",
        ".w64",
        ".rf64",
        ".au",
        ".caf",
        ".flac",
        ".ogg",
        ".opus",
        ".m4a",
        ".mp3",
        ".mp4",
        ".aac",
        ".webm",
        ".wma",
        ".aif",
        ".aiff",
    ];

    /// <summary>Whether a file's name says that it is audio.</summary>
    /// <param name="path">A file name or path.</param>
    public static bool HasAudioExtension(string path) =>
        Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>A file's sound, channels averaged, at the wanted rate.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sampleRate">Samples per second wanted (Hz), positive; another rate in the file is converted.</param>
    /// <returns>Samples; full scale is -1 to 1.</returns>
    /// <exception cref="AudioFormatException">The file is broken, or ffmpeg is needed and missing.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static float[] Read(string path, int sampleRate)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRate);
        Waveform sound = Read(path);
        return sound.SampleRate == sampleRate
            ? sound.Samples
            : Resampler.Resample(sound.Samples, sound.SampleRate, sampleRate);
    }

    /// <summary>A file's sound at its own rate.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="AudioFormatException">The file is broken, or ffmpeg is needed and missing.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static Waveform Read(string path)
    {
        // A .wav may hold ADPCM, which ffmpeg reads; a broken header is reported by our reader, which says where.
        return ReadBy(
            path,
            () => WavReader.ReadHeader(path).Encoding == WavEncoding.Other ? null : WavReader.Read(path),
            () => FfmpegPieces.ReadAll(path)
        );
    }

    /// <summary>Opens a file by our reader or by ffmpeg, whichever it is for.</summary>
    /// <param name="path">The file.</param>
    /// <param name="wav">Reads a WAV file; null for one that ffmpeg has to read.</param>
    /// <param name="ffmpeg">Reads any other one.</param>
    internal static T ReadBy<T>(string path, Func<T?> wav, Func<T> ffmpeg)
        where T : class
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: there is no such file.", path);
        if (!IsNamedWav(path))
            return ffmpeg();
        T? read;
        try
        {
            read = wav();
        }
        catch (AudioFormatException strange) when (strange.IsOtherFormat)
        {
            // An RF64 or an MP3 that is called .wav. What ffmpeg does not know either is no WAV file, in our reader's words.
            try
            {
                return ffmpeg();
            }
            catch (AudioFormatException)
            {
                throw strange;
            }
        }
        return read ?? ffmpeg();
    }

    /// <summary>Reads a file's beginning into memory of the caller's; what lies beyond the sound is silence.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sampleRate">Samples per second wanted (Hz), positive.</param>
    /// <param name="target">Receives the samples.</param>
    /// <returns>How many samples of the target are sound.</returns>
    /// <exception cref="AudioFormatException">The file is broken, or ffmpeg is needed and missing.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static int ReadInto(string path, int sampleRate, Span<float> target)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var count = ReadPlainWav(path, sampleRate, target);
        if (count < 0)
        {
            var samples = Read(path, sampleRate);
            count = Math.Min(samples.Length, target.Length);
            samples.AsSpan(0, count).CopyTo(target);
        }
        target[count..].Clear();
        return count;
    }

    // The common case without memory of its own; -1 where conversion or ffmpeg is needed.
    private static int ReadPlainWav(string path, int sampleRate, Span<float> target)
    {
        if (!IsNamedWav(path) || !File.Exists(path))
            return -1;
        try
        {
            using WavSource source = WavSource.Open(path);
            if (source.Header.Encoding == WavEncoding.Other || source.Header.SampleRate != sampleRate)
                return -1;
            var count = (int)Math.Min(source.Header.Frames, target.Length);
            source.Decode(target[..count]);
            return count;
        }
        catch (AudioFormatException strange) when (strange.IsOtherFormat)
        {
            return -1;
        }
    }

    /// <summary>Refuses what has no bytes before it is opened: an empty file, or a pipe or device, which might never answer.</summary>
    /// <exception cref="AudioFormatException">The file has a length of 0.</exception>
    internal static void RequireBytes(string path)
    {
        FileSystemInfo file = File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path);
        if (file is FileInfo { Exists: true, Length: 0 })
            throw new AudioFormatException(path, 0, "the file is empty, or it is a pipe or a device")
            {
                Fault = AudioFault.Truncated,
            };
    }

    private static bool IsNamedWav(string path) =>
        Path.GetExtension(path).Equals(".wav", StringComparison.OrdinalIgnoreCase);
}
