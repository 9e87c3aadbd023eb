using System.Collections.Immutable;
using Sed.Core.Annotations;
using Sed.Core.Metrics.Pairs;

namespace Sed.Core.Metrics.Tags;

/// <summary>Clip-level (tagging) evaluation: compares the labels of clips, regardless of time.</summary>
public static class Tagging
{
    /// <summary>Counts the decisions of two lists of tags over all files.</summary>
    /// <param name="classes">Classes to score.</param>
    /// <param name="reference">The reference tags.</param>
    /// <param name="estimated">The estimated tags.</param>
    /// <param name="rules">Rules of counting. Default: <see cref="TaggingRules.Plain"/>.</param>
    /// <exception cref="AnnotationException">A label is not in the class list.</exception>
    public static TaggingCounts Count(
        ClassList classes,
        TagList reference,
        TagList estimated,
        TaggingRules rules = TaggingRules.Plain
    ) =>
        CountEach(classes, reference, estimated, rules)
            .Aggregate(TaggingCounts.None(classes, rules), (sum, one) => sum + one);

    /// <summary>Counts each file separately, for resampling. The sum over files equals <c>Count</c>.</summary>
    /// <returns>
    /// One element per file of the reference. With the rules <see cref="TaggingRules.Dcase2017SubtaskA"/>, one element
    /// per file of the estimate.
    /// </returns>
    /// <exception cref="AnnotationException">A label is not in the class list.</exception>
    public static ImmutableArray<TaggingCounts> CountEach(
        ClassList classes,
        TagList reference,
        TagList estimated,
        TaggingRules rules = TaggingRules.Plain
    )
    {
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(estimated);
        RequireKnownLabels(classes, reference, estimated);
        return rules == TaggingRules.Plain
            ? [.. reference.Files.Select(file => CountPlain(classes, reference, estimated, file))]
            : SubtaskA.CountEach(classes, reference, estimated);
    }

    /// <summary>Counts the decisions of clips in memory by the rules <see cref="TaggingRules.Plain"/>.</summary>
    /// <param name="classes">Classes to score.</param>
    /// <param name="reference">Whether each clip has each class, shape (clips, classes).</param>
    /// <param name="estimated">The decisions, shape (clips, classes).</param>
    /// <param name="known">
    /// Whether each tag of the reference is known, shape (clips, classes). Unknown tags do not count. Default: all are
    /// known.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The shapes differ, or the length is not a multiple of the number of classes.
    /// </exception>
    public static TaggingCounts Count(
        ClassList classes,
        ReadOnlySpan<bool> reference,
        ReadOnlySpan<bool> estimated,
        ReadOnlySpan<bool> known = default
    )
    {
        ArgumentNullException.ThrowIfNull(classes);
        SameClips.RequireShape(classes, reference.Length, estimated.Length, nameof(estimated));
        var values = TaggingCounts.Zeros(classes, TaggingCounts.PerClass);
        for (var start = 0; start < reference.Length; start += classes.Count)
            Add(
                values,
                reference.Slice(start, classes.Count),
                estimated.Slice(start, classes.Count),
                known.IsEmpty ? known : known.Slice(start, classes.Count)
            );
        return new TaggingCounts(classes, TaggingRules.Plain, values);
    }

    /// <summary>Counts the decisions of clips in memory by the rules <see cref="TaggingRules.Plain"/>.</summary>
    /// <param name="classes">Classes to score.</param>
    /// <param name="reference">The reference labels of each clip.</param>
    /// <param name="estimated">The estimated labels of the same clips, in the same order.</param>
    /// <exception cref="ArgumentException">
    /// The numbers of clips differ, or a label is not in the class list.
    /// </exception>
    public static TaggingCounts Count(
        ClassList classes,
        IReadOnlyList<IReadOnlyCollection<string>> reference,
        IReadOnlyList<IReadOnlyCollection<string>> estimated
    )
    {
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(estimated);
        SameClips.RequireCount(reference.Count, estimated.Count);
        var values = TaggingCounts.Zeros(classes, TaggingCounts.PerClass);
        var (truth, guess) = (new bool[classes.Count], new bool[classes.Count]);
        for (var clip = 0; clip < reference.Count; clip++)
        {
            Mark(truth, classes, reference[clip], clip, nameof(reference));
            Mark(guess, classes, estimated[clip], clip, nameof(estimated));
            Add(values, truth, guess);
        }
        return new TaggingCounts(classes, TaggingRules.Plain, values);
    }

    private static void Mark(bool[] marks, ClassList classes, IReadOnlyCollection<string> labels, int clip, string side)
    {
        Array.Clear(marks);
        foreach (var label in labels)
        {
            var index = classes.IndexOf(label);
            if (index < 0)
                throw new ArgumentException(
                    $"Clip {clip}: the label \"{label}\" is not one of the classes ({classes}).",
                    side
                );
            marks[index] = true;
        }
    }

    private static TaggingCounts CountPlain(ClassList classes, TagList reference, TagList estimated, string file)
    {
        var values = TaggingCounts.Zeros(classes, TaggingCounts.PerClass);
        var (truth, guess) = (new bool[classes.Count], new bool[classes.Count]);
        foreach (var row in reference.RowsOf(file))
            if (row.Label != "")
                truth[classes.IndexOf(row.Label)] = true;
        foreach (var row in estimated.RowsOf(file))
            if (row.Label != "")
                guess[classes.IndexOf(row.Label)] = true;
        bool[] known = [.. Enumerable.Repeat(true, classes.Count)];
        foreach (var (label, isUnknown) in reference.NotPresentOf(file))
            if (isUnknown && classes.IndexOf(label) is var k and >= 0)
                known[k] = truth[k];
        Add(values, truth, guess, known);
        return new TaggingCounts(classes, TaggingRules.Plain, values);
    }

    private static void Add(
        long[] values,
        ReadOnlySpan<bool> reference,
        ReadOnlySpan<bool> estimated,
        ReadOnlySpan<bool> known = default
    )
    {
        values[4]++;
        for (var k = 0; k < reference.Length; k++)
        {
            if (!known.IsEmpty && !known[k])
                continue;
            var outcome = (reference[k], estimated[k]) switch
            {
                (true, true) => 0,
                (false, true) => 1,
                (true, false) => 2,
                _ => 3,
            };
            values[outcome]++;
            values[TaggingCounts.Header + TaggingCounts.PerClass * k + outcome]++;
        }
    }

    private static void RequireKnownLabels(ClassList classes, params ReadOnlySpan<TagList> lists)
    {
        ProblemList problems = new();
        ForeignLabels foreign = new(classes, problems);
        foreach (var list in lists)
            for (var file = 0; file < list.Files.Length; file++)
                foreach (var row in list.RowsAt(file))
                    if (row.Label != "" && classes.IndexOf(row.Label) < 0)
                        foreign.Add(list.Source, list.SourceAt(file), row.Line, row.Label);
        foreign.Report();
        problems.ThrowIfAny();
    }
}
