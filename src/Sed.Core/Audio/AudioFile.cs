using System.Buffers;

namespace Sed.Core.Audio;

/// <summary>Mono audio in memory.</summary>
/// <param name="Samples">Samples, averaged over the channels; full scale is -1 to 1.</param>
/// <param name="SampleRate">Samples per second (Hz).</param>
/// <param name="Channels">Number of channels in the file.</param>
public sealed record Waveform(float[] Samples, int SampleRate, int Channels)
{
    /// <summary>Length in seconds.</summary>
    public double DurationSeconds => (double)Samples.Length / SampleRate;

    /// <summary>Faults of the file that did not prevent decoding, each as a message fragment; usually empty.</summary>
    public IReadOnlyList<string> Findings { get; init; } = [];
}

/// <summary>
/// Decodes audio files. WAV (PCM, floating point, A-law, mu-law), AIFF, FLAC, MP3 and Ogg Vorbis are decoded in
/// process, except FLAC with more than 24 bits, MP3 at 8 kHz, and Ogg Vorbis with more than two channels. These files
/// and all other formats are decoded by ffmpeg. The format is recognised from the content of the file, not from its
/// name. Channels are averaged unless one is selected.
/// </summary>
public static class AudioFile
{
    private const int BlockSamples = 1 << 16;

    /// <summary>File name extensions of audio files, in lower case with the dot.</summary>
    public static IReadOnlyList<string> Extensions { get; } =
    [
        ".wav",
        ".wave",
        ".bwf",
        ".bw64",
        ".w64",
        ".rf64",
        ".au",
        ".caf",
        ".flac",
        ".ogg",
        ".oga",
        ".opus",
        ".m4a",
        ".mp3",
        ".mp4",
        ".aac",
        ".webm",
        ".wma",
        ".aif",
        ".aifc",
        ".aiff",
    ];

