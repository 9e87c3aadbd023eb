using System.Collections.Immutable;
using Sed.Core.Annotations;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Thresholds;

namespace Sed.Core.Metrics.Psds;

/// <summary>
/// Intersection-based evaluation and the polyphonic sound detection score (PSDS; Bilen et al. 2020), either from
/// decisions at a set of operating points, as in psds_eval 0.3, or from frame scores over all thresholds, as in
/// sed_scores_eval 0.0.4 (Ebbers et al. 2022).
/// </summary>
public static class Intersection
{
    /// <summary>PSDS from the decisions at several operating points, for example at 50 thresholds.</summary>
    /// <inheritdoc cref="DecisionPsds.Prepare"/>
    public static PsdsResult Psds(
        EventList reference,
        Durations durations,
        IEnumerable<EventList> operatingPoints,
        PsdsOptions options
    ) => DecisionPsds.Prepare(reference, durations, operatingPoints, options).Evaluate();

    /// <summary>PSDS from frame scores over all thresholds, exactly.</summary>
    /// <inheritdoc cref="ExactPsds.Prepare(ScorePairs, PsdsOptions)"/>
    public static PsdsResult Psds(ScorePairs pairs, PsdsOptions options) =>
        ExactPsds.Prepare(pairs, options).Evaluate();

    /// <summary>Post-processing independent PSDS (piPSDS) from frame scores over all thresholds, exactly.</summary>
    /// <inheritdoc cref="PostProcessingIndependentPsds.Prepare"/>
    public static PsdsResult PiPsds(
        ScorePairs pairs,
        PsdsOptions options,
        IReadOnlyList<double>? medianSeconds = null
    ) => PostProcessingIndependentPsds.Prepare(pairs, options, medianSeconds).Evaluate();

    /// <summary>Counts and rates of one set of decisions.</summary>
    /// <param name="reference">The reference events. Their labels, in ordinal order, are the classes.</param>
    /// <param name="durations">Length of every scored file.</param>
    /// <param name="detections">
    /// The decisions. A decision is ignored if its file has no duration or its label has no reference events.
    /// </param>
    /// <param name="options">The parameters of PSDS.</param>
    /// <exception cref="ArgumentException">The options are invalid.</exception>
    /// <exception cref="AnnotationException">
    /// A file of the reference has no duration, or two files of the reference match the same duration.
    /// </exception>
    public static OperatingPoint At(
        EventList reference,
        Durations durations,
        EventList detections,
        PsdsOptions options
    ) => DecisionPsds.Prepare(reference, durations, [detections], options).PointAt(0);

    /// <summary>
    /// Counts the events of each file by intersection, for F1 and for resampling. Lengths are rounded to microseconds,
    /// as in sed_scores_eval (Ebbers et al. 2022), so the counts for the events that exceed a threshold of frame scores
    /// are identical to the counts of sed_scores_eval.
    /// </summary>
    /// <param name="pairs">Reference and estimate, without labels outside the class list.</param>
    /// <param name="options">
    /// The parameters, of which only the detection tolerance and the ground truth intersection are used.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The options are invalid, or there are labels outside the class list.
    /// </exception>
    public static ImmutableArray<IntersectionCounts> CountEach(EventPairs pairs, PsdsOptions options)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        if (pairs.HasUnknownLabels)
            throw new ArgumentException(
                "Intersection-based metrics do not support labels outside the class list. Create the EventPairs with UnknownLabels.Reject, which reports such labels.",
                nameof(pairs)
            );
        IntersectionMatching matching = new(pairs.Classes, options);
        var counts = ImmutableArray.CreateBuilder<IntersectionCounts>(pairs.Count);
        for (var file = 0; file < pairs.Count; file++)
            counts.Add(matching.Count(pairs, file));
        return counts.MoveToImmutable();
    }

    /// <summary>The intersection-based counts of events at every threshold of frame scores.</summary>
    /// <param name="pairs">Frame scores and reference.</param>
    /// <param name="options">
    /// The parameters, of which only the detection tolerance and the ground truth intersection are used.
    /// </param>
    /// <exception cref="ArgumentException">The options are invalid.</exception>
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
