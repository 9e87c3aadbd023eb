namespace Sed.Core.Labelling.Estimates;

/// <summary>
/// What is known about one class in a collection of stretches: scores and labels of the stretches that were drawn at random
/// and reviewed, scores of the other stretches that could be drawn, and labels of the stretches that could not be drawn.
/// </summary>
public sealed class ClassSample
{
    /// <param name="drawn">The stretches that were drawn at random, with their labels.</param>
    /// <param name="others">The other stretches that could be drawn.</param>
    /// <param name="knownStretches">Number of stretches that could not be drawn, but whose labels are known.</param>
    /// <param name="knownPresent">Number of the <paramref name="knownStretches"/> that contain the class.</param>
    /// <exception cref="ArgumentException">A score is not finite, or an inclusion probability is not in (0, 1].</exception>
    public ClassSample(
        IReadOnlyList<ReviewedStretch> drawn,
        IReadOnlyList<ScoredStretch> others,
        int knownStretches = 0,
        int knownPresent = 0
    )
    {
        ArgumentNullException.ThrowIfNull(drawn);
        ArgumentNullException.ThrowIfNull(others);
        ArgumentOutOfRangeException.ThrowIfNegative(knownPresent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(knownPresent, knownStretches);
        var all = drawn
            .Select(one => (one.Score, one.Inclusion))
            .Concat(others.Select(one => (one.Score, one.Inclusion)));
        foreach (var (score, inclusion) in all)
        {
            if (!double.IsFinite(score))
                throw new ArgumentException("A score is not finite.");
            if (!(inclusion > 0 && inclusion <= 1))
                throw new ArgumentException(
                    FormattableString.Invariant($"An inclusion probability is {inclusion}; it must be in (0, 1].")
                );
        }
        (Drawn, Others, KnownStretches, KnownPresent) = (drawn, others, knownStretches, knownPresent);
    }

    /// <summary>The stretches that were drawn at random, with their labels.</summary>
    public IReadOnlyList<ReviewedStretch> Drawn { get; }

    /// <summary>The other stretches that could be drawn.</summary>
    public IReadOnlyList<ScoredStretch> Others { get; }

    /// <summary>Number of stretches that could not be drawn, but whose labels are known.</summary>
    public int KnownStretches { get; }

    /// <summary>Number of the <see cref="KnownStretches"/> that contain the class.</summary>
    public int KnownPresent { get; }

    /// <summary>Number of stretches that could be drawn.</summary>
    public int DrawnFrom => Drawn.Count + Others.Count;

    /// <summary>Number of all stretches.</summary>
    public int Stretches => DrawnFrom + KnownStretches;

    /// <summary>Number of drawn stretches that contain the class.</summary>
    public int DrawnPresent => Drawn.Count(one => one.IsPresent);

    /// <summary>
    /// Number of stretches that could be drawn and whose score is at least <paramref name="threshold"/>.
    /// </summary>
    public int AtLeast(double threshold) =>
        Drawn.Count(one => one.Score >= threshold) + Others.Count(one => one.Score >= threshold);

    /// <summary>A copy whose scores are mapped by a non-decreasing function, for example a calibration.</summary>
    public ClassSample Mapped(Func<double, double> map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new(
            [.. Drawn.Select(one => one with { Score = map(one.Score) })],
            [.. Others.Select(one => one with { Score = map(one.Score) })],
            KnownStretches,
            KnownPresent
        );
    }

    /// <summary>
    /// Groups the stretches that could be drawn by inclusion probability: one group for each distinct probability of
    /// the drawn stretches. A stretch with a different probability is in the group with the nearest probability.
    /// </summary>
    internal IEnumerable<(ReviewedStretch[] Drawn, double[] Others)> Parts()
    {
        double[] known = [.. Drawn.Select(one => one.Inclusion).Distinct().Order()];
        var others = Others.ToLookup(one => known.MinBy(inclusion => Math.Abs(inclusion - one.Inclusion)));
        return known.Select(inclusion =>
            (
                Drawn.Where(one => one.Inclusion == inclusion).ToArray(),
                others[inclusion].Select(one => one.Score).ToArray()
            )
        );
    }
}
