namespace Sed.Core.Annotations;

/// <summary>One sound, from its onset to its offset, with its label. A plain value; it is not checked when made.</summary>
/// <param name="Onset">Where it starts, in seconds from the start of the file; 0 or more.</param>
/// <param name="Offset">Where it ends, in seconds from the start of the file; the onset or more.</param>
/// <param name="Label">What is heard, for example "Car".</param>
public readonly record struct SoundEvent(double Onset, double Offset, string Label)
{
    /// <summary>The latest time that an event may have, in seconds (about 31 years): beyond it, segments cannot be counted.</summary>
    public const double LatestSeconds = 1e9;

    /// <summary>Offset minus onset, in seconds.</summary>
    public double Duration => Offset - Onset;

    /// <summary>
    /// True for the rows "0 0 label" of the DCASE lists: the label belongs to the file, but nobody heard where.
    /// Such an event activates no segment.
    /// </summary>
    public bool IsUnlocated => Onset == 0 && Offset == 0;

    /// <summary>Why this cannot be an event, with the values; null when it can.</summary>
    public string? Problem() => TimeProblem(Onset, Offset) ?? (Label is null or "" ? "the label is empty" : null);

    internal static string? TimeProblem(double onset, double offset)
    {
        if (double.IsNaN(onset) || double.IsInfinity(onset))
            return FormattableString.Invariant($"the onset is {onset}, not a time in seconds");
        if (double.IsNaN(offset) || double.IsInfinity(offset))
            return FormattableString.Invariant($"the offset is {offset}, not a time in seconds");
        if (onset < 0)
            return FormattableString.Invariant($"the onset of {onset} s is negative");
        if (offset < onset)
            return FormattableString.Invariant($"the offset of {offset} s lies before the onset of {onset} s");
        if (offset > LatestSeconds)
            return FormattableString.Invariant($"the offset of {offset} s lies beyond {LatestSeconds} s");
        return null;
    }
}
