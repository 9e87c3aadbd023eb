using Sed.Core.Annotations;
using Sed.Core.Metrics.Counts;

namespace Sed.Core.Metrics.Tags;

/// <summary>Counts of tagging decisions, clip by clip and class by class, with the files as the rules count them; those of the same classes and rules add up.</summary>
public sealed class TaggingCounts : ClassCounts<TaggingCounts, TaggingRules>, ICounts<TaggingCounts>
{
    internal const int PerClass = 4;

    /// <param name="classes">The classes.</param>
    /// <param name="rules">What was counted.</param>
    /// <param name="values">
    /// Overall TP, FP, FN, TN, files; then of each class TP, FP, FN, TN. By the plain rules the overall counts are the sums of
    /// the classes; where the official scorer meets repeated rows they are not.
    /// </param>
    internal TaggingCounts(ClassList classes, TaggingRules rules, long[] values)
        : base(classes, rules, values, PerClass) { }

    /// <summary>Counts of nothing, to which others can be added.</summary>
    public static TaggingCounts None(ClassList classes, TaggingRules rules = TaggingRules.Plain) =>
        new(classes, rules, Zeros(classes, PerClass));

    /// <summary>What was counted.</summary>
    public TaggingRules Rules => Conditions;

    /// <summary>All decisions together.</summary>
    public BinaryCounts Overall => new(Values[0], Values[1], Values[2], Values[3]);

    private protected override TaggingCounts Of(long[] values) => new(Classes, Rules, values);

    /// <summary>Both counts together.</summary>
    /// <exception cref="ArgumentException">Classes or rules differ.</exception>
    public static TaggingCounts operator +(TaggingCounts a, TaggingCounts b) => a.Of(a.SumWith(b));

    /// <summary>The metrics of these counts.</summary>
    /// <param name="conventions">What to do where tools differ, under the plain rules; the official ones are fixed.</param>
    public TaggingScores Scores(ScoringConventions? conventions = null) =>
        Rules == TaggingRules.Plain
            ? TaggingScores.Plain(this, conventions ?? ScoringConventions.SedEval)
            : TaggingScores.Official(this);
}
