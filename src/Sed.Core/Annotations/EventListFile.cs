using System.Globalization;
using System.Text;

namespace Sed.Core.Annotations;

/// <summary>
/// Reads and writes the tab-separated event lists of DCASE and DESED. A row is "file onset offset label",
/// "file scene onset offset label", "onset offset label" (one file, without its name), a file name alone or with empty
/// fields (a file without events); times in seconds. A header may name the columns, in any order. LF or CRLF, UTF-8.
/// </summary>
public static class EventListFile
{
    /// <summary>Reads a list.</summary>
    /// <exception cref="AnnotationException">The list has rows that are no events; every one is named with its line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static EventList Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Parse(ListBytes.Read(path), path);
    }

    /// <summary>Reads a list from UTF-8 text.</summary>
    /// <param name="text">The text; empty for a list without files.</param>
    /// <param name="source">What the list is called in messages.</param>
    /// <exception cref="AnnotationException">The list has rows that are no events; every one is named with its line.</exception>
    public static EventList Parse(ReadOnlySpan<byte> text, string source)
    {
        ListBytes.RequireText(text, source);
        var rows = new TabRows(text);
        var reading = new EventListReading(source);
        while (rows.Next())
            reading.Add(rows);
        return reading.Finish();
    }

    /// <summary>Writes a list as "file onset offset label", LF, a file without events as its name alone. Reading it gives an equal list.</summary>
    /// <param name="path">The file to write; an existing one is replaced.</param>
    /// <param name="list">The list to write.</param>
    /// <param name="header">True for a first row with the names of the columns, as DESED has it.</param>
    /// <exception cref="AnnotationException">A name or label cannot stand in a tab-separated list.</exception>
    public static void Write(string path, EventList list, bool header = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        File.WriteAllText(path, Format(list, header), new UTF8Encoding(false));
    }

    /// <summary>The text that <see cref="Write"/> writes.</summary>
    /// <exception cref="AnnotationException">A name or label cannot stand in a tab-separated list.</exception>
    public static string Format(EventList list, bool header = false)
    {
        ArgumentNullException.ThrowIfNull(list);
        ListBytes.RequireWritable(list.Source, list.Files.Concat(list.Labels));
        StringBuilder text = new();
        if (header)
            text.Append("filename\tonset\toffset\tevent_label\n");
        for (var file = 0; file < list.Files.Length; file++)
        {
            if (list.EventsAt(file).IsEmpty)
                text.Append(list.Files[file]).Append('\n');
            foreach (var (onset, offset, label) in list.EventsAt(file))
                text.Append(CultureInfo.InvariantCulture, $"{list.Files[file]}\t{onset:R}\t{offset:R}\t{label}\n");
        }
        return text.ToString();
    }
}
