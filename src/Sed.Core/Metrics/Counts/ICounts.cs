namespace Sed.Core.Metrics.Counts;

/// <summary>
/// Immutable counts that add up: over files, folds and workers. Metrics are pure functions of them, so that a resampled
/// corpus is only a weighted sum.
/// </summary>
/// <typeparam name="TSelf">The type of counts.</typeparam>
public interface ICounts<TSelf>
    where TSelf : ICounts<TSelf>
{
    /// <summary>Every number that adds up, in an order that depends only on what was counted (classes and options).</summary>
    ReadOnlySpan<long> Values { get; }

    /// <summary>The same kind of counts with other numbers.</summary>
    /// <param name="values">As many numbers as <see cref="Values"/> has.</param>
    TSelf With(ReadOnlySpan<long> values);

    /// <summary>Both counts together.</summary>
    /// <exception cref="ArgumentException">They count different things (classes, options).</exception>
    static abstract TSelf operator +(TSelf a, TSelf b);
}
