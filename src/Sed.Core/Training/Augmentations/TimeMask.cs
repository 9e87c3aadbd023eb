using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Training.Augmentations;

/// <summary>
/// Time mask that also masks the labels. The features of the masked frames are set to 0, the mean of standardised
/// features. The frame labels of these frames are set to 0 and count as known. If all frames with the class of a tag
/// are masked, the tag is removed, or becomes unknown if the label of the class is unknown in other frames. The masked
/// frames are the same for all clips of the batch that have frame labels. Other clips stay unchanged, because it is not
/// known whether their tags would still apply.
/// </summary>
/// <remarks>
/// As in the systems of Nam et al. (frednam93/FilterAugSED) and CPJKU (CPJKU/cpjku_dcase24), the width in output frames
/// is uniformly distributed from a minimum share of the clip to a maximum share, which is excluded. The mask always
/// ends before the last frame. Those systems set magnitudes to 0, which is silence; here, masked frames get the mean of
/// the features.
/// </remarks>
/// <param name="Least">Minimum width as a share of the clip, 0 or above. CPJKU uses 0.05.</param>
/// <param name="Most">Maximum width as a share of the clip, above the minimum and below 1. CPJKU uses 0.3.</param>
[Key("timeMask")]
public sealed record TimeMask([property: Key("least")] double Least, [property: Key("most")] double Most) : Augmentation
{
    /// <inheritdoc/>
    public override string Summary =>
        FormattableString.Invariant($"time mask of {Least:R} to {Most:R} of the clip with its labels");

    /// <inheritdoc/>
    public override bool ChangesLabels => true;

    /// <inheritdoc/>
    public override bool NeedsFrameLabels => true;

    /// <inheritdoc/>
    public override IEnumerable<Problem> Problems()
    {
        if (!(Least >= 0 && Least < Most && Most < 1))
            yield return Problem.Of(
                FormattableString.Invariant($"a time mask of {Least:R} to {Most:R} of the clip"),
                "give two shares from 0 to below 1, the smaller one first, for example `timeMask 0.05 0.3`"
            );
    }

    internal override AugmentedBatch Apply(AugmentedBatch batch, Random draw)
    {
        if (batch.Targets.Frames is not { } labels)
            return batch;
        var outputs = (int)labels.shape[1];
        var least = (int)(outputs * Least);
        var width = draw.Next(least, Math.Max(least + 1, (int)(outputs * Most)));
        return Apply(batch, draw.Next(0, outputs - width), width);
    }

    /// <summary>Masks the same frames in all clips that have frame labels.</summary>
    /// <param name="batch">Features and targets with frame labels.</param>
    /// <param name="first">The first masked output frame.</param>
    /// <param name="width">Number of masked output frames.</param>
    internal static AugmentedBatch Apply(AugmentedBatch batch, int first, int width)
    {
        var (targets, labels) = (batch.Targets, batch.Targets.Frames!);
        var (frames, outputs) = ((int)batch.Features.shape[1], (int)labels.shape[1]);
        var ofOutputs = Kept(outputs, first, width);
        var left = labels * ofOutputs;
        var start = batch.FeatureFrame(first, outputs);
        var masked = batch.Masked(Kept(frames, start, batch.FeatureFrame(first + width, outputs) - start));
        var known = targets.KnownFrames?.maximum(ofOutputs.From(1));
        targets = targets with
        {
            Frames = left,
            Pseudo = targets.Pseudo is { } pseudo ? pseudo * ofOutputs : null,
            KnownFrames = known,
        };
        if (targets.Bags is null)
            targets = targets.WithoutTags(
                labels,
                left,
                known is null ? null : BatchTargets.Product(known.From(1), batch.Sound?.unsqueeze(2))
            );
        return masked with { Targets = targets };

        // 0 in the masked frames of clips with frame labels and 1 elsewhere, shape (batch, frames, 1).
        Tensor Kept(int length, int start, int count)
        {
            var kept = new float[length];
            Array.Fill(kept, 1);
            Array.Clear(kept, Math.Min(start, length), Math.Min(count, length - Math.Min(start, length)));
            var ofAll = tensor(kept, [1, length, 1], device: labels.device).expand(labels.shape[0], -1, -1);
            return targets.Framed is { } framed ? ofAll.maximum(framed.view(-1, 1, 1).From(1)) : ofAll;
        }
    }
}
