using System.Globalization;
using System.Text.RegularExpressions;

namespace Sed.Core.Audio;

/// <summary>What ffmpeg says while it decodes, line by line, where each line has its level (<c>-v level+info</c>).</summary>
internal sealed partial class FfmpegLog
{
    private readonly List<string> errors = [];
    private bool isUnstated;

    /// <summary>Whether anything went wrong.</summary>
    public bool HasErrors => errors.Count > 0;

    /// <summary>The decoder's own complaint, which is the first; those after it are its consequences.</summary>
    public string Reason => errors.FirstOrDefault() ?? "it gave no reason";

    /// <summary>The length that the file's header states (s); not a number where it states none.</summary>
    public double StatedSeconds { get; private set; } = double.NaN;

    /// <summary>Takes the next line.</summary>
    public void Add(string line)
    {
        if (
            Error().Match(line) is { Success: true } error
            && error.Groups["what"].Value.Trim().TrimEnd('.') is { Length: > 0 } what
        )
            errors.Add(what);
        else if (Unstated().IsMatch(line))
            isUnstated = true;
        else if (
            !isUnstated
            && Duration().Match(line) is { Success: true } duration
            && TimeSpan.TryParse(duration.Groups["time"].Value, CultureInfo.InvariantCulture, out TimeSpan stated)
        )
            StatedSeconds = stated.TotalSeconds;
    }

    // For example "[flac @ 0x55f55b584600] [error] invalid residual".
    [GeneratedRegex(@"\[(error|fatal|panic)\](?<what>.*)")]
    private static partial Regex Error();

    // Ogg has no length in its header: ffmpeg takes the last page's time, from which the first one's is to be taken.
    [GeneratedRegex(@"Estimating duration from bitrate|\[info\] Input #0, ogg,")]
    private static partial Regex Unstated();

    [GeneratedRegex(@"\[info\]\s+Duration: (?<time>\d+:\d+:\d+\.\d+)")]
    private static partial Regex Duration();
}
