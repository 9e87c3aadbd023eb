namespace Sed.Core.Annotations;

/// <summary>An event with the confidence of its label.</summary>
/// <param name="Event">The event.</param>
/// <param name="Confidence">Confidence of the label, from 0 to 1.</param>
public readonly record struct SoftEvent(SoundEvent Event, double Confidence)
{
    /// <inheritdoc cref="SoundEvent.Onset"/>
    public double Onset => Event.Onset;

    /// <inheritdoc cref="SoundEvent.Offset"/>
    public double Offset => Event.Offset;

    /// <inheritdoc cref="SoundEvent.Label"/>
    public string Label => Event.Label;

    /// <summary>The event without its confidence.</summary>
    public static implicit operator SoundEvent(SoftEvent own) => own.Event;

    /// <summary>Formats the event for readers, for example "0.25 s to 1.5 s: Car (confidence 0.8)".</summary>
    public override string ToString() => FormattableString.Invariant($"{Event} (confidence {Confidence:0.###})");
}

/// <summary>An event of a list, with its line number and details.</summary>
/// <param name="Sound">The event.</param>
/// <param name="Line">Line number from 1; 0 for lists that were not read from text.</param>
/// <param name="Details">Further properties; null if the list has none for the event.</param>
internal readonly record struct EventEntry(SoundEvent Sound, int Line, EventDetails? Details);

/// <summary>
/// Properties of an annotated event besides its times and label. Metrics do not use them. A property that the
/// annotation does not contain is null.
/// </summary>
public sealed record EventDetails
{
    /// <summary>Lower limit of the frequency range in Hz; 0 or more.</summary>
    public double? LowHz { get; init; }

    /// <summary>Upper limit of the frequency range in Hz; at least <see cref="LowHz"/>.</summary>
    public double? HighHz { get; init; }

    /// <summary>Channel of the recording, from 1.</summary>
    public int? Channel { get; init; }

    /// <summary>Confidence of the label, from 0 to 1.</summary>
    public double? Confidence { get; init; }

    /// <summary>Name or number of the annotator.</summary>
    public string? Annotator { get; init; }
}
