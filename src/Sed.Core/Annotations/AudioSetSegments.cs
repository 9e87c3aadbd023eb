namespace Sed.Core.Annotations;

/// <summary>
/// Recognises AudioSet's segment lists. Their rows contain the identifier of the video, the start and end of the clip
/// in the video, the labels (only in the lists of DCASE 2017), and the identifiers of the labels, separated by commas
/// ("/m/0284vy3,/m/07jdr"). The header is a comment or missing.
/// </summary>
internal static class AudioSetSegments
{
    /// <summary>Describes an AudioSet segment list, for use in messages.</summary>
    public const string Description =
        "this is a list of AudioSet segments, with clip-level labels and the position of each clip in its video";

    /// <summary>Remedy for a segment list that is given in place of a list of events.</summary>
    public const string Remedy = "give a list of events; this list can be read as a list of tags";

    /// <summary>Whether a row has the form of a row of an AudioSet segment list.</summary>
    public static bool Is(in ListRows row)
    {
        if (
            row.Count is not (4 or 5)
            || !TextNumbers.TryRead(row[1], out _)
            || !TextNumbers.TryRead(row[2], out _)
            || row[row.Count - 1].IsEmpty
        )
            return false;
        var ids = row[row.Count - 1];
        // "file onset offset /m/09x0r" with tabs is an event of AudioSet-Strong.
        if (row.Separator != ',' && !ids.Contains((byte)','))
            return false;
        foreach (var id in ids.Split((byte)','))
        {
            var one = ids[id].Trim((byte)' ');
            if (!(one.Length > 3 && one[0] == '/' && one[2] == '/' && one[1] is (byte)'m' or (byte)'t' or (byte)'g'))
                return false;
        }
        return true;
    }
}
