namespace Sed.Core.Annotations.Formats;

/// <summary>How a text of annotations is read. Immutable.</summary>
public sealed record AnnotationOptions
{
    /// <summary>
    /// Minimum confidence of an event, from 0 to 1; events below it are left out. If null (default),
    /// <see cref="EventList.DefaultMinimumConfidence"/> applies, and a note reports the excluded events. Texts without
    /// confidences ignore it.
    /// </summary>
    public double? MinimumConfidence { get; init; }

    /// <summary>
    /// The channel whose events are read, from 1, in addition to the events without a channel. Null (default): the
    /// events of all channels.
    /// </summary>
    public int? Channel { get; init; }

    /// <summary>
    /// Whether the text annotates a single recording that it need not name, because the name of the annotation file
    /// identifies it. A header then needs no column of file names. Default false.
    /// </summary>
    public bool IsOfRecording { get; init; }
}
