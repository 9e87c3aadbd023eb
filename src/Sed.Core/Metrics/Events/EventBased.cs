using System.Collections.Immutable;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Thresholds;

namespace Sed.Core.Metrics.Events;

/// <summary>
/// Event-based evaluation: an estimated event is correct if its onset and offset lie within collars around the onset
/// and offset of a reference event (Mesaros et al. 2016). Results are identical to the results of sed_eval 0.2.1.
/// </summary>
/// <remarks>
/// Two events agree if their onsets differ by at most the collar and their offsets differ by at most the larger of the
/// collar and a fraction of the reference event's length, in double arithmetic. Events with the same label are paired
/// first. Of the remaining events, each pair that agrees in time is a substitution. As in sed_eval, rows "0 0 label"
/// count as events.
/// </remarks>
public static class EventBased
{
    /// <summary>Counts all files together.</summary>
    /// <param name="pairs">Reference and estimate.</param>
    /// <param name="options">Criteria of agreement. Default: onset and offset, with a collar of 0.2 s.</param>
    /// <exception cref="ArgumentException">The options are invalid.</exception>
    /// <exception cref="InvalidOperationException">
    /// A file has more than 10,000,000 pairs of events that agree.
    /// </exception>
    public static EventCounts Count(EventPairs pairs, EventOptions? options = null)
    {
        options = Checked(pairs, options);
        var values = EventCounts.Zeros(pairs.Classes, EventCounts.PerClass);
        EventPairing pairing = new(pairs.Classes.Count, options);
        var seconds = 0.0;
        for (var file = 0; file < pairs.Count; file++)
            seconds += pairing.Add(pairs.NameOf(file), pairs.ReferenceOf(file), Scored(pairs, file, options), values);
        return new EventCounts(pairs.Classes, options, values, seconds);
    }

    /// <summary>Counts each file separately, for resampling. The sum over files equals <see cref="Count"/>.</summary>
    /// <inheritdoc cref="Count"/>
    public static ImmutableArray<EventCounts> CountEach(EventPairs pairs, EventOptions? options = null)
    {
        options = Checked(pairs, options);
        EventPairing pairing = new(pairs.Classes.Count, options);
        var counts = ImmutableArray.CreateBuilder<EventCounts>(pairs.Count);
        for (var file = 0; file < pairs.Count; file++)
        {
            var values = EventCounts.Zeros(pairs.Classes, EventCounts.PerClass);
            var seconds = pairing.Add(
                pairs.NameOf(file),
                pairs.ReferenceOf(file),
                Scored(pairs, file, options),
                values
            );
            counts.Add(new EventCounts(pairs.Classes, options, values, seconds));
        }
        return counts.MoveToImmutable();
    }

    /// <summary>
    /// Counts at every threshold of frame scores (sed_scores_eval; Ebbers et al. 2022). Times are rounded to
    /// microseconds.
    /// </summary>
    /// <param name="pairs">Frame scores and reference.</param>
    /// <param name="options">The collars. Onset and offset must both be evaluated, with optimal matching.</param>
    /// <exception cref="ArgumentException">
    /// The options are invalid, or they do not evaluate onset and offset with optimal matching.
    /// </exception>
    public static ThresholdCurves Curves(ScorePairs pairs, EventOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        options ??= new EventOptions();
        options.Check();
        if (!options.EvaluateOnset || !options.EvaluateOffset || options.Matching != EventMatching.Optimal)
            throw new ArgumentException(
                "Curves over thresholds require that onset and offset are evaluated with optimal matching.",
                nameof(options)
            );
        CollarChanges changes = new(pairs, options);
        return CurveCounting
            .Sweep(
                pairs,
                FormattableString.Invariant(
                    $"events, collar {options.CollarSeconds} s, {options.PercentageOfLength} of the length"
                ),
                changes.Add,
                countEvents: true
            )
            .OfAll(pairs);
    }

    /// <summary>
    /// The estimated events that are scored. An event with less than half of its length within the annotated times of
    /// its class is scored only if it agrees with a reference event.
    /// </summary>
    private static ReadOnlySpan<CodedEvent> Scored(EventPairs pairs, int file, EventOptions options)
    {
        var estimated = pairs.EstimatedOf(file);
        if (pairs.IsFullyKnown)
            return estimated;
        List<CodedEvent> scored = [];
        foreach (ref readonly var sound in estimated)
        {
            var counts = pairs.KnownOf(file, sound.Class).ContainHalf(sound.Onset, sound.Offset);
            foreach (ref readonly var truth in pairs.ReferenceOf(file))
                counts |= truth.Class == sound.Class && options.Agree(truth, sound);
            if (counts)
                scored.Add(sound);
        }
        return scored.ToArray();
    }

    private static EventOptions Checked(EventPairs pairs, EventOptions? options)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        options ??= new EventOptions();
        options.Check();
        return options;
    }
}
