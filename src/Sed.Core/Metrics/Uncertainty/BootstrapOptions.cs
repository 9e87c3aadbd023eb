namespace Sed.Core.Metrics.Uncertainty;

/// <summary>How a corpus is resampled. Immutable; checked where it is used.</summary>
public sealed record BootstrapOptions
{
    /// <summary>Resamples at most; intervals of a million of them have three digits that do not move.</summary>
    public const int MostResamples = 1_000_000;

    /// <summary>Number of resamples, from 1 to <see cref="MostResamples"/>. Default 1000.</summary>
    public int Resamples { get; init; } = 1000;

    /// <summary>The seed: equal seeds draw equal clips on every machine. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The part of the resamples inside an interval, between 0 and 1. Default 0.95.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>Every reason these options cannot be used; empty when they can.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [];
        if (Resamples < 1)
            problems.Add($"Resamples must be at least 1, was {Resamples}.");
        if (Resamples > MostResamples)
            problems.Add($"Resamples must be at most {MostResamples}, was {Resamples}.");
        if (!(Confidence > 0 && Confidence < 1))
            problems.Add(FormattableString.Invariant($"Confidence must lie between 0 and 1, was {Confidence}."));
        return problems;
    }

    internal void Check()
    {
        if (Problems() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(Environment.NewLine, problems));
    }
}
