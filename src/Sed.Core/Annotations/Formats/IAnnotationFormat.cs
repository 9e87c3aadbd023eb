namespace Sed.Core.Annotations.Formats;

/// <summary>
/// A file format of sound event annotations. Each format is one file in this folder, and <see cref="EventListFile.Formats"/>
/// lists it.
/// </summary>
public interface IAnnotationFormat
{
    /// <summary>Short name in lower case, as <c>--format</c> takes it, for example "tsv". Unique among the formats.</summary>
    string Name { get; }

    /// <summary>Name in messages and documentation, for example "tab-separated event list".</summary>
    string Title { get; }

    /// <summary>The first lines that <see cref="Recognises"/> accepts, described in one clause for messages.</summary>
    string Expected { get; }

    /// <summary>File extensions in lower case with the dot. They decide between formats that both recognise a text.</summary>
    IReadOnlyList<string> Extensions { get; }

    /// <summary>Whether a text is in this format. Decided by its first lines.</summary>
    /// <param name="head">The first lines, at most 64 KiB, without a byte order mark.</param>
    bool Recognises(ReadOnlySpan<byte> head);

    /// <summary>Reads a list.</summary>
    /// <param name="text">The text, without a byte order mark of UTF-8; empty for a list without files.</param>
    /// <param name="source">Path of the list, for messages.</param>
    /// <param name="minimumConfidence">
    /// The least confidence of an event, from 0 to 1; null for the default, which is noted. Events with less are left out.
    /// Formats without confidences ignore it.
    /// </param>
    /// <returns>
    /// The events. A format that does not name the recording gives the file the empty name.
    /// </returns>
    /// <exception cref="AnnotationException">The text has invalid rows; each is named with its line.</exception>
    EventList Read(ReadOnlySpan<byte> text, string source, double? minimumConfidence);

    /// <summary>Begins to write a list. Reading the text back gives equal events.</summary>
    /// <param name="text">Receives the text; line breaks are LF.</param>
    EventWriter Write(TextWriter text);
}

/// <summary>Writes the events of one recording after another in an annotation format.</summary>
/// <param name="text">Receives the text.</param>
public abstract class EventWriter(TextWriter text)
{
    /// <summary>Receives the text.</summary>
    protected TextWriter Text { get; } = text;

    /// <summary>Writes the events of a recording and flushes them.</summary>
    /// <param name="file">Name of the recording.</param>
    /// <param name="events">Its events, possibly none.</param>
    /// <exception cref="AnnotationException">The name or a label cannot be written in this format.</exception>
    public abstract void Add(string file, IReadOnlyList<SoundEvent> events);

    /// <summary>Completes the text, also where not all recordings were written.</summary>
    public virtual void Finish() => Text.Flush();
}
