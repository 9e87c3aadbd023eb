using MathNet.Numerics.Distributions;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Training.Augmentations;

/// <summary>
/// Mixup (Zhang et al. 2018, arXiv 1710.09412): replaces the features and labels of each clip by a weighted mean with
/// the features and labels of a random clip that has the same kind of labels. A mixed label is known if it is known in
/// both clips. A frame is padding if it is padding in both clips. One weight per batch, or one for each kind of labels
/// in the batch, is drawn from Beta(alpha, alpha). Clips that must not be combined (<see
/// cref="LabelShare.IsCombined"/>) are unchanged.
/// </summary>
/// <remarks>
/// Hard mixup, as in DESED_task, mixes only the features. The labels are the sum of the labels of both clips, limited
/// to 1 (<see cref="UnitedLabels"/>). DESED_task mixes half of the batches. It draws one weight for the clips with
/// strong labels and another weight for the clips with weak labels, and leaves unlabelled clips unchanged: <c>sometimes
/// 0.5 (mixupPerKind 0.2)</c> with <c>annotated Unlabelled 0.5 |> withoutMixup</c>. DESED_task mixes mel magnitudes;
/// here, standardised features are mixed.
/// </remarks>
/// <param name="Alpha">Parameter of the beta distribution, above 0. DESED_task uses 0.2.</param>
/// <param name="IsHard">Whether mixed clips have the labels of both clips. Default false: weighted means.</param>
/// <param name="IsPerKind">
/// Whether each kind of labels has a weight of its own. Default false: one weight for the whole batch.
/// </param>
[Key("mixup")]
public sealed record Mixup(
    [property: Key("alpha")] double Alpha,
    [property: Key("hard", OmitWhen = false)] bool IsHard = false,
    [property: Key("perKind", OmitWhen = false)] bool IsPerKind = false
) : Augmentation
{
    /// <inheritdoc/>
    public override string Summary =>
        FormattableString.Invariant(
            $"{(IsHard ? "hard " : "")}mixup {Alpha:R}{(IsPerKind ? " per kind of labels" : "")}"
        );

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

    /// <inheritdoc/>
    public override bool ChangesLabels => true;

    internal override AugmentedBatch Apply(AugmentedBatch batch, Random draw)
    {
        var shares = new double[batch.Features.shape[0]];
        // With weight 1, clips that are not combined keep their exact values.
        Array.Fill(shares, 1);
        var ofBatch = IsPerKind ? 0 : Beta.Sample(draw, Alpha, Alpha);
        var groups = Partners.Groups(shares.Length, batch.Targets);
        foreach (var group in groups)
        {
            var share = IsPerKind ? Beta.Sample(draw, Alpha, Alpha) : ofBatch;
            foreach (var clip in group)
                shares[clip] = share;
        }
        return Apply(batch, shares, Partners.Of(groups, shares.Length, draw));
    }

    /// <summary>Mixes the clips with their partners.</summary>
    /// <param name="batch">Features and targets.</param>
    /// <param name="shares">Weight of each clip. The weight of its partner is 1 minus this weight.</param>
    /// <param name="partners">The partner of each clip.</param>
    internal AugmentedBatch Apply(AugmentedBatch batch, double[] shares, long[] partners)
    {
        var (features, targets) = (batch.Features, batch.Targets);
        var order = tensor(partners, device: features.device);
        var ofClips = tensor(shares.Select(share => (float)share).ToArray(), device: features.device);
        var ofPartners = tensor(shares.Select(share => (float)(1 - share)).ToArray(), device: features.device);
        return batch with
        {
            Features = Mixed(features),
            Targets = IsHard
                ? UnitedLabels.Of(targets, partners)
                : targets with
                {
                    Tags = Mixed(targets.Tags),
                    Frames = targets.Frames is { } frames ? Mixed(frames) : null,
                    Pseudo = targets.Pseudo is { } pseudo ? Mixed(pseudo) : null,
                    KnownTags = targets.KnownTags is { } tags ? KnownOfBoth(tags) : null,
                    KnownFrames = targets.KnownFrames is { } known ? KnownOfBoth(known) : null,
                    Annotated = targets.Annotated is { } annotated ? InEither(annotated) : null,
                },
            Sound = batch.Sound is { } sound ? InEither(sound) : null,
            Scale = batch.Scale?.Combined(Mixed, InEither),
        };

        Tensor KnownOfBoth(Tensor known) => known * known.index_select(0, order);

        Tensor InEither(Tensor mask) => mask.maximum(mask.index_select(0, order));

        Tensor Mixed(Tensor values)
        {
            long[] perClip = [shares.Length, .. Enumerable.Repeat(1L, (int)values.dim() - 1)];
            return (values * ofClips.view(perClip)).Plus(values.index_select(0, order) * ofPartners.view(perClip));
        }
    }
}
