using MathNet.Numerics.Distributions;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Training.Augmentations;

/// <summary>
/// Mixup of pairs (Zhang et al. 2018, arXiv 1710.09412, as in the code of Kong et al. 2020): the first and second clip
/// of the batch are mixed into one clip, then the third and fourth, and so on. The batch then has half the number of
/// clips. Each pair has a weight of its own, drawn from Beta(alpha, alpha). Only clips with the same kind of labels
/// form pairs; if a kind has an odd number of clips, its last clip is unchanged. Clips that must not be combined (<see
/// cref="LabelShare.IsCombined"/>) are also unchanged.
/// </summary>
/// <remarks>
/// Features, tags and frame labels are weighted means. A mixed label is known if it is known in both clips. A frame of a
/// mixed clip is padding if it is padding in both clips.
/// </remarks>
/// <param name="Alpha">Parameter of the beta distribution, above 0; 1 draws uniform weights.</param>
[Key("mixupPairs")]
public sealed record MixupPairs([property: Key("alpha")] double Alpha) : Augmentation
{
    /// <inheritdoc/>
    public override string Summary => FormattableString.Invariant($"mixup {Alpha:R} of pairs");

    /// <inheritdoc/>
    public override IEnumerable<Problem> Problems()
    {
        if (!(Alpha > 0 && double.IsFinite(Alpha)))
            yield return Problem.Of(
                FormattableString.Invariant($"the parameter of the mixup of pairs is {Alpha:R}"),
                "it must be greater than 0; leave out `mixupPairs` to disable it"
            );
    }

    /// <inheritdoc/>
    public override bool CombinesClips => true;

    /// <inheritdoc/>
    public override bool ChangesLabels => true;

    internal override AugmentedBatch Apply(AugmentedBatch batch, Random draw)
    {
        var (features, targets) = (batch.Features, batch.Targets);
        var pairs = Pairs((int)features.shape[0], targets);
        var firsts = tensor(pairs.Select(pair => (long)pair.First).ToArray(), device: features.device);
        var seconds = tensor(pairs.Select(pair => (long)pair.Second).ToArray(), device: features.device);
        // A clip without a partner is mixed with itself.
        var shares = tensor(
            pairs.Select(pair => pair.First == pair.Second ? 1 : (float)Beta.Sample(draw, Alpha, Alpha)).ToArray(),
            device: features.device
        );
        return batch with
        {
            Features = Mixed(features),
            Targets = targets with
            {
                Tags = Mixed(targets.Tags),
                Tagged = OfFirst(targets.Tagged),
                Frames = targets.Frames is { } frames ? Mixed(frames) : null,
                Pseudo = targets.Pseudo is { } pseudo ? Mixed(pseudo) : null,
                Framed = OfFirst(targets.Framed),
                Consistent = OfFirst(targets.Consistent),
                Kinds = targets.Kinds is { } kinds ? [.. pairs.Select(pair => kinds[pair.First])] : null,
                Combined = targets.Combined is { } combined ? [.. pairs.Select(pair => combined[pair.First])] : null,
                KnownTags = targets.KnownTags is { } tags ? KnownInBoth(tags) : null,
                KnownFrames = targets.KnownFrames is { } known ? KnownInBoth(known) : null,
                Annotated = targets.Annotated is { } annotated ? InEither(annotated) : null,
            },
            Sound = batch.Sound is { } sound ? InEither(sound) : null,
            Scale = batch.Scale?.Combined(Mixed, InEither),
        };

        Tensor InEither(Tensor mask) => mask.index_select(0, firsts).maximum(mask.index_select(0, seconds));

        Tensor Mixed(Tensor values)
        {
            var weights = shares.view([pairs.Length, .. Enumerable.Repeat(1L, (int)values.dim() - 1)]);
            var ofSeconds = values.index_select(0, seconds) * weights.From(1);
            return (values.index_select(0, firsts) * weights).Plus(ofSeconds);
        }

        // Both clips of a pair have the same kind of labels.
        Tensor? OfFirst(Tensor? ofClips) => ofClips?.index_select(0, firsts);

        Tensor KnownInBoth(Tensor known) => known.index_select(0, firsts) * known.index_select(0, seconds);
    }

    /// <summary>
    /// Returns the pairs: consecutive clips with the same kind of labels, in the order of the first clips. A clip
    /// without a partner is paired with itself.
    /// </summary>
    private static (int First, int Second)[] Pairs(int clips, BatchTargets targets) =>
        [
            .. Enumerable
                .Range(0, clips)
                .GroupBy(clip => (targets.Kinds?[clip] ?? 0, targets.Combined?[clip] == false ? clip : -1))
                .SelectMany(alike => alike.Chunk(2).Select(pair => (First: pair[0], Second: pair[^1])))
                .OrderBy(pair => pair.First),
        ];
}
