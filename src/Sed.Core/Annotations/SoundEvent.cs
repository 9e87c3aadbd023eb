namespace Sed.Core.Annotations;

/// <summary>
/// A sound event with onset, offset and label. Construction does not validate the values; <see cref="Problem"/> does.
/// </summary>
/// <param name="Onset">Start in seconds from the start of the file; 0 or more.</param>
/// <param name="Offset">End in seconds from the start of the file; not before the onset.</param>
/// <param name="Label">Class of the event, for example "Car".</param>
public readonly record struct SoundEvent(double Onset, double Offset, string Label)
{
    /// <summary>The latest valid time in seconds (about 31 years). Later times would overflow segment counts.</summary>
    public const double LatestSeconds = 1e9;

    /// <summary>
    /// True for rows "0 0 label" of DCASE 2017 lists: the label applies to the file, but the event is not located in
    /// time. Such an event activates no segment.
    /// </summary>
    public bool IsUnlocated => Onset == 0 && Offset == 0;

    /// <summary>Formats the event for readers, for example "0.25 s to 1.5 s: Car".</summary>
    public override string ToString() => FormattableString.Invariant($"{Onset:0.###} s to {Offset:0.###} s: {Label}");

    /// <summary>The reason that the event is not valid, with the values; null for a valid event.</summary>
    public string? Problem() => TimeProblem(Onset, Offset) ?? (Label is null or "" ? "the label is empty" : null);

    /// <summary>The reason that the times of an event or frame are not valid; null for valid times.</summary>
    internal static string? TimeProblem(double onset, double offset, string start = "onset", string end = "offset")
    {
        if (double.IsNaN(onset) || double.IsInfinity(onset))
            return FormattableString.Invariant($"the {start} is {onset}, not a time in seconds");
        if (double.IsNaN(offset) || double.IsInfinity(offset))
            return FormattableString.Invariant($"the {end} is {offset}, not a time in seconds");
        if (onset < 0)
            return FormattableString.Invariant($"the {start} of {onset} s is negative");
        if (offset < onset)
            return FormattableString.Invariant($"the {end} of {offset} s is before the {start} of {onset} s");
        if (offset > LatestSeconds)
            return FormattableString.Invariant($"the {end} of {offset} s is beyond {LatestSeconds} s");
        return null;
    }
}
