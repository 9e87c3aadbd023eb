using System.Collections.Immutable;
using Sed.Core.Metrics.Thresholds;
using Sed.Core.Metrics.Uncertainty;

namespace Sed.Core.Metrics.Psds;

/// <summary>
/// The polyphonic sound detection score (PSDS), prepared once and evaluated for all files or for bootstrap resamples of
/// them. Not thread-safe.
/// </summary>
public abstract class PreparedPsds
{
    private protected PreparedPsds(ImmutableArray<string> files) => Files = files;

    /// <summary>The files that are scored, in the order of the weights.</summary>
    public ImmutableArray<string> Files { get; }

    /// <summary>PSDS of all files, each counted once.</summary>
    public PsdsResult Evaluate() => Evaluate(CurveCounting.Once(Files.Length));

    /// <summary>PSDS of a weighted set of files.</summary>
    /// <param name="weights">Number of times that each file is counted, 0 or more.</param>
    /// <exception cref="ArgumentException">The number of weights is not the number of files.</exception>
    public abstract PsdsResult Evaluate(ReadOnlySpan<int> weights);

    /// <summary>Bootstrap intervals of PSDS and of every class's score over resampled files.</summary>
    /// <param name="options">Options of the resampling. Default: 1000 resamples.</param>
    /// <param name="units">
    /// The units to resample, which group dependent files. Null (the default): every file is a unit.
    /// </param>
    public ImmutableArray<Interval> Intervals(BootstrapOptions? options = null, SamplingUnits? units = null) =>
        Bootstrap.Intervals(Files.Length, weights => Evaluate(weights).All(), options, units);

    /// <summary>
    /// Bootstrap intervals of the differences between this system and another one (this system minus the other) over
    /// the same resampled files.
    /// </summary>
    /// <param name="first">The other system, whose scores are subtracted.</param>
    /// <param name="options">Options of the resampling. Default: 1000 resamples.</param>
    /// <param name="units">
    /// The units to resample, which group dependent files. Null (the default): every file is a unit.
    /// </param>
    /// <exception cref="ArgumentException">The two systems have different files, or their order differs.</exception>
    public ImmutableArray<PairedDifference> DifferencesFrom(
        PreparedPsds first,
        BootstrapOptions? options = null,
        SamplingUnits? units = null
    )
    {
        ArgumentNullException.ThrowIfNull(first);
        if (!first.Files.SequenceEqual(Files))
            throw new ArgumentException(
                "The two systems must have scores for the same files in the same order.",
                nameof(first)
            );
        return Bootstrap.Differences(
            Files.Length,
            weights => first.Evaluate(weights).All(),
            weights => Evaluate(weights).All(),
            options,
            units
        );
    }

    private protected void RequireWeights(ReadOnlySpan<int> weights)
    {
        if (weights.Length != Files.Length)
            throw new ArgumentException(
                $"There are {weights.Length} weights for {Files.Length} files.",
                nameof(weights)
            );
    }
}
