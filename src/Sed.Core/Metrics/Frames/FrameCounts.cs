using Sed.Core.Metrics.Counts;

namespace Sed.Core.Metrics.Frames;

/// <summary>Counts of frames with one class each. Counts add up over clips. Immutable.</summary>
public sealed class FrameCounts : ICounts<FrameCounts>
{
    private readonly long[] values;

    private FrameCounts(long[] values) => this.values = values;

    /// <param name="wrong">Number of frames whose estimated class is wrong.</param>
    /// <param name="frames">Number of frames.</param>
    public FrameCounts(long wrong, long frames)
        : this([wrong, frames]) { }

    /// <inheritdoc />
    public ReadOnlySpan<long> Values => values;

    /// <summary>Number of frames whose estimated class is wrong.</summary>
    public long Wrong => values[0];

    /// <summary>Number of frames.</summary>
    public long Frames => values[1];

    /// <summary>
    /// Frame error: the fraction of frames whose estimated class is wrong, 0 to 1; undefined without frames.
    /// </summary>
    public Rate Error => Frames == 0 ? Rate.Undefined("the clips have no frames") : (double)Wrong / Frames;

    /// <inheritdoc />
    public FrameCounts With(ReadOnlySpan<long> values) => new(values.ToArray());

    /// <summary>The sum of both counts.</summary>
    public static FrameCounts operator +(FrameCounts a, FrameCounts b) => new(Counting.Sum(a.values, b.values));
}
