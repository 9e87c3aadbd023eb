using System.Collections.Immutable;
using Sed.Core.Metrics.Pairs;

namespace Sed.Core.Metrics.Psds;

/// <summary>
/// Post-processing independent PSDS (piPSDS; Ebbers, Haeb-Umbach and Serizel 2023; sed_scores_eval c7a3b71): the scores
/// are post-processed by each of several median filters, and the ROC curve of a class is the best true positive rate over
/// all filters and thresholds at each effective false positive rate. Exact over all thresholds.
/// </summary>
/// <remarks>
/// The filter is a median over time (in seconds), not over frames: with a window that is not an odd number of frames, a
/// detection can begin within a frame. The instability penalty (<see cref="PsdsOptions.InstabilityWeight"/>) can make
/// piPSDS lower than the PSDS with one of the filters, because the penalty also grows if only some classes improve.
/// </remarks>
public sealed class PostProcessingIndependentPsds : PreparedPsds
{
    private readonly ExactPsds[] filters;
    private readonly double limit;

    private PostProcessingIndependentPsds(ImmutableArray<string> files, ExactPsds[] filters, double limit)
        : base(files)
    {
        this.filters = filters;
        this.limit = limit;
    }

    /// <summary>
    /// The lengths of the median filters in seconds, as in the authors' tests: 0 (no filter), and 0.2 to 2 s in steps
    /// of 0.2 s.
    /// </summary>
    public static ImmutableArray<double> DefaultMedianSeconds { get; } =
    [0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0];

    /// <summary>Prepares piPSDS for all files and for resamples.</summary>
    /// <param name="pairs">Frame scores without post-processing, and reference.</param>
    /// <param name="options">The parameters of PSDS.</param>
    /// <param name="medianSeconds">
    /// Lengths of the median filters in seconds, at least one; 0 is no filter. Default: <see cref="DefaultMedianSeconds"/>.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The options are invalid, there is no filter, or a length is negative or not finite.
    /// </exception>
    public static PostProcessingIndependentPsds Prepare(
        ScorePairs pairs,
        PsdsOptions options,
        IReadOnlyList<double>? medianSeconds = null
    )
    {
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentNullException.ThrowIfNull(options);
        medianSeconds ??= DefaultMedianSeconds;
        if (medianSeconds.Count == 0)
            throw new ArgumentException("Give the length of at least one median filter.", nameof(medianSeconds));
        foreach (var seconds in medianSeconds)
            if (!(seconds >= 0) || double.IsInfinity(seconds))
                throw new ArgumentException(
                    FormattableString.Invariant(
                        $"The length of a median filter must be finite and 0 or more, was {seconds} s."
                    ),
                    nameof(medianSeconds)
                );
        return new PostProcessingIndependentPsds(
            pairs.Scores.Files,
            [.. medianSeconds.Select(seconds => ExactPsds.PrepareFiltered(pairs, options, seconds))],
            options.MaxEffectiveFalsePositiveRate
        );
    }

    /// <summary>
    /// piPSDS of a weighted set of files. In the ROC curve of a class, the threshold of a point applies to the scores after
    /// the median filter that gives this point.
    /// </summary>
    /// <inheritdoc />
    public override PsdsResult Evaluate(ReadOnlySpan<int> weights)
    {
        RequireWeights(weights);
        var counted = filters[0].Counted(weights);
        var best = new List<RocPoint>[counted.Count];
        for (var k = 0; k < best.Length; k++)
            best[k] = [];
        foreach (var filter in filters)
        {
            var rocs = filter.Rocs(counted, weights);
            for (var k = 0; k < best.Length; k++)
                best[k].AddRange(rocs[k]);
        }
        return filters[0].Combine(counted, [.. best.Select(points => PsdRoc.Rising(points, limit))]);
    }
}
