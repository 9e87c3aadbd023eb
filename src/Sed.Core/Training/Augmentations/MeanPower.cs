using Sed.Core.Features;
using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Training.Augmentations;

/// <summary>The mean power of clips, from which signal-to-noise ratios are computed.</summary>
internal static class MeanPower
{
    /// <summary>
    /// Computes the mean over the bands and frames of each clip, shape (batch, 1, 1). Padding and masked values are
    /// left out.
    /// </summary>
    /// <param name="powers">Powers, shape (batch, frames, bands); 0 for padding and masked values.</param>
    /// <param name="scale">Scale of the features.</param>
    public static Tensor Of(Tensor powers, FeatureScale scale) =>
        scale.KeptEnergies is { } kept
            ? powers.sum([1, 2], keepdim: true) / kept.expand_as(powers).sum([1, 2], keepdim: true).AtLeast(1)
            : powers.mean([1, 2], keepdim: true);
}
