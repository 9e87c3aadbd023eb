using System.Collections.Immutable;
using Sed.Core.Annotations;
using Sed.Core.Metrics.Counts;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Thresholds;
using Sed.Core.Metrics.Uncertainty;

namespace Sed.Core.Metrics.Tags;

/// <summary>Clip-level scores and reference tags, for metrics that need no threshold. Immutable.</summary>
public sealed class TagScores
{
    private readonly double[] scores;
    private readonly bool[] truths;
    private readonly bool[]? known;

    private TagScores(ClassList classes, double[] scores, bool[] truths, bool[]? known)
    {
        Classes = classes;
        this.scores = scores;
        this.truths = truths;
        this.known = known;
    }

    /// <summary>Creates the scores from the outputs of a network for a set of clips.</summary>
    /// <param name="classes">Classes, the second axis of both arrays.</param>
    /// <param name="scores">Finite scores, shape (clips, classes).</param>
    /// <param name="reference">Whether each clip has each class, shape (clips, classes).</param>
    /// <param name="known">
    /// Whether each tag of the reference is known, shape (clips, classes). Unknown tags do not count. Default: all are
    /// known.
    /// </param>
    /// <exception cref="ArgumentException">The shapes differ, or a score is not finite.</exception>
    public static TagScores Of(
        ClassList classes,
        ReadOnlySpan<float> scores,
        ReadOnlySpan<bool> reference,
        bool[]? known = null
    )
    {
        ArgumentNullException.ThrowIfNull(classes);
        SameClips.RequireShape(classes, scores.Length, reference.Length, nameof(reference));
        var copied = new double[scores.Length];
        for (var k = 0; k < copied.Length; k++)
        {
            if (!float.IsFinite(scores[k]))
                throw new ArgumentException(
                    FormattableString.Invariant(
                        $"The score of {classes[k % classes.Count]} in clip {k / classes.Count} must be finite, was {scores[k]}."
                    ),
                    nameof(scores)
                );
            copied[k] = scores[k];
        }
        if (known is not null)
            SameClips.RequireShape(classes, scores.Length, known.Length, nameof(known));
        return new TagScores(classes, copied, reference.ToArray(), known);
    }

    /// <summary>
    /// Creates clip-level scores from frame scores: the score of a class in a clip is the maximum of its frame scores.
    /// The reference tags of a clip are the classes of its events.
    /// </summary>
    public static TagScores Of(ScorePairs pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var scores = new double[pairs.Count * pairs.Classes.Count];
        var truths = new bool[scores.Length];
        var known = pairs.IsFullyKnown ? null : new bool[scores.Length];
        for (var file = 0; file < pairs.Count; file++)
        for (var k = 0; k < pairs.Classes.Count; k++)
        {
            var largest = double.NegativeInfinity;
            foreach (var score in pairs.Scores[file].Of(k))
                largest = Math.Max(largest, score);
            scores[file * pairs.Classes.Count + k] = largest;
            var isPresent = truths[file * pairs.Classes.Count + k] = pairs.EventsOf(file, k).Length > 0;
            if (known is not null)
                known[file * pairs.Classes.Count + k] =
                    isPresent || pairs.KnownOf(file, k).Contain(0, pairs.Seconds[file]);
        }
        return new TagScores(pairs.Classes, scores, truths, known);
    }

    /// <summary>The classes.</summary>
    public ClassList Classes { get; }

    /// <summary>Number of clips.</summary>
    public int Clips => scores.Length / Classes.Count;

    /// <summary>
    /// Counts of every class at every threshold, from which average precision, ROC area, d-prime, equal error rate and
    /// best thresholds are computed.
    /// </summary>
    public ThresholdCurves Curves() => Sweep().Of(CurveCounting.Once(Clips));

    /// <summary>Prepares the counts of <see cref="Curves"/> for resamples of the clips.</summary>
    public CurveSweep Sweep()
    {
        var changes = new Change[Classes.Count][];
        ChangeList list = new();
        for (var k = 0; k < Classes.Count; k++)
        {
            list.Clear();
            AddClass(k, list);
            list.Sort();
            changes[k] = list.Items.ToArray();
        }
        return new CurveSweep(Classes, "clips", changes);
    }

    /// <summary>The counts of all classes together at every threshold (micro average).</summary>
    public ThresholdCurve Pooled()
    {
        ChangeList list = new();
        for (var k = 0; k < Classes.Count; k++)
            AddClass(k, list);
        list.Sort();
        var points = CurveSweep.PointsOf(list.Items, CurveCounting.Once(Clips));
        return new ThresholdCurve("all classes", points, points[^1].TruePositives);
    }

    /// <summary>
    /// Label-weighted label-ranking average precision (lwlrap; Fonseca et al. 2019, DCASE 2019 Task 2). For each label
    /// of a clip, the precision is the fraction of correct labels among the labels ranked at least as high; lwlrap is
    /// the mean over all labels of all clips. Ties are ranked as in scikit-learn.
    /// </summary>
    public Rate Lwlrap()
    {
        var (sum, count) = (0.0, 0L);
        for (var k = 0; k < Classes.Count; k++)
        {
            var (own, labels) = Ranked(k);
            sum += own;
            count += labels;
        }
        return count > 0 ? sum / count : Rate.Undefined("no clip has a label");
    }

