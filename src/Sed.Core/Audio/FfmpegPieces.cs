using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Sed.Core.Audio;

/// <summary>The samples that the ffmpeg of this machine decodes, taken from it as it makes them.</summary>
internal sealed class FfmpegPieces : ISoundPieces
{
    private const int HeaderBytes = 4096; // of which ffmpeg needs about 100
    private const int PieceSamples = 1 << 16;

    // Encoders count the silence before and after the sound in different ways; that is less than this (s).
    private const double Tolerated = 0.1;

    private readonly string path;
    private readonly Process ffmpeg;
    private readonly FfmpegLog log = new();
    private readonly WavHeader header;
    private byte[] first;
    private byte[] buffer = [];
    private long frames;

    internal FfmpegPieces(string path)
    {
        this.path = path;
        AudioFile.RequireBytes(path);
        // Floating point, so that nothing is clipped or rounded on the way; mixing and resampling are ours for all formats.
        string[] decode =
        [
            "-i",
            Path.GetFullPath(path),
            .. "-map 0:a:0 -c:a pcm_f32le -f wav -bitexact pipe:1".Split(' '),
        ];
        try
        {
            ffmpeg = Ffmpeg.Start(decode, log);
        }
        catch (Win32Exception missing)
        {
            throw new AudioFormatException(path, null, Ffmpeg.Remedy, missing) { Fault = AudioFault.NoDecoder };
        }
        try
        {
            first = new byte[HeaderBytes];
            Array.Resize(ref first, ffmpeg.StandardOutput.BaseStream.ReadAtLeast(first, first.Length, false));
            if (first.Length == 0)
            {
                ffmpeg.WaitForExit();
                throw new AudioFormatException(path, null, $"ffmpeg cannot decode it ({log.Reason})");
            }
            using WavSource source = WavSource.Of(first, path);
            header = source.Header;
            first = first[(int)header.DataOffset..];
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The first audio stream of a file, whole.</summary>
    /// <exception cref="AudioFormatException">ffmpeg is missing, or cannot decode the file.</exception>
    internal static Waveform ReadAll(string path)
    {
        using FfmpegPieces pieces = new(path);
        var samples = new float[PieceSamples];
        var count = 0;
        for (var got = PieceSamples; got == PieceSamples; count += got)
        {
            if (count > Array.MaxLength - PieceSamples)
                throw new AudioFormatException(path, null, $"more than {count} samples do not fit in memory");
            if (count + PieceSamples > samples.Length)
                Array.Resize(ref samples, (int)Math.Min(2L * samples.Length, Array.MaxLength));
            got = pieces.Read(samples.AsSpan(count, PieceSamples));
        }
        Array.Resize(ref samples, count);
        NumberCheck.Require(path, samples);
        return new Waveform(samples, pieces.SampleRate, pieces.header.Channels);
    }

    public int SampleRate => header.SampleRate;

    public int Read(Span<float> target)
    {
        var wanted = target.Length * header.FrameBytes;
        if (buffer.Length < wanted)
            buffer = new byte[wanted];
        Span<byte> bytes = buffer.AsSpan(0, wanted);
        var got = Math.Min(first.Length, wanted);
        first.AsSpan(0, got).CopyTo(bytes);
        first = first[got..];
        got += ffmpeg.StandardOutput.BaseStream.ReadAtLeast(bytes[got..], wanted - got, false);
        var count = got / header.FrameBytes;
        SampleFormat.ToMono(bytes[..(count * header.FrameBytes)], header, target[..count]);
        frames += count;
        if (count < target.Length)
            RequireWhole();
        return count;
    }

    public void Dispose()
    {
        if (!ffmpeg.HasExited)
            ffmpeg.Kill();
        ffmpeg.Dispose();
    }

    /// <summary>Refuses sound of which the decoder complained, or that is shorter than its header says.</summary>
    private void RequireWhole()
    {
        ffmpeg.WaitForExit(); // until its last line has been read, too
        var seconds = (double)frames / SampleRate;
        var decoded = string.Create(CultureInfo.InvariantCulture, $"{seconds:F2} s of sound could be decoded");
        if (log.HasErrors)
            throw new AudioFormatException(path, null, $"ffmpeg found it damaged ({log.Reason}); {decoded}");
        if (seconds < log.StatedSeconds - Tolerated)
            throw new AudioFormatException(
                path,
                null,
                string.Create(CultureInfo.InvariantCulture, $"its header says {log.StatedSeconds:F2} s, but {decoded}")
            )
            {
                Fault = AudioFault.Truncated,
            };
    }
}
