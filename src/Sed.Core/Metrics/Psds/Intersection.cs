using System.Collections.Immutable;
using Sed.Core.Annotations;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Thresholds;
using Sed.Core.Metrics.Uncertainty;

namespace Sed.Core.Metrics.Psds;

/// <summary>
/// Intersection-based evaluation and the polyphonic sound detection score (PSDS): of decisions at a set of operating points, as
/// psds_eval 0.3 computes it, and of frame scores at every decision threshold at once, as sed_scores_eval 0.0.4 does (Ebbers,
/// Serizel and Haeb-Umbach, ICASSP 2022).
/// </summary>
public static class Intersection
{
    /// <summary>PSDS from the decisions at several operating points, for example at 50 thresholds.</summary>
    /// <param name="reference">What is true. The classes are those of its events.</param>
    /// <param name="durations">The length of every file; a file without one is an error, a file without events is silent.</param>
    /// <param name="operatingPoints">The detections at each operating point; at least one list.</param>
    /// <param name="options">What is asked of detections.</param>
    /// <exception cref="ArgumentException">The options are unusable or there is no operating point.</exception>
    /// <exception cref="AnnotationException">A file of the reference has no duration.</exception>
    public static PsdsResult Psds(
        EventList reference,
        Durations durations,
        IEnumerable<EventList> operatingPoints,
        PsdsOptions options
    )
    {
        var psds = DecisionPsds.Prepare(reference, durations, operatingPoints, options);
        return psds.Evaluate(psds.Once());
    }

    /// <summary>Intervals of PSDS and of every class's area over resampled files.</summary>
    /// <inheritdoc cref="Psds(EventList, Durations, IEnumerable{EventList}, PsdsOptions)" path="/exception"/>
    /// <param name="reference">What is true.</param>
    /// <param name="durations">The length of every file.</param>
    /// <param name="operatingPoints">The detections at each operating point; at least one list.</param>
    /// <param name="options">What is asked of detections.</param>
    /// <param name="bootstrap">How often to resample; 1000 times by default.</param>
    public static ImmutableArray<Interval> PsdsIntervals(
        EventList reference,
        Durations durations,
        IEnumerable<EventList> operatingPoints,
        PsdsOptions options,
        BootstrapOptions? bootstrap = null
    )
    {
        var psds = DecisionPsds.Prepare(reference, durations, operatingPoints, options);
        return Bootstrap.Intervals(durations.Files.Length, weights => psds.Evaluate(weights).All(), bootstrap);
    }

    /// <summary>Differences of PSDS between two systems over the same resampled files.</summary>
    /// <inheritdoc cref="Psds(EventList, Durations, IEnumerable{EventList}, PsdsOptions)" path="/exception"/>
    /// <param name="reference">What is true.</param>
    /// <param name="durations">The length of every file.</param>
    /// <param name="first">The detections of the first system at each operating point.</param>
    /// <param name="second">The detections of the second system at each operating point.</param>
    /// <param name="options">What is asked of detections.</param>
    /// <param name="bootstrap">How often to resample; 1000 times by default.</param>
    public static ImmutableArray<PairedDifference> PsdsDifferences(
        EventList reference,
        Durations durations,
        IEnumerable<EventList> first,
        IEnumerable<EventList> second,
        PsdsOptions options,
        BootstrapOptions? bootstrap = null
    )
    {
        var a = DecisionPsds.Prepare(reference, durations, first, options);
        var b = DecisionPsds.Prepare(reference, durations, second, options);
        return Bootstrap.Differences(
            durations.Files.Length,
            weights => a.Evaluate(weights).All(),
            weights => b.Evaluate(weights).All(),
            bootstrap
        );
    }

    /// <summary>What one set of decisions achieves.</summary>
    /// <inheritdoc cref="Psds(EventList, Durations, IEnumerable{EventList}, PsdsOptions)" path="/exception"/>
    /// <param name="reference">What is true. The classes are those of its events, in ordinal alphabetical order.</param>
    /// <param name="durations">The length of every file.</param>
    /// <param name="detections">The decisions; files without a duration and labels without reference events count nowhere.</param>
    /// <param name="options">What is asked of detections.</param>
    public static OperatingPoint At(EventList reference, Durations durations, EventList detections, PsdsOptions options)
    {
        var prepared = DecisionPsds.Prepare(reference, durations, [detections], options);
        return prepared.PointAt(0);
    }

    /// <summary>PSDS of frame scores over all decision thresholds, exactly (as sed_scores_eval 0.0.4).</summary>
    /// <exception cref="ArgumentException">The options are unusable.</exception>
    public static PsdsResult Psds(ScorePairs pairs, PsdsOptions options) =>
        ExactPsds.Prepare(pairs, options).Evaluate();

    /// <summary>Intervals of PSDS and of every class's area over resampled files.</summary>
    /// <exception cref="ArgumentException">The options are unusable.</exception>
    public static ImmutableArray<Interval> PsdsIntervals(
        ScorePairs pairs,
        PsdsOptions options,
        BootstrapOptions? bootstrap = null
    )
    {
        var psds = ExactPsds.PrepareForResampling(pairs, options);
        return Bootstrap.Intervals(pairs.Count, weights => psds.Evaluate(weights).All(), bootstrap);
    }

    /// <summary>Differences of PSDS between two systems over the same resampled files.</summary>
    /// <exception cref="ArgumentException">The files differ, or the options are unusable.</exception>
    public static ImmutableArray<PairedDifference> PsdsDifferences(
        ScorePairs first,
        ScorePairs second,
        PsdsOptions options,
        BootstrapOptions? bootstrap = null
    )
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (!first.Scores.Files.SequenceEqual(second.Scores.Files))
            throw new ArgumentException(
                "The two systems have scores for different files, or in another order.",
                nameof(second)
            );
        var (a, b) = (ExactPsds.PrepareForResampling(first, options), ExactPsds.PrepareForResampling(second, options));
        return Bootstrap.Differences(
            first.Count,
            weights => a.Evaluate(weights).All(),
            weights => b.Evaluate(weights).All(),
            bootstrap
        );
    }

    /// <summary>The counts of events by intersection, at every decision threshold of frame scores.</summary>
    /// <param name="pairs">What is compared.</param>
    /// <param name="options">The detection tolerance and the ground truth intersection; the rest does not matter here.</param>
    /// <exception cref="ArgumentException">The options are unusable.</exception>
    public static ThresholdCurves Curves(ScorePairs pairs, PsdsOptions options)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        IntersectionChanges changes = new(pairs, options, crossTriggers: false);
        return CurveCounting
            .Sweep(
                pairs,
                FormattableString.Invariant(
                    $"events by intersection, DTC {options.DetectionTolerance}, GTC {options.GroundTruthIntersection}"
                ),
                changes.Add,
                countEvents: true
            )
            .OfAll(pairs);
    }
}
