namespace Sed.Core.Metrics.Uncertainty;

/// <summary>
/// The independent units of a set of clips. A bootstrap resample draws units with replacement. The clips of one unit, for
/// example windows of one recording, are drawn together. Immutable.
/// </summary>
public sealed class SamplingUnits
{
    private readonly int[]? unitOf; // unit of each clip; null: every clip is a unit

    private SamplingUnits(int clips, int count, int[]? unitOf) => (Clips, Count, this.unitOf) = (clips, count, unitOf);

    /// <summary>Number of clips.</summary>
    public int Clips { get; }

    /// <summary>Number of units.</summary>
    public int Count { get; }

    /// <summary>Creates one unit per clip.</summary>
    /// <param name="clips">Number of clips, at least 1.</param>
    /// <exception cref="ArgumentException">There are no clips.</exception>
    public static SamplingUnits OfClips(int clips) =>
        clips > 0
            ? new(clips, clips, null)
            : throw new ArgumentException("There are no clips to draw from.", nameof(clips));

    /// <summary>Groups clips with equal keys into units.</summary>
    /// <param name="keys">The key of each clip, for example the name of its recording; at least one.</param>
    /// <exception cref="ArgumentException">There are no clips.</exception>
    public static SamplingUnits Of(IReadOnlyList<string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var clips = OfClips(keys.Count);
        Dictionary<string, int> units = new(StringComparer.Ordinal);
        var unitOf = new int[keys.Count];
        for (var clip = 0; clip < keys.Count; clip++)
        {
            units.TryAdd(keys[clip], units.Count);
            unitOf[clip] = units[keys[clip]];
        }
        return units.Count == keys.Count ? clips : new(keys.Count, units.Count, unitOf);
    }

    /// <summary>
    /// Draws <see cref="Count"/> units with replacement. The weight of a clip is the number of times its unit was
    /// drawn.
    /// </summary>
    internal void Draw(Resampling resampling, Span<int> weights)
    {
        if (unitOf is null)
        {
            resampling.Draw(weights);
            return;
        }
        Span<int> drawn = new int[Count];
        resampling.Draw(drawn);
        for (var clip = 0; clip < weights.Length; clip++)
            weights[clip] = drawn[unitOf[clip]];
    }
}
