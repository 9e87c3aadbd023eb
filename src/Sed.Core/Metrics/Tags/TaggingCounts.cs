using Sed.Core.Annotations;
using Sed.Core.Metrics.Counts;

namespace Sed.Core.Metrics.Tags;

/// <summary>Counts of clip-level decisions. Counts with the same classes and rules can be added.</summary>
public sealed class TaggingCounts : ClassCounts<TaggingCounts, TaggingRules>, ICounts<TaggingCounts>
{
    internal const int PerClass = 4;

    /// <param name="classes">Classes, in the order of the per-class counts.</param>
    /// <param name="rules">The rules of counting.</param>
    /// <param name="values">
    /// TP, FP, FN, TN over all classes, and the number of files; then TP, FP, FN, TN of each class. By the plain rules,
    /// the overall counts are the sums over classes. By the official rules, they can differ from the sums if rows are
    /// repeated.
    /// </param>
    internal TaggingCounts(ClassList classes, TaggingRules rules, long[] values)
        : base(classes, rules, values, PerClass) { }

    /// <summary>Counts of zero files.</summary>
    public static TaggingCounts None(ClassList classes, TaggingRules rules = TaggingRules.Plain) =>
        new(classes, rules, Zeros(classes, PerClass));

    /// <summary>The rules of counting.</summary>
    public TaggingRules Rules => Conditions;

    /// <summary>Counts of all classes together.</summary>
    public BinaryCounts Overall => new(Values[0], Values[1], Values[2], Values[3]);

    private protected override TaggingCounts Of(long[] values) => new(Classes, Rules, values);

    /// <summary>The sum of both counts.</summary>
    /// <exception cref="ArgumentException">Classes or rules differ.</exception>
    public static TaggingCounts operator +(TaggingCounts a, TaggingCounts b) => a.Of(a.SumWith(b));

    /// <summary>Computes the metrics.</summary>
    /// <param name="conventions">
    /// Values that are used for metrics with a denominator of 0. Used with <see cref="TaggingRules.Plain"/> only;
    /// <see cref="TaggingRules.Dcase2017SubtaskA"/> defines its own values.
    /// </param>
    public TaggingScores Scores(ScoringConventions? conventions = null) =>
        Rules == TaggingRules.Plain
            ? TaggingScores.Plain(this, conventions ?? ScoringConventions.SedEval)
            : TaggingScores.Official(this);
}

/// <summary>Rules of counting clip-level decisions. Results state the rules by which they were counted.</summary>
public enum TaggingRules
{
    /// <summary>
    /// One decision for every file of the reference and every class. A file that is missing from the estimate has no
    /// tags, and repeated rows count once.
    /// </summary>
    Plain,

    /// <summary>
    /// The rules of the official scorer of DCASE 2017 Task 4 A. Only files of the <em>estimate</em> are scored, so
    /// files that are missing from the estimate add no misses. Rows whose end is 0 are skipped. Every repetition of a
    /// row counts. Names are compared without .wav and .flac.
    /// </summary>
    Dcase2017SubtaskA,
}
