using System.Globalization;
using System.Text.RegularExpressions;

namespace Sed.Core.Corpora;

/// <summary>
/// A clip of a YouTube video, parsed from its name "id_start_end" or, as in AudioSet-Strong, "id_milliseconds":
/// "-5QrBL6MzLg_60.000_70.000" and "-5QrBL6MzLg_60000" are seconds 60 to 70 of video -5QrBL6MzLg. Clips that were cut
/// from other long recordings can be named in the same way.
/// </summary>
/// <param name="Id">The YouTube id, which can contain underscores, or the name of the long recording.</param>
/// <param name="StartSeconds">Start of the clip in the video, in seconds.</param>
/// <param name="EndSeconds">End of the clip in the video, in seconds.</param>
internal sealed partial record YouTubeName(string Id, double StartSeconds, double EndSeconds)
{
    private const double SegmentSeconds = 10; // of AudioSet
    private const double LongestSeconds = 600;

    /// <summary>
    /// Parses a name without extension; null if it has a different form. Dates and times in the file names of
    /// recorders, such as "SITE_20240101_120000", do not count as times of clips: the end of a clip is at most 10
    /// minutes after its start, and the times have decimals unless the id has the form of a YouTube id.
    /// </summary>
    internal static YouTubeName? Parse(string stem)
    {
        if (Milliseconds().Match(stem) is { Success: true } strong)
        {
            var from = Seconds(strong.Groups[2]) / 1000;
            return new YouTubeName(strong.Groups[1].Value, from, from + SegmentSeconds);
        }
        if (Times().Match(stem) is not { Success: true } match)
            return null;
        var (id, start, end) = (match.Groups[1].Value, Seconds(match.Groups[2]), Seconds(match.Groups[3]));
        var hasDecimals = match.Groups[2].Value.Contains('.') && match.Groups[3].Value.Contains('.');
        return end > start && end - start <= LongestSeconds && (hasDecimals || VideoId().IsMatch(id))
            ? new YouTubeName(id, start, end)
            : null;
    }

    private static double Seconds(Group digits) => double.Parse(digits.Value, CultureInfo.InvariantCulture);

    // Ids of videos have 11 characters, and segments start at whole seconds. "S1_20240101_120000" is a date and a time.
    [GeneratedRegex(@"^(?!.*[_-](?:19|20)\d{6}_)([A-Za-z0-9_-]{11})_(0|[1-9]\d{0,5}000)$")]
    private static partial Regex Milliseconds();

    // Numbers with leading zeros, as in the file names of recorders, do not match.
    [GeneratedRegex(@"^(.+)_ *((?:0|[1-9]\d*)(?:\.\d+)?)_ *((?:0|[1-9]\d*)(?:\.\d+)?)$")]
    private static partial Regex Times();

    [GeneratedRegex("^Y?[A-Za-z0-9_-]{11}$")]
    private static partial Regex VideoId();
}
