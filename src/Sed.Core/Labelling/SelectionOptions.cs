using Sed.Core.Runtime;

namespace Sed.Core.Labelling;

/// <summary>How many stretches are chosen, and how many of them at random. Immutable.</summary>
public sealed record SelectionOptions
{
    /// <summary>
    /// Number of stretches to choose, 0 or more. Null (default): only <see cref="Seconds"/> limits the number.
    /// </summary>
    public int? Count { get; init; }

    /// <summary>
    /// Maximum total length of the stretches to choose, in seconds. Null (default): no limit. If neither this nor <see
    /// cref="Count"/> is given, all stretches are chosen.
    /// </summary>
    public double? Seconds { get; init; }

    /// <summary>Share of the stretches that are drawn at random, from 0 to 1. Default 0.2.</summary>
    public double RandomShare { get; init; } = 0.2;

    /// <summary>
    /// Number of stretches that are drawn at random; null (default): the share <see cref="RandomShare"/> of all chosen
    /// stretches.
    /// </summary>
    public int? RandomCount { get; init; }

    /// <summary>Number of the round, from 1. The random draws of different rounds are independent.</summary>
    public int Round { get; init; } = 1;

    /// <summary>All problems of the options; empty if they are valid.</summary>
    public IReadOnlyList<Problem> Problems()
    {
        List<Problem> problems = [];
        if (Count < 0)
            problems.Add(
                Problem.Of(FormattableString.Invariant($"the number of stretches is {Count}"), "it must be 0 or more")
            );
        if (Seconds is { } seconds && !(seconds > 0))
            problems.Add(
                Problem.Of(
                    FormattableString.Invariant($"the total length is {seconds} s"),
                    "it must be greater than 0 s"
                )
            );
        if (!(RandomShare >= 0 && RandomShare <= 1))
            problems.Add(
                Problem.Of(
                    FormattableString.Invariant($"the share of random stretches is {RandomShare}"),
                    "it must be from 0 to 1"
                )
            );
        if (RandomCount < 0)
            problems.Add(
                Problem.Of(
                    FormattableString.Invariant($"the number of random stretches is {RandomCount}"),
                    "it must be 0 or more"
                )
            );
        if (Round < 1)
            problems.Add(Problem.Of(FormattableString.Invariant($"the round is {Round}"), "rounds are counted from 1"));
        return problems;
    }
}
