using System.Globalization;

namespace Sed.Core.Corpora;

/// <summary>A clip's name taken apart: "-5QrBL6MzLg_60.000_70.000" is seconds 60 to 70 of video -5QrBL6MzLg.</summary>
/// <param name="Id">The video; it may contain underscores itself.</param>
/// <param name="StartSeconds">Where the clip starts in the video (s).</param>
/// <param name="EndSeconds">Where it ends (s).</param>
internal sealed record YouTubeName(string Id, double StartSeconds, double EndSeconds)
{
    /// <summary>Takes a name without extension apart; null where it is no such name.</summary>
    internal static YouTubeName? Parse(string stem)
    {
        var second = stem.LastIndexOf('_');
        var first = second > 0 ? stem.LastIndexOf('_', second - 1) : -1;
        if (
            first <= 0
            || !double.TryParse(stem[(first + 1)..second], CultureInfo.InvariantCulture, out var start)
            || !double.TryParse(stem[(second + 1)..], CultureInfo.InvariantCulture, out var end)
        )
            return null;
        return new YouTubeName(stem[..first], start, end);
    }
}
