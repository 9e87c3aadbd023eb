using System.Diagnostics;

namespace Sed.Core.Audio;

/// <summary>The ffmpeg of this machine.</summary>
internal static class Ffmpeg
{
    /// <summary>What to do where there is none.</summary>
    internal const string Remedy =
        "ffmpeg, which reads every format but WAV, is not installed; install it (Debian, Ubuntu: apt-get install ffmpeg) "
        + "or convert the files to WAV";

    /// <summary>Starts it.</summary>
    /// <param name="arguments">Inputs, options and outputs; <c>pipe:1</c> is its standard output.</param>
    /// <param name="log">Takes what it says.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">There is none.</exception>
    internal static Process Start(IEnumerable<string> arguments, FfmpegLog log)
    {
        ProcessStartInfo start = new("ffmpeg", ["-v", "level+info", "-nostats", "-nostdin", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        Process ffmpeg = Process.Start(start)!;
        ffmpeg.ErrorDataReceived += (_, line) => log.Add(line.Data ?? "");
        ffmpeg.BeginErrorReadLine();
        return ffmpeg;
    }
}
