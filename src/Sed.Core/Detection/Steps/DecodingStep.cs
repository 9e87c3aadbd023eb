namespace Sed.Core.Detection.Steps;

/// <summary>
/// What is done with the active frames of one class of one clip before they become events, as data; each is a file of its
/// own beside this one.
/// </summary>
public abstract partial record DecodingStep
{
    /// <summary>The step in a few words, as plans and tables have it; equal steps have the same.</summary>
    public abstract string InWords { get; }

    /// <summary>Every reason why the step cannot be used, with its remedy; empty when it can.</summary>
    public abstract IEnumerable<string> Problems();

    /// <summary>
    /// Frames with a stretch of this length between them, in which no probability reaches a threshold, do not change what
    /// becomes of each other, in seconds. Default: all frames of a recording may.
    /// </summary>
    internal virtual double ReachSeconds => double.PositiveInfinity;

    /// <summary>Changes which frames are active.</summary>
    /// <param name="active">Whether each frame is active so far.</param>
    /// <param name="probabilities">The probability of each frame.</param>
    /// <param name="framesPerSecond">Frames in a second.</param>
    internal abstract void Apply(Span<bool> active, ReadOnlySpan<float> probabilities, double framesPerSecond);

    /// <summary><see cref="InWords"/>.</summary>
    public sealed override string ToString() => InWords;

    private static IEnumerable<string> NotNegative(double seconds, string what)
    {
        if (!(seconds >= 0 && double.IsFinite(seconds)))
            yield return FormattableString.Invariant($"{what} {seconds:R} s long; 0 s is none");
    }

    /// <summary>Sets every stretch of frames that are alike, active or not, and shorter than so many frames, to the other.</summary>
    private static void Flip(Span<bool> active, bool which, double frames)
    {
        for (var from = 0; from < active.Length; )
        {
            var to = from;
            while (to < active.Length && active[to] == active[from])
                to++;
            if (active[from] == which && to - from < frames)
                active[from..to].Fill(!which);
            from = to;
        }
    }
}