    /// <summary>Whether a file name has the extension of an audio file.</summary>
    /// <param name="path">A file name or path.</param>
    public static bool HasAudioExtension(string path) =>
        Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>Decodes a file at a given sample rate.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="sampleRate">Sample rate of the result in Hz, positive. Audio at other rates is resampled.</param>
    /// <returns>Samples; full scale is -1 to 1.</returns>
    /// <exception cref="AudioFormatException">
    /// The file is damaged, or it needs ffmpeg, which is not installed.
    /// </exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static float[] Read(string path, int sampleRate)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRate);
        var sound = Read(path);
        return sound.SampleRate == sampleRate
            ? sound.Samples
            : Resampler.Resample(sound.Samples, sound.SampleRate, sampleRate);
    }

    /// <summary>Decodes a file at its own sample rate.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="AudioFormatException">
    /// The file is damaged, or it needs ffmpeg, which is not installed.
    /// </exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static Waveform Read(string path)
    {
        using var decoder = Open(path);
        return new Waveform(ReadAll(path, decoder), decoder.SampleRate, decoder.Channels)
        {
            Findings = decoder.Findings,
        };
    }

    /// <summary>
    /// Decodes a file from its start until a buffer is full. If the file is shorter than the buffer, the rest of the
    /// buffer is set to silence.
    /// </summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="sampleRate">Sample rate of the result in Hz, positive. Audio at other rates is resampled.</param>
    /// <param name="target">Receives the samples.</param>
    /// <param name="channel">The channel to read, from 1. Default: the mean of all channels.</param>
    /// <returns>The number of decoded samples in the buffer.</returns>
    /// <exception cref="AudioFormatException">
    /// The file is damaged, or it needs ffmpeg, which is not installed.
    /// </exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static int ReadInto(string path, int sampleRate, Span<float> target, int? channel = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRate);
        using var audio = AudioStream.Open(path, sampleRate, channel);
        var count = audio.Read(target);
        audio.CheckRest();
        target[count..].Clear();
        return count;
    }

    /// <summary>Opens a file with the decoder of its format.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="channel">The channel to decode, from 1. Default: the mean of all channels.</param>
    /// <param name="name">Name that messages use for the file; null (default) for its path.</param>
    /// <exception cref="AudioFormatException">
    /// The header is damaged, or the file needs ffmpeg, which is not installed, or the file does not have the channel.
    /// </exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    internal static IAudioDecoder Open(string path, int? channel, string? name = null)
    {
        var decoder = Open(path, name);
        if (channel > decoder.Channels)
        {
            var channels = decoder.Channels;
            decoder.Dispose();
            throw new AudioFormatException(name ?? path, null, MissingChannel(channel.Value, channels));
        }
        decoder.Channel = channel;
        return decoder;
    }

    /// <summary>Message fragment for a file that does not have the selected channel.</summary>
    internal static string MissingChannel(int channel, int channels) =>
        $"channel {channel} is selected, but the file has {channels} channel{(channels == 1 ? "" : "s")}";

    /// <inheritdoc cref="Open(string, int?, string?)"/>
    internal static IAudioDecoder Open(string path, string? name = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
            throw new AudioFormatException(
                path,
                null,
                "it is a folder, not an audio file; pass its files one by one, for example with "
                    + "foreach (var file in Directory.EnumerateFiles(folder))"
            );
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: there is no such file.", path);
        var bytes = AudioBytes.Open(path, name);
        IAudioDecoder? decoder = null;
        try
        {
            decoder = OpenInProcess(bytes, out var formatName);
            return decoder ?? OpenWithFfmpeg(bytes, formatName);
        }
        finally
        {
            if (decoder is null)
                bytes.Dispose();
        }
    }

    /// <summary>Opens a file with a decoder other than ffmpeg.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="formatName">Name of the format in messages.</param>
    /// <returns>The decoder; null if the format needs ffmpeg.</returns>
    private static IAudioDecoder? OpenInProcess(AudioBytes bytes, out string formatName)
    {
        var skipped = SkipTagBeforeHeader(bytes);
        var start = bytes.Peek(0, 64).ToArray();
        formatName = NameOf(start);
        if (WavHeader.Matches(start))
        {
            var layout = WavHeader.Read(bytes, out var formatTag);
            formatName = $"WAV with format code 0x{formatTag:X4}";
            return OpenPcm(bytes, layout, skipped);
        }
        if (AiffHeader.Matches(start))
        {
            var layout = AiffHeader.Read(bytes, out var compression);
            formatName = $"AIFF-C with compression '{compression}'";
            return OpenPcm(bytes, layout, skipped);
        }
        if (FlacDecoder.Matches(start))
        {
            var stream = FlacDecoder.ReadStreamInfo(bytes);
            formatName = $"FLAC with {stream.BitsPerSample} bits";
            return stream.BitsPerSample > FlacDecoder.MaxBitsPerSample ? null : new FlacDecoder(bytes, stream, skipped);
        }
        if (VorbisDecoder.Matches(bytes, out var channels))
        {
            formatName = $"Ogg Vorbis with {channels} channels";
            return channels > VorbisDecoder.MaxChannels ? null : new VorbisDecoder(bytes);
        }
        if (OtherContent.NameOf(bytes) is { } content)
            throw new AudioFormatException(bytes.Path, 0, content);
        if (MpegDecoder.FindStart(bytes, out var header) is not null)
        {
            formatName = $"MP3 at {header.SampleRate} Hz";
            return MpegDecoder.IsSupported(header) ? new MpegDecoder(bytes) : null;
        }
        if (OtherContent.StartsWithZeros(bytes))
            throw new AudioFormatException(
                bytes.Path,
                0,
                "the file has only zero bytes instead of a header, possibly because a copy or download was interrupted; "
                    + "copy it again"
            );
        return null;
    }

    private static PcmDecoder? OpenPcm(AudioBytes bytes, PcmLayout? layout, string[] skipped) =>
        layout is null ? null : new PcmDecoder(bytes, layout with { Findings = [.. skipped, .. layout.Findings] });

    /// <summary>Skips an ID3 tag or zero bytes before a WAV, AIFF or FLAC header.</summary>
    /// <returns>A finding about the skipped bytes; empty if no bytes were skipped.</returns>
    private static string[] SkipTagBeforeHeader(AudioBytes bytes)
    {
        var at = MetadataTags.SkipLeading(bytes);
        var start = bytes.Peek(at, 12);
        if (at == 0 || !(WavHeader.Matches(start) || AiffHeader.Matches(start) || FlacDecoder.Matches(start)))
            return [];
        var kind = bytes.Peek(0, 3).StartsWith("ID3"u8) ? "an ID3 tag" : "zero bytes";
        bytes.StartAt(at);
        return [$"{at} bytes ({kind}) come before the header"];
    }

    private static FfmpegDecoder OpenWithFfmpeg(AudioBytes bytes, string formatName)
    {
        StatedSizes.RequireWhole(bytes);
        try
        {
            return new FfmpegDecoder(bytes.Path, bytes.Location, formatName);
        }
        catch (AudioFormatException)
            when (!WavHeader.Matches(bytes.Peek(0, 12))
                && Path.GetExtension(bytes.Path).Equals(".wav", StringComparison.OrdinalIgnoreCase)
            )
        {
            // The file is neither WAV nor a format known to ffmpeg. The WAV reader throws an exception that quotes the
            // start of the file.
            WavHeader.Read(bytes, out _);
            throw;
        }
    }

    private static string NameOf(ReadOnlySpan<byte> start) =>
        start.StartsWith("OggS"u8) ? "Ogg with content other than Vorbis"
        : start.Length >= 8 && start[4..8].SequenceEqual("ftyp"u8) ? "MP4 (M4A)"
        : start.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3]) ? "WebM (Matroska)"
        : StatedSizes.IsWave64(start) ? "Wave64 (W64)"
        : start.StartsWith(".snd"u8) ? "Sun audio (AU)"
        : start.StartsWith("caff"u8) ? "Core Audio (CAF)"
        : $"a file that starts with '{AudioBytes.Printable(start[..Math.Min(12, start.Length)])}'";

    private static float[] ReadAll(string path, IAudioDecoder decoder)
    {
        var samples = decoder.Frames is { } frames ? ReadKnown(path, decoder, frames) : ReadUnknown(path, decoder);
        FiniteSamples.Require(path, samples);
        return samples;
    }

    /// <summary>
    /// Decodes the rest of a file, because damage to a compressed file may be detectable only at its end.
    /// </summary>
    /// <param name="path">Path of the file, for messages.</param>
    /// <param name="decoder">The decoder of the file.</param>
    /// <param name="before">Number of samples already decoded.</param>
    /// <returns>The number of samples in the file.</returns>
    internal static long DecodeRest(string path, IAudioDecoder decoder, long before)
    {
        var block = ArrayPool<float>.Shared.Rent(BlockSamples);
        try
        {
            for (var got = block.Length; got == block.Length; before += got)
            {
                got = decoder.Read(block);
                FiniteSamples.Require(path, block.AsSpan(0, got), before);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(block);
        }
        return before;
    }

    private static float[] ReadKnown(string path, IAudioDecoder decoder, long frames)
    {
        if (frames > Array.MaxLength)
            throw new AudioFormatException(path, null, $"{frames} samples do not fit in memory");
        var samples = new float[frames];
        decoder.Read(samples);
        return samples;
    }

    private static float[] ReadUnknown(string path, IAudioDecoder decoder)
    {
        var samples = new float[BlockSamples];
        var count = 0;
        for (var got = BlockSamples; got == BlockSamples; count += got)
        {
            if (count > Array.MaxLength - BlockSamples)
                throw new AudioFormatException(path, null, $"more than {count} samples do not fit in memory");
            if (count + BlockSamples > samples.Length)
                Array.Resize(ref samples, (int)Math.Min(2L * samples.Length, Array.MaxLength));
            got = decoder.Read(samples.AsSpan(count, BlockSamples));
        }
        Array.Resize(ref samples, count);
        return samples;
    }
}
