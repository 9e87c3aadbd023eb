using System.ComponentModel;
using FFMpegCore;
using FFMpegCore.Exceptions;
using FFMpegCore.Pipes;
using Instances.Exceptions;

namespace Sed.Core.Audio;

/// <summary>Decodes what is not a plain WAV file with the ffmpeg of this machine, at the file's own rate.</summary>
internal static class FfmpegDecoder
{
    private const string Remedy =
        "ffmpeg, which reads every format but WAV, is not installed; install it (Debian, Ubuntu: apt-get install ffmpeg) "
        + "or convert the files to WAV";

    /// <summary>The first audio stream of a file.</summary>
    /// <exception cref="AudioFormatException">ffmpeg is missing, or cannot decode the file.</exception>
    internal static Waveform Read(string path)
    {
        if (path.Contains('"', StringComparison.Ordinal))
            throw new AudioFormatException(path, null, "ffmpeg cannot be given a file name with a quotation mark");
        using MemoryStream wav = new();
        List<string> complaints = [];
        try
        {
            // Floating point, so that nothing is clipped or rounded on the way; mixing and resampling are ours for all formats.
            FFMpegResult result = FFMpegArguments
                .FromFileInput(Path.GetFullPath(path))
                .OutputToPipe(
                    new StreamPipeSink(wav),
                    options => options.WithCustomArgument("-v error -map 0:a:0 -c:a pcm_f32le -f wav -bitexact")
                )
                .NotifyOnStandardError(complaints.Add)
                .ProcessSynchronously(throwOnError: false);
            if (wav.Length == 0)
                throw new AudioFormatException(path, null, $"ffmpeg cannot decode it ({Reason(complaints)})");
        }
        catch (Exception missing) when (IsMissing(missing))
        {
            throw new AudioFormatException(path, null, Remedy, missing) { Fault = AudioFault.NoDecoder };
        }
        catch (FFMpegException refused)
        {
            throw new AudioFormatException(path, null, $"ffmpeg cannot decode it ({Reason(complaints)})", refused);
        }
        // The pipe cannot be rewound, so ffmpeg leaves the size field at its largest value, which the reader understands.
        return WavReader.Read(wav.GetBuffer().AsMemory(0, (int)wav.Length), path);
    }

    private static bool IsMissing(Exception? exception) =>
        exception is Win32Exception or InstanceFileNotFoundException
        || (exception is FFMpegException && IsMissing(exception.InnerException))
        || (exception is AggregateException many && many.InnerExceptions.Any(IsMissing));

    // ffmpeg's first complaint is the decoder's own; those after it are its consequences.
    private static string Reason(List<string> complaints) =>
        complaints.Select(line => line.Trim().TrimEnd('.')).FirstOrDefault(line => line.Length > 0)
        ?? "it gave no reason";
}
