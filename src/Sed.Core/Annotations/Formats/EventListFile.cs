using Sed.Core.Runtime;

namespace Sed.Core.Annotations.Formats;

/// <summary>Reads and writes files of sound events in any of the <see cref="Formats"/>.</summary>
public static class EventListFile
{
    private const int HeadBytes = 1 << 16;

    /// <summary>The annotation formats; the first one is the default for writing.</summary>
    public static IReadOnlyList<IAnnotationFormat> Formats { get; } =
    [
        new TabSeparatedEvents(),
        new CommaSeparatedEvents(),
        new DcaseEvents(),
        new JsonEvents(),
        new AudacityLabels(),
        new RavenSelections(),
        new TextGrids(),
        new LabelStudioTasks(),
        new SprSoundEvents(),
    ];

    /// <summary>
    /// The format with the given <see cref="IAnnotationFormat.Name"/>; null if no format has this name.
    /// </summary>
    public static IAnnotationFormat? FormatNamed(string name) => Formats.FirstOrDefault(format => format.Name == name);

    /// <summary>
    /// Reads a file, or a folder with one annotation file per recording. The format is recognised from the first lines.
    /// </summary>
    /// <param name="path">
    /// Path of the file or folder. If the folder contains audio, annotation files are found by the names of the
    /// recordings.
    /// </param>
    /// <param name="minimumConfidence">
    /// Minimum confidence of an event, from 0 to 1, in lists with confidences. Events below it are left out. The
    /// default is 0.5, and <see cref="EventList.Notes"/> reports the events that it excludes.
    /// </param>
    /// <exception cref="AnnotationException">
    /// No format recognises the file, or rows are invalid. The exception lists invalid rows with their line numbers.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static EventList Read(string path, double? minimumConfidence = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Directory.Exists(path)
            ? AnnotationFiles.Read(path, minimumConfidence)
            : Parse(ListText.Read(path), path, Formats, new() { MinimumConfidence = minimumConfidence });
    }

    /// <summary>
    /// Determines the format of a file from its first lines; null if no format or more than one format recognises them.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">Maps column names in the file to known names; null for none.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    internal static IAnnotationFormat? FormatOf(string path, IReadOnlyDictionary<string, string>? columns = null)
    {
        // Reading a pipe could block.
        if (FileIdentity.IsDevice(path))
            return null;
        using var file = File.OpenRead(path);
        var bytes = new byte[HeadBytes];
        var count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        var text = ColumnNames.Replace(ListText.ToUtf8(bytes[..count]), columns);
        var head = text.AsSpan(text.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0);
        if (count == HeadBytes && head.LastIndexOf((byte)'\n') is var end and >= 0)
            head = head[..(end + 1)];
        return count > 0 && Recognising(head, Formats) is [var only] ? only : null;
    }

    private static List<IAnnotationFormat> Recognising(
        ReadOnlySpan<byte> head,
        IReadOnlyList<IAnnotationFormat> formats
    )
    {
        List<IAnnotationFormat> found = [];
        foreach (var format in formats)
            if (format.Recognises(head))
                found.Add(format);
        return found;
    }

    /// <summary>Reads a list from its bytes. The format is recognised from the first lines.</summary>
    /// <param name="text">The text; empty for a list without files.</param>
    /// <param name="source">Path of the list, or the name that messages use for it.</param>
    /// <exception cref="AnnotationException">
    /// No format recognises the text, or rows are invalid. The exception lists invalid rows with their line numbers.
    /// </exception>
    public static EventList Parse(ReadOnlySpan<byte> text, string source) => Parse(text, source, Formats);

    internal static EventList Parse(
        ReadOnlySpan<byte> text,
        string source,
        IReadOnlyList<IAnnotationFormat> formats,
        AnnotationOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(source);
        if (text.StartsWith("\uFEFF"u8))
            text = text[3..];
        return FormatOf(text, source, formats).Read(text, source, options ?? new AnnotationOptions());
    }

    /// <summary>Writes an event list to a tab-separated file.</summary>
    /// <param name="path">The file to write; an existing file is replaced.</param>
    /// <param name="list">The list to write.</param>
    /// <param name="header">Whether the first row names the columns, as in DESED.</param>
    /// <exception cref="AnnotationException">A name or label cannot be written in a tab-separated list.</exception>
    public static void Write(string path, EventList list, bool header = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        AtomicFile.Write(path, Format(list, header));
    }

    /// <summary>Returns the text that <see cref="Write"/> writes to a file.</summary>
    /// <exception cref="AnnotationException">A name or label cannot be written in a tab-separated list.</exception>
    public static string Format(EventList list, bool header = false) =>
        Format(list, header ? new TabSeparatedEvents() : new DcaseEvents());

    /// <summary>Formats a list as text in the given annotation format.</summary>
    /// <exception cref="AnnotationException">A name or label cannot be written in this format.</exception>
    public static string Format(EventList list, IAnnotationFormat format)
    {
        ArgumentNullException.ThrowIfNull(list);
        ArgumentNullException.ThrowIfNull(format);
        using StringWriter text = new() { NewLine = "\n" };
        var writer = format.Write(text);
        for (var file = 0; file < list.Files.Length; file++)
            writer.Add(list.Files[file], list.EventsAt(file).ToArray());
        writer.Finish();
        return text.ToString();
    }

    private static IAnnotationFormat FormatOf(
        ReadOnlySpan<byte> text,
        string source,
        IReadOnlyList<IAnnotationFormat> formats
    )
    {
        var recognised = Recognising(Head(text), formats);
        if (recognised.Count == 1)
            return recognised[0];
        // The extension determines the format of a malformed list, so that the reader of this format can report the
        // malformed lines. All formats of rows and fields share one reader.
        var extension = Path.GetExtension(source).ToLowerInvariant();
        IAnnotationFormat[] named =
        [
            .. (recognised.Count > 0 ? recognised : formats).Where(format => format.Extensions.Contains(extension)),
        ];
        if (named.Length == 1 || (named.Length > 1 && recognised.Count == 0))
            return named[0];
        if (recognised.Count > 0)
            throw new AnnotationException(
                source,
                0,
                $"the text is valid in several formats: {string.Join(", ", recognised.Select(format => format.Title))}",
                $"give the file one of these extensions: {string.Join(", ", recognised.Select(format => format.Extensions[0]))}"
            );
        ListText.RequireText(text, source);
        Problem[] problems =
        [
            .. formats.Select(format =>
                ProblemList.At(
                    source,
                    0,
                    $"this is not {(format.Title[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? "an" : "a")} {format.Title}",
                    $"expected {format.Expected}"
                )
            ),
        ];
        throw new AnnotationException(problems, problems.Length);
    }

    /// <summary>Returns the complete lines at the start of a text.</summary>
    private static ReadOnlySpan<byte> Head(ReadOnlySpan<byte> text)
    {
        if (text.Length <= HeadBytes)
            return text;
        var head = text[..HeadBytes];
        return head.LastIndexOf((byte)'\n') is var end and >= 0 ? head[..(end + 1)] : head;
    }
}
