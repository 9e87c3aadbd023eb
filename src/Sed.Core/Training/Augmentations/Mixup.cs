using MathNet.Numerics.Distributions;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Training.Augmentations;

/// <summary>
/// Mixup (Zhang et al. 2018, arXiv 1710.09412): replaces the features and labels of each clip by a weighted mean with
/// the features and labels of a random clip that has the same kind of labels. A mixed label is known if it is known in
/// both clips, and a frame is padding if it is padding in both. One weight per batch is drawn from Beta(alpha, alpha).
/// </summary>
/// <param name="Alpha">Parameter of the beta distribution, above 0.</param>
[Key("mixup")]
public sealed record Mixup([property: Key("alpha")] double Alpha) : Augmentation
{
    /// <inheritdoc/>
    public override string Summary => FormattableString.Invariant($"mixup {Alpha:R}");

    /// <inheritdoc/>
    public override IEnumerable<Problem> Problems()
    {
        if (!(Alpha > 0 && double.IsFinite(Alpha)))
            yield return Problem.Of(
                FormattableString.Invariant($"the mixup parameter is {Alpha:R}"),
                "it must be greater than 0; leave out `mixup` to disable it"
            );
    }

    /// <inheritdoc/>
    public override bool CombinesClips => true;

    internal override AugmentedBatch Apply(AugmentedBatch batch, Random draw)
    {
        var (features, targets) = (batch.Features, batch.Targets);
        var share = Beta.Sample(draw, Alpha, Alpha);
        var order = tensor(Partners(features.shape[0], targets.Kinds, draw), device: features.device);
        return batch with
        {
            Features = Mixed(features),
            Targets = targets with
            {
                Tags = Mixed(targets.Tags),
                Frames = targets.Frames is { } frames ? Mixed(frames) : null,
                KnownTags = targets.KnownTags is { } tags ? KnownOfBoth(tags) : null,
                KnownFrames = targets.KnownFrames is { } known ? KnownOfBoth(known) : null,
            },
            Sound = batch.Sound is { } sound ? sound.maximum(sound.index_select(0, order)) : null,
        };

        Tensor KnownOfBoth(Tensor known) => known * known.index_select(0, order);

        Tensor Mixed(Tensor values) => values.Times(share).Plus(values.index_select(0, order).Times(1 - share));
    }

    /// <summary>A random permutation of the clips within each kind of labels.</summary>
    private static long[] Partners(long clips, int[]? kinds, Random draw)
    {
        var partners = new long[clips];
        long[] all = [.. Enumerable.Range(0, (int)clips).Select(clip => (long)clip)];
        foreach (var alike in all.GroupBy(clip => kinds?[clip] ?? 0).OrderBy(group => group.Key))
        {
            long[] own = [.. alike],
                shuffled = [.. alike];
            draw.Shuffle(shuffled);
            for (var i = 0; i < own.Length; i++)
                partners[own[i]] = shuffled[i];
        }
        return partners;
    }
}
