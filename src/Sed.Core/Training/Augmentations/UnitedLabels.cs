using Sed.Core.Runtime;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Training.Augmentations;

/// <summary>Combines the labels of clips whose sounds are added.</summary>
internal static class UnitedLabels
{
    /// <summary>
    /// Adds the labels of each clip and its partner, and limits the sum to 1 (hard mixup of DESED_task). A label is
    /// known if it is known in both clips, or if the class is known to be present in one of them. A class is annotated
    /// if it is annotated in the corpus of either clip. Clips that are their own partners keep their labels.
    /// </summary>
    /// <param name="targets">Targets of a batch without bags.</param>
    /// <param name="partners">The partner of each clip, with the same kind of labels.</param>
    public static BatchTargets Of(BatchTargets targets, long[] partners)
    {
        var device = targets.Tags.device;
        var order = tensor(partners, device: device);
        float[] isOther = [.. partners.Select((partner, clip) => partner == clip ? 0f : 1f)];
        var others = tensor(isOther, device: device);
        return targets with
        {
            Tags = Sum(targets.Tags),
            Frames = targets.Frames is { } frames ? Sum(frames) : null,
            Pseudo = targets.Pseudo is { } pseudo ? Sum(pseudo) : null,
            KnownTags = targets.KnownTags is { } tags ? Known(tags, targets.Tags) : null,
            KnownFrames = targets is { KnownFrames: { } known, Frames: { } labels } ? Known(known, labels) : null,
            Annotated = targets.Annotated is { } annotated ? annotated.maximum(annotated.index_select(0, order)) : null,
        };

        Tensor Sum(Tensor labels)
        {
            var weights = others.view([partners.Length, .. Enumerable.Repeat(1L, (int)labels.dim() - 1)]);
            return labels.Plus(labels.index_select(0, order) * weights).Between(0, 1);
        }

        Tensor Known(Tensor known, Tensor labels)
        {
            var present = known * labels.AtLeast(1).eq(labels).to(known.dtype);
            return (known * known.index_select(0, order)).maximum(present).maximum(present.index_select(0, order));
        }
    }
}
