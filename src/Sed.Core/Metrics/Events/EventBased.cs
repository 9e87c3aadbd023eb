using System.Collections.Immutable;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Thresholds;

namespace Sed.Core.Metrics.Events;

/// <summary>
/// Event-based evaluation: estimated events are paired with reference events whose onsets and offsets lie within collars
/// (Mesaros et al. 2016; equal to sed_eval 0.2.1).
/// </summary>
/// <remarks>
/// An event agrees when |onset difference| is at most the collar and |offset difference| is at most the larger of the collar
/// and a fraction of the reference event's length, both in double arithmetic. Events of one label are paired first; among
/// what is left, a pair whose times agree is a substitution. Rows "0 0 label" are events, as they are for sed_eval.
/// </remarks>
public static class EventBased
{
    /// <summary>Counts all files together.</summary>
    /// <param name="pairs">What is compared.</param>
    /// <param name="options">When events agree; onset and offset with a collar of 0.2 s by default.</param>
    /// <exception cref="ArgumentException">The options are unusable.</exception>
    /// <exception cref="InvalidOperationException">So many events lie at one place that their pairs cannot be held.</exception>
    public static EventCounts Count(EventPairs pairs, EventOptions? options = null)
    {
        options = Checked(pairs, options);
        var values = EventCounts.Zeros(pairs.Classes, EventCounts.PerClass);
        EventPairing pairing = new(pairs.Classes.Count, options);
        var seconds = 0.0;
        for (var file = 0; file < pairs.Count; file++)
            seconds += pairing.Add(pairs.NameOf(file), pairs.ReferenceOf(file), pairs.EstimatedOf(file), values);
        return new EventCounts(pairs.Classes, options, values, seconds);
    }

    /// <summary>Counts each file by itself, for resampling; their sum is what <see cref="Count"/> gives.</summary>
    /// <inheritdoc cref="Count"/>
    public static ImmutableArray<EventCounts> CountEach(EventPairs pairs, EventOptions? options = null)
    {
        options = Checked(pairs, options);
        EventPairing pairing = new(pairs.Classes.Count, options);
        var counts = ImmutableArray.CreateBuilder<EventCounts>(pairs.Count);
        for (var file = 0; file < pairs.Count; file++)
        {
            var values = EventCounts.Zeros(pairs.Classes, EventCounts.PerClass);
            var seconds = pairing.Add(pairs.NameOf(file), pairs.ReferenceOf(file), pairs.EstimatedOf(file), values);
            counts.Add(new EventCounts(pairs.Classes, options, values, seconds));
        }
        return counts.MoveToImmutable();
    }

    /// <summary>The counts at every decision threshold of frame scores; times are compared in whole microseconds.</summary>
    /// <param name="pairs">What is compared.</param>
    /// <param name="options">Collars; onset and offset both count, and pairs are as many as possible.</param>
    /// <exception cref="ArgumentException">The options are unusable, or ask for something else.</exception>
    public static ThresholdCurves Curves(ScorePairs pairs, EventOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        options ??= new EventOptions();
        options.Check();
        if (!options.EvaluateOnset || !options.EvaluateOffset || options.Matching != EventMatching.Optimal)
            throw new ArgumentException(
                "Curves over thresholds need onset and offset and the optimal matching.",
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

    private static EventOptions Checked(EventPairs pairs, EventOptions? options)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        options ??= new EventOptions();
        options.Check();
        return options;
    }
}
