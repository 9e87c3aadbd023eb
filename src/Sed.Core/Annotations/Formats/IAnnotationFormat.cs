namespace Sed.Core.Annotations.Formats;

/// <summary>
/// A file format of sound event annotations. Each format is a class in this folder and an item of
/// <see cref="EventListFile.Formats"/>.
/// </summary>
public interface IAnnotationFormat
{
    /// <summary>
    /// Short name in lower case for the option <c>--format</c>, for example "tsv". Unique among the formats.
    /// </summary>
    string Name { get; }

    /// <summary>Name in messages and documentation, for example "tab-separated event list".</summary>
    string Title { get; }

    /// <summary>Description of the first lines that <see cref="Recognises"/> accepts, for messages.</summary>
    string Expected { get; }

    /// <summary>
    /// File extensions in lower case with the dot. They determine the format if the first lines of a text are
    /// recognised by several formats or by none.
    /// </summary>
    IReadOnlyList<string> Extensions { get; }

    /// <summary>
    /// Whether a text can hold the events of several recordings. If not, each recording has its own annotation file,
    /// whose name identifies the recording.
    /// </summary>
    bool NamesRecordings { get; }

    /// <summary>
    /// Suffix of annotation files, which replaces the extension of the recording: with ".txt", the events of
    /// "street.wav" are written to "street.txt".
    /// </summary>
    string FileSuffix => Extensions[0];

    /// <summary>Whether a text is in this format, judged by its first lines.</summary>
    /// <param name="head">The first lines, at most 64 KiB, without a byte order mark.</param>
    bool Recognises(ReadOnlySpan<byte> head);

    /// <summary>Reads a list.</summary>
    /// <param name="text">The text without the UTF-8 byte order mark; empty for a list without files.</param>
    /// <param name="source">Path of the list, for messages.</param>
    /// <param name="options">Minimum confidence, channel, and whether the text annotates a single recording.</param>
    /// <returns>
    /// The events. If the text does not name its recording, the file name is empty.
    /// </returns>
    /// <exception cref="AnnotationException">
    /// The text has invalid rows. The exception lists them with their line numbers.
    /// </exception>
    EventList Read(ReadOnlySpan<byte> text, string source, AnnotationOptions options);

    /// <summary>Creates a writer for a list. Reading the text back gives equal events.</summary>
    /// <param name="text">Receives the text; line breaks are LF.</param>
    EventWriter Write(TextWriter text);
}

/// <summary>Writes events in an annotation format, recording by recording.</summary>
/// <param name="text">Receives the text.</param>
public abstract class EventWriter(TextWriter text)
{
    /// <summary>Receives the text.</summary>
    protected TextWriter Text { get; } = text;

    /// <summary>Writes the events of a recording and flushes them.</summary>
    /// <param name="file">Name of the recording.</param>
    /// <param name="events">Events of the recording, possibly none.</param>
    /// <exception cref="AnnotationException">The name or a label cannot be written in this format.</exception>
    public abstract void Add(string file, IReadOnlyList<SoundEvent> events);

    /// <summary>Completes the text, even if not all recordings were written.</summary>
    public virtual void Finish() => Text.Flush();
}
