using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Sed.Core.Audio;

/// <summary>The samples that the ffmpeg of this machine decodes, taken from it as it makes them.</summary>
internal sealed class FfmpegPieces : ISoundPieces
{
    private const int HeaderBytes = 4096; // of which ffmpeg needs about 100

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
        ProcessStartInfo start = new(
            "ffmpeg",
            ["-v", "level+info", "-nostats", "-nostdin", "-i", Path.GetFullPath(path)]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        // Floating point, so that nothing is clipped or rounded on the way; mixing and resampling are ours for all formats.
        foreach (string word in "-map 0:a:0 -c:a pcm_f32le -f wav -bitexact pipe:1".Split(' '))
            start.ArgumentList.Add(word);
        try
        {
            ffmpeg = Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            throw new AudioFormatException(path, null, FfmpegDecoder.Remedy, missing) { Fault = AudioFault.NoDecoder };
        }
        try
        {
            ffmpeg.ErrorDataReceived += (_, line) => log.Add(line.Data ?? "");
            ffmpeg.BeginErrorReadLine();
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

    public int SampleRate => header.SampleRate;

    public int Read(Span<float> target)
    {
        int wanted = target.Length * header.FrameBytes;
        if (buffer.Length < wanted)
            buffer = new byte[wanted];
        Span<byte> bytes = buffer.AsSpan(0, wanted);
        int got = Math.Min(first.Length, wanted);
        first.AsSpan(0, got).CopyTo(bytes);
        first = first[got..];
        got += ffmpeg.StandardOutput.BaseStream.ReadAtLeast(bytes[got..], wanted - got, false);
        int count = got / header.FrameBytes;
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

    private void RequireWhole()
    {
        ffmpeg.WaitForExit(); // until its last line has been read, too
        FfmpegDecoder.RequireWhole(path, log, (double)frames / SampleRate);
    }
}
