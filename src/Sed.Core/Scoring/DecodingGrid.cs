using Sed.Core.Detection.Steps;

namespace Sed.Core.Scoring;

/// <summary>
/// The steps of decoding among which a tuner chooses for each class. Of those that do equally well it takes the first, so the
/// simplest stand first.
/// </summary>
public static class DecodingGrid
{
    /// <summary>A median filter of 0 (none), 0.1, 0.2, 0.5, 1 or 2 s, then shortest events of 0, 0.2, 0.5, 1 or 2 s: 30 ways.</summary>
    public static IReadOnlyList<IReadOnlyList<DecodingStep>> Smoothing { get; } =
    [
        .. from median in (double[])[0, 0.1, 0.2, 0.5, 1, 2]
        from shortest in (double[])[0, 0.2, 0.5, 1, 2]
        select (IReadOnlyList<DecodingStep>)
            [
                .. median > 0 ? [new DecodingStep.MedianFilter(median)] : (DecodingStep[])[],
                .. shortest > 0 ? [new DecodingStep.MinimumDuration(shortest)] : (DecodingStep[])[],
            ],
    ];

    /// <summary>
    /// Boxes between change points by a filter of 0.3, 0.5, 1 or 2 s, merged over falls below 0.1, 0.2 or 0.3 or over ratios below
    /// 1.5, 2 or 3: 24 ways.
    /// </summary>
    public static IReadOnlyList<IReadOnlyList<DecodingStep>> ChangePoints { get; } =
    [
        .. from seconds in (double[])[0.5, 0.3, 1, 2]
        from step in (DecodingStep[])
            [
                .. ((double[])[0.2, 0.1, 0.3]).Select(fall => new DecodingStep.ChangePoints(
                    seconds,
                    MergeDifference: fall
                )),
                .. ((double[])[2, 1.5, 3]).Select(ratio => new DecodingStep.ChangePoints(seconds, MergeRatio: ratio)),
            ]
        select (IReadOnlyList<DecodingStep>)[step],
    ];
}
