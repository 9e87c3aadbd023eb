using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Sed.Core.Audio;

/// <summary>Starts the ffmpeg program of this machine.</summary>
internal static class Ffmpeg
{
    private static readonly AsyncLocal<string?> program = new();

    /// <summary>
    /// Path of the program, or its name if it is on the PATH. Default "ffmpeg". A value applies to the current thread
    /// and the tasks that it starts, so that a test can run without ffmpeg.
    /// </summary>
    internal static string Program
    {
        get => program.Value ?? "ffmpeg";
        set => program.Value = value;
    }

    /// <summary>Starts ffmpeg.</summary>
    /// <param name="arguments">Inputs, options and outputs; <c>pipe:1</c> is standard output.</param>
    /// <param name="log">Receives ffmpeg's messages.</param>
    /// <exception cref="Win32Exception">ffmpeg is not installed.</exception>
    internal static Process Start(IEnumerable<string> arguments, FfmpegLog log)
    {
        var start = new ProcessStartInfo(Program, ["-v", "level+info", "-nostats", "-nostdin", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        var ffmpeg = Process.Start(start)!;
        ffmpeg.ErrorDataReceived += (_, line) => log.Add(line.Data ?? "");
        ffmpeg.BeginErrorReadLine();
        return ffmpeg;
    }
}

/// <summary>Parses ffmpeg's messages, which are prefixed with their level (<c>-v level+info</c>).</summary>
internal sealed partial class FfmpegLog
{
    private readonly List<string> errors = [];
    private bool hasEstimatedDuration;

    /// <summary>Whether ffmpeg reported an error.</summary>
    internal bool HasErrors => errors.Count > 0;

    /// <summary>The first error. Later errors are usually its consequences.</summary>
    internal string Reason => errors.FirstOrDefault() ?? "ffmpeg gave no reason";

    /// <summary>The duration in the file's header, in seconds; NaN if the header states no duration.</summary>
    internal double StatedSeconds { get; private set; } = double.NaN;

    /// <summary>Parses a line of ffmpeg's output.</summary>
    internal void Add(string line)
    {
        if (
            Error().Match(line) is { Success: true } error
            && error.Groups["what"].Value.Trim().TrimEnd('.') is { Length: > 0 } what
        )
            errors.Add(what);
        else if (EstimatedDuration().IsMatch(line))
            hasEstimatedDuration = true;
        else if (
            !hasEstimatedDuration
            && Duration().Match(line) is { Success: true } duration
            && TimeSpan.TryParse(duration.Groups["time"].Value, CultureInfo.InvariantCulture, out var stated)
        )
            StatedSeconds = stated.TotalSeconds;
    }

    // For example "[flac @ 0x55f55b584600] [error] invalid residual".
    [GeneratedRegex(@"\[(error|fatal|panic)\](?<what>.*)")]
    private static partial Regex Error();

    // The header of an Ogg file has no duration: ffmpeg prints the time of the last page, but the first page need not
    // start at 0.
    [GeneratedRegex(@"Estimating duration from bitrate|\[info\] Input #0, ogg,")]
    private static partial Regex EstimatedDuration();

    [GeneratedRegex(@"\[info\]\s+Duration: (?<time>\d+:\d+:\d+\.\d+)")]
    private static partial Regex Duration();
}

/// <summary>Decodes the first audio stream of a file with ffmpeg, which runs as a separate process.</summary>
internal sealed class FfmpegDecoder : IAudioDecoder
{
    private const int HeaderBytes = 4096; // ffmpeg writes about 100

    // Durations in headers may include the encoder's delay and padding. The tolerance is the longer of 0.1 s and 2400
    // samples (about two MP3 frames).
    private const double ToleratedSeconds = 0.1;
    private const double ToleratedSamples = 2400;

    // To skip more than this, starting a new ffmpeg process that seeks is faster than decoding.
    private const double SeekSeconds = 20;

    // After seeking, decoding starts this long before the new position, because frames can depend on earlier frames.
    private const int PrerollSeconds = 1;

    private readonly string path;
    private readonly string location;
    private readonly string formatName;
    private readonly SampleFormat format;
    private Process ffmpeg;
    private FfmpegLog log = new();
    private byte[] first;
    private byte[] buffer = [];
    private long frames;

    /// <summary>Starts ffmpeg and reads the header of its output.</summary>
    /// <param name="path">Path or name of the file, for messages.</param>
    /// <param name="location">Path of the file.</param>
    /// <param name="formatName">Name of the format, for the message if ffmpeg is not installed.</param>
    /// <exception cref="AudioFormatException">ffmpeg is not installed or cannot decode the file.</exception>
    internal FfmpegDecoder(string path, string location, string formatName)
    {
        (this.path, this.location, this.formatName) = (path, location, formatName);
        (ffmpeg, first, var layout) = Start(0);
        (format, SampleRate) = (layout.Format, layout.SampleRate);
    }

    public int SampleRate { get; }

    public int Channels => format.Channels;

    public int? Channel { get; set; }

    public long? Frames => null;

    public int Read(Span<float> target)
    {
        var wanted = target.Length * format.FrameBytes;
        if (buffer.Length < wanted)
            buffer = new byte[wanted];
        var bytes = buffer.AsSpan(0, wanted);
        var got = Math.Min(first.Length, wanted);
        first.AsSpan(0, got).CopyTo(bytes);
        first = first[got..];
        got += ffmpeg.StandardOutput.BaseStream.ReadAtLeast(bytes[got..], wanted - got, false);
        var count = got / format.FrameBytes;
        format.ToMono(bytes[..(count * format.FrameBytes)], target[..count], Channel);
        frames += count;
        if (count < target.Length)
            RequireWhole();
        return count;
    }

    public void Skip(long count)
    {
        if (count <= SeekSeconds * SampleRate)
        {
            IAudioDecoder.Discard(this, count);
            return;
        }
        var before = ffmpeg;
        var preroll = PrerollSeconds * SampleRate;
        log = new FfmpegLog();
        (ffmpeg, first, _) = Start((double)(frames + count - preroll) / SampleRate);
        frames += count - preroll;
        End(before);
        IAudioDecoder.Discard(this, preroll);
    }

    public void Dispose() => End(ffmpeg);

    /// <summary>Starts ffmpeg at a time (s) and reads the header of its output.</summary>
    private (Process Ffmpeg, byte[] First, PcmLayout Layout) Start(double from)
    {
        // Floating point avoids clipping and rounding. Channels are averaged and rates converted outside ffmpeg, as for
        // all formats.
        string[] decode =
        [
            .. from > 0 ? ["-ss", from.ToString("F9", CultureInfo.InvariantCulture)] : (string[])[],
            "-i",
            Path.GetFullPath(location),
            .. "-map 0:a:0 -c:a pcm_f32le -f wav -bitexact pipe:1".Split(' '),
        ];
        Process started;
        try
        {
            started = Ffmpeg.Start(decode, log);
        }
        catch (Win32Exception missing)
        {
            throw new AudioFormatException(
                path,
                null,
                $"{formatName} is decoded by ffmpeg, which is not installed; install ffmpeg (Debian, Ubuntu: apt-get install "
                    + "ffmpeg) or convert the file to WAV, AIFF, FLAC, MP3 or Ogg Vorbis",
                missing
            )
            {
                Fault = AudioFault.NoDecoder,
            };
        }
        try
        {
            var start = new byte[HeaderBytes];
            Array.Resize(ref start, started.StandardOutput.BaseStream.ReadAtLeast(start, start.Length, false));
            // ffmpeg writes the header of its output before it decodes, even if it then decodes nothing.
            if (start.Length < HeaderBytes)
                started.WaitForExit();
            if (start.Length == 0 || (start.Length < HeaderBytes && log.HasErrors))
                throw new AudioFormatException(path, null, $"ffmpeg cannot decode the file ({log.Reason})");
            using var header = AudioBytes.Of(start, path);
            var layout = WavHeader.Read(header, out _)!;
            return (started, start[(int)layout.DataOffset..], layout);
        }
        catch
        {
            End(started);
            throw;
        }
    }

    private static void End(Process ffmpeg)
    {
        if (!ffmpeg.HasExited)
            ffmpeg.Kill();
        ffmpeg.Dispose();
    }

    /// <summary>
    /// Throws if ffmpeg reported the file as damaged, or if the file is shorter than the duration in its header.
    /// </summary>
    private void RequireWhole()
    {
        ffmpeg.WaitForExit(); // also waits for the last message
        var seconds = (double)frames / SampleRate;
        var decoded = string.Create(CultureInfo.InvariantCulture, $"{seconds:F2} s could be decoded");
        if (log.HasErrors)
            throw new AudioFormatException(path, null, $"ffmpeg reports damage ({log.Reason}); {decoded}");
        if (frames == 0)
            throw new AudioFormatException(path, null, "ffmpeg found no samples in the file");
        if (seconds < log.StatedSeconds - Math.Max(ToleratedSeconds, ToleratedSamples / SampleRate))
            throw new AudioFormatException(
                path,
                null,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"its header states {log.StatedSeconds:F2} s, but {decoded}"
                )
            )
            {
                Fault = AudioFault.Truncated,
            };
    }
}
