using System.ComponentModel;
using System.Globalization;
using FFMpegCore;
using FFMpegCore.Exceptions;
using FFMpegCore.Pipes;
using Instances.Exceptions;

namespace Sed.Core.Audio;

/// <summary>Decodes what is not a plain WAV file with the ffmpeg of this machine, at the file's own rate.</summary>
internal static class FfmpegDecoder
{
    internal const string Remedy =
        "ffmpeg, which reads every format but WAV, is not installed; install it (Debian, Ubuntu: apt-get install ffmpeg) "
        + "or convert the files to WAV";

    // Encoders count the silence before and after the sound in different ways; that is less than this (s).
    private const double Tolerated = 0.1;

    /// <summary>The first audio stream of a file.</summary>
    /// <exception cref="AudioFormatException">ffmpeg is missing, or cannot decode the file.</exception>
    internal static Waveform Read(string path)
    {
        if (path.Contains('"', StringComparison.Ordinal))
            throw new AudioFormatException(path, null, "ffmpeg cannot be given a file name with a quotation mark");
        AudioFile.RequireBytes(path);
        using MemoryStream wav = new();
        FfmpegLog log = new();
        try
        {
            // Floating point, so that nothing is clipped or rounded on the way; mixing and resampling are ours for all formats.
            FFMpegResult result = FFMpegArguments
                .FromFileInput(Path.GetFullPath(path))
                .OutputToPipe(
                    new StreamPipeSink(wav),
                    options =>
                        options.WithCustomArgument("-v level+info -nostats -map 0:a:0 -c:a pcm_f32le -f wav -bitexact")
                )
                .NotifyOnStandardError(log.Add)
                .ProcessSynchronously(throwOnError: false);
            if (wav.Length == 0)
                throw new AudioFormatException(path, null, $"ffmpeg cannot decode it ({log.Reason})");
        }
        catch (Exception missing) when (IsMissing(missing))
        {
            throw new AudioFormatException(path, null, Remedy, missing) { Fault = AudioFault.NoDecoder };
        }
        catch (FFMpegException refused)
        {
            throw new AudioFormatException(path, null, $"ffmpeg cannot decode it ({log.Reason})", refused);
        }
        // The pipe cannot be rewound, so ffmpeg leaves the size field at its largest value, which the reader understands.
        Waveform sound = WavReader.Read(wav.GetBuffer().AsMemory(0, (int)wav.Length), path);
        RequireWhole(path, log, sound.DurationSeconds);
        return sound;
    }

    /// <summary>Refuses sound of which the decoder complained, or that is shorter than its header says.</summary>
    internal static void RequireWhole(string path, FfmpegLog log, double seconds)
    {
        string decoded = string.Create(CultureInfo.InvariantCulture, $"{seconds:F2} s of sound could be decoded");
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

    /// <summary>Whether a failure says that there is no ffmpeg on this machine.</summary>
    internal static bool IsMissing(Exception? exception) =>
        exception is Win32Exception or InstanceFileNotFoundException
        || (exception is FFMpegException && IsMissing(exception.InnerException))
        || (exception is AggregateException many && many.InnerExceptions.Any(IsMissing));
}
