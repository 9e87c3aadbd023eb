namespace Sed.Core.Labelling.Estimates;

/// <summary>
/// What is known of one class in a collection of stretches. Some stretches were drawn at random from all stretches that
/// had no labels then, and were reviewed. The others of those have scores only. All other stretches have known labels.
/// </summary>
public sealed class ClassSample
{
    /// <param name="drawn">The stretches that were drawn at random, with their labels.</param>
    /// <param name="others">The scores of the stretches among which they were drawn, without the drawn ones.</param>
    /// <param name="knownStretches">Number of other stretches, whose labels are known.</param>
    /// <param name="knownPresent">Number of these that contain the class.</param>
    /// <exception cref="ArgumentException">A score is not finite.</exception>
    public ClassSample(
        IReadOnlyList<ReviewedStretch> drawn,
        IReadOnlyList<double> others,
        int knownStretches = 0,
        int knownPresent = 0
    )
    {
        ArgumentNullException.ThrowIfNull(drawn);
        ArgumentNullException.ThrowIfNull(others);
        ArgumentOutOfRangeException.ThrowIfNegative(knownPresent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(knownPresent, knownStretches);
        if (drawn.Any(one => !double.IsFinite(one.Score)) || others.Any(score => !double.IsFinite(score)))
            throw new ArgumentException("A score is not finite.");
        (Drawn, Others, KnownStretches, KnownPresent) = (drawn, others, knownStretches, knownPresent);
    }

    /// <summary>The stretches that were drawn at random, with their labels.</summary>
    public IReadOnlyList<ReviewedStretch> Drawn { get; }

    /// <summary>The scores of the stretches among which they were drawn, without the drawn ones.</summary>
    public IReadOnlyList<double> Others { get; }

    /// <summary>Number of other stretches, whose labels are known.</summary>
    public int KnownStretches { get; }

    /// <summary>Number of the other stretches that contain the class.</summary>
    public int KnownPresent { get; }

    /// <summary>Number of stretches among which the sample was drawn.</summary>
    public int DrawnFrom => Drawn.Count + Others.Count;

    /// <summary>Number of all stretches.</summary>
    public int Stretches => DrawnFrom + KnownStretches;

    /// <summary>Number of drawn stretches that contain the class.</summary>
    public int DrawnPresent => Drawn.Count(one => one.IsPresent);

    /// <summary>Number of stretches among <see cref="DrawnFrom"/> whose score is at least a threshold.</summary>
    public int AtLeast(double threshold) =>
        Drawn.Count(one => one.Score >= threshold) + Others.Count(score => score >= threshold);
}