    /// <summary>lwlrap of each class: the mean precision over the clips with the class.</summary>
    public ImmutableArray<Rate> LwlrapPerClass()
    {
        Rate Of((double Sum, long Count) own) =>
            own.Count > 0 ? own.Sum / own.Count : Rate.Undefined("no clip has the label");
        return [.. Enumerable.Range(0, Classes.Count).Select(k => Of(Ranked(k)))];
    }

    /// <summary>A copy in which each clip is repeated as many times as its weight states, for resampling.</summary>
    /// <exception cref="ArgumentException">The number of weights is not the number of clips.</exception>
    public TagScores Weighted(ReadOnlySpan<int> weights)
    {
        if (weights.Length != Clips)
            throw new ArgumentException($"There are {weights.Length} weights for {Clips} clips.", nameof(weights));
        List<double> drawnScores = new(scores.Length);
        List<bool> drawnTruths = new(truths.Length);
        List<bool>? drawnKnown = known is null ? null : [];
        for (var clip = 0; clip < weights.Length; clip++)
        for (var time = 0; time < weights[clip]; time++)
        {
            drawnScores.AddRange(scores.AsSpan(clip * Classes.Count, Classes.Count));
            drawnTruths.AddRange(truths.AsSpan(clip * Classes.Count, Classes.Count));
            drawnKnown?.AddRange(known.AsSpan(clip * Classes.Count, Classes.Count));
        }
        return new TagScores(Classes, [.. drawnScores], [.. drawnTruths], drawnKnown?.ToArray());
    }

    /// <summary>The ranking metrics of all classes together, with their names in machine-readable output.</summary>
    public IReadOnlyList<Measure> Averages() => Averages(Curves());

    /// <summary>All ranking metrics with their names: of all classes together, then of each class.</summary>
    public IReadOnlyList<Measure> All()
    {
        var curves = Curves();
        List<Measure> all = [.. Averages(curves)];
        var lwlrap = LwlrapPerClass();
        for (var k = 0; k < Classes.Count; k++)
        {
            var (own, prefix) = (curves.PerClass[k], Measures.Prefix(Classes, k));
            all.Add(new Measure(prefix + "average_precision", own.AveragePrecision()));
            all.Add(new Measure(prefix + "roc_auc", own.RocArea()));
            all.Add(new Measure(prefix + "lwlrap", lwlrap[k]));
        }
        return all;
    }

    private IReadOnlyList<Measure> Averages(ThresholdCurves curves) =>
        [
            new("mean_average_precision", curves.MeanAveragePrecision()),
            new("lwlrap", Lwlrap()),
            new("mean_roc_auc", curves.MeanRocArea()),
            new("d_prime_of_mean_roc_auc", ThresholdCurve.DPrime(curves.MeanRocArea())),
            new("mean_equal_error_rate", curves.Mean(own => own.EqualErrorRate())),
            new("pooled_equal_error_rate", Pooled().EqualErrorRate()),
        ];

    /// <summary>Intervals of every ranking metric over resampled clips.</summary>
    /// <param name="bootstrap">Options of the resampling. Default: 1000 resamples.</param>
    /// <param name="units">
    /// The units to resample, which group dependent clips. Null (the default): every clip is a unit.
    /// </param>
    public ImmutableArray<Interval> Intervals(BootstrapOptions? bootstrap = null, SamplingUnits? units = null) =>
        Bootstrap.Intervals(Clips, weights => Weighted(weights).All(), bootstrap, units);

    private void AddClass(int k, ChangeList list)
    {
        for (var clip = 0; clip < Clips; clip++)
        {
            var at = clip * Classes.Count + k;
            if (IsKnown(at))
                list.Add(scores[at], clip, truths[at] ? Change.TruePositives : Change.FalsePositives, 1);
        }
    }

    /// <summary>The score of a class in a clip.</summary>
    internal double ScoreOf(int clip, int classIndex) => scores[(clip * Classes.Count) + classIndex];

    /// <summary>Whether a clip has a class; meaningless if the tag is not known.</summary>
    internal bool IsPresent(int clip, int classIndex) => truths[(clip * Classes.Count) + classIndex];

    /// <summary>Whether it is known if a clip has a class.</summary>
    internal bool IsKnown(int clip, int classIndex) => IsKnown((clip * Classes.Count) + classIndex);

    private bool IsKnown(int at) => known is null || known[at];

    private (double Sum, long Count) Ranked(int k)
    {
        var (sum, count) = (0.0, 0L);
        for (var clip = 0; clip < Clips; clip++)
        {
            var start = clip * Classes.Count;
            if (!truths[start + k])
                continue;
            var (ranked, right) = (0, 0);
            for (var other = start; other < start + Classes.Count; other++)
                if (IsKnown(other) && scores[other] >= scores[start + k])
                {
                    ranked++;
                    right += truths[other] ? 1 : 0;
                }
            sum += (double)right / ranked;
            count++;
        }
        return (sum, count);
    }
}
