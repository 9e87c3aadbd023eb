namespace Sed.Core.Annotations.Formats;

/// <summary>Options for reading annotations from text. Immutable.</summary>
public sealed record AnnotationOptions
{
    /// <summary>
    /// Minimum confidence of an event, from 0 to 1; events below it are left out. If null (default),
    /// <see cref="EventList.DefaultMinimumConfidence"/> applies, and a note reports the excluded events. Has no effect
    /// on texts without confidences.
    /// </summary>
    public double? MinimumConfidence { get; init; }

    /// <summary>
    /// The channel whose events are read, from 1. Events without a channel are read too. Null (default): the events of
    /// all channels are read.
    /// </summary>
    public int? Channel { get; init; }

    /// <summary>
    /// Whether the text annotates a single recording, which the name of the annotation file identifies. If so, a header
    /// needs no column of file names. Default false.
    /// </summary>
    public bool IsOfRecording { get; init; }
}
