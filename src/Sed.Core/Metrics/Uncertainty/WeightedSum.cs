using Sed.Core.Metrics.Counts;

namespace Sed.Core.Metrics.Uncertainty;

/// <summary>Sums the counts of weighted clips. Not thread-safe.</summary>
public sealed class WeightedSum<TCounts>
    where TCounts : ICounts<TCounts>
{
    private readonly TCounts first;
    private readonly int width;
    private readonly long[] values;
    private readonly long[] sum;

    /// <param name="perClip">The counts of each clip, for the same classes; at least one.</param>
    /// <exception cref="ArgumentException">There are no clips, or their classes differ.</exception>
    public WeightedSum(IReadOnlyList<TCounts> perClip)
    {
        ArgumentNullException.ThrowIfNull(perClip);
        if (perClip.Count == 0)
            throw new ArgumentException("There are no clips to draw from.", nameof(perClip));
        first = perClip[0];
        width = first.Values.Length;
        values = new long[perClip.Count * width];
        sum = new long[width];
        for (var clip = 0; clip < perClip.Count; clip++)
        {
            if (perClip[clip].Values.Length != width)
                throw new ArgumentException(
                    $"Clip {clip} was counted for different classes than clip 0.",
                    nameof(perClip)
                );
            perClip[clip].Values.CopyTo(values.AsSpan(clip * width));
        }
    }

    /// <summary>The sum of the counts of all clips, each multiplied by the clip's weight.</summary>
    public TCounts Of(ReadOnlySpan<int> weights)
    {
        Array.Clear(sum);
        for (var clip = 0; clip < weights.Length; clip++)
        for (var time = 0; time < weights[clip]; time++)
            Counting.AddTo(sum, values.AsSpan(clip * width, width));
        return first.With(sum);
    }
}
