using System.Text;

namespace Sed.Core.Annotations;

/// <summary>Which field of a row holds what. Found from the header, or else from the number of fields of the first row that has several.</summary>
/// <param name="Fields">Number of fields of a row.</param>
/// <param name="File">The field of the file name, or -1 in a list about one file that it does not name.</param>
/// <param name="Onset">The field of the onset.</param>
/// <param name="Offset">The field of the offset.</param>
/// <param name="Label">The field of the label.</param>
internal sealed record EventListLayout(int Fields, int File, int Onset, int Offset, int Label)
{
    private static readonly string[] FileNames = ["filename", "file", "file_name", "audio_filename"];
    private static readonly string[] OnsetNames = ["onset", "event_onset", "start", "start_time", "start_time_seconds"];
    private static readonly string[] OffsetNames = ["offset", "event_offset", "end", "end_time", "end_time_seconds"];
    private static readonly string[] LabelNames = ["event_label", "label", "class", "event"];

    /// <summary>
    /// The layout of a list without header: "onset offset label", "file onset offset label" or
    /// "file scene onset offset label"; null for any other number of fields.
    /// </summary>
    public static EventListLayout? Of(int fields) =>
        fields switch
        {
            3 => new EventListLayout(3, -1, 0, 1, 2),
            4 => new EventListLayout(4, 0, 1, 2, 3),
            5 => new EventListLayout(5, 0, 2, 3, 4),
            _ => null,
        };

    /// <summary>The layout that a header gives, or null when the row is no header.</summary>
    public static EventListLayout? OfHeader(in TabRows row)
    {
        var (file, onset, offset, label) = (-1, -1, -1, -1);
        for (var k = 0; k < row.Count; k++)
        {
            var name = Encoding.UTF8.GetString(row[k]).ToLowerInvariant();
            if (FileNames.Contains(name))
                file = k;
            else if (OnsetNames.Contains(name))
                onset = k;
            else if (OffsetNames.Contains(name))
                offset = k;
            else if (LabelNames.Contains(name))
                label = k;
        }
        var complete = onset >= 0 && offset >= 0 && label >= 0;
        return complete ? new EventListLayout(row.Count, file, onset, offset, label) : null;
    }
}
