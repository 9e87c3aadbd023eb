using MathNet.Numerics.Distributions;
using Sed.Core.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Training;

/// <summary>
/// Changes batches so that a network does not learn them by heart. All that is random is drawn on the host, from one
/// generator per epoch; the arithmetic is done where the batch is.
/// </summary>
internal sealed class Augmentation(TrainingOptions options)
{
    /// <summary>Mixes and masks a batch, as the options say.</summary>
    /// <param name="features">Shape (batch, frames, bands), standardised, so that 0 is the mean.</param>
    /// <param name="labels">Shape (batch, classes).</param>
    /// <param name="draw">This epoch's generator.</param>
    public (Tensor Features, Tensor Labels) Apply(Tensor features, Tensor labels, Random draw)
    {
        if (options.Mixup > 0)
            (features, labels) = Mix(features, labels, draw);
        if (options.MaskedFrames > 0)
            features = features * Mask(features, 1, options.MaskedFrames, draw).unsqueeze(2);
        if (options.MaskedBands > 0)
            features = features * Mask(features, 2, options.MaskedBands, draw).unsqueeze(1);
        return (features, labels);
    }

    /// <summary>Every clip becomes a weighted mean of itself and another, and so do its labels.</summary>
    private (Tensor Features, Tensor Labels) Mix(Tensor features, Tensor labels, Random draw)
    {
        var share = Beta.Sample(draw, options.Mixup, options.Mixup);
        long[] others = [.. Enumerable.Range(0, (int)features.shape[0]).Select(i => (long)i)];
        draw.Shuffle(others);
        var order = tensor(others, device: features.device);
        return (
            features.Times(share).Plus(features.index_select(0, order).Times(1 - share)),
            labels.Times(share).Plus(labels.index_select(0, order).Times(1 - share))
        );
    }

    /// <summary>0 in one stretch of each clip's frames or bands and 1 elsewhere, shape (batch, frames or bands).</summary>
    private static Tensor Mask(Tensor features, int dimension, int most, Random draw)
    {
        var (clips, length) = ((int)features.shape[0], (int)features.shape[dimension]);
        var kept = new float[clips * length];
        Array.Fill(kept, 1);
        for (var clip = 0; clip < clips; clip++)
        {
            var masked = draw.Next(0, Math.Min(most, length) + 1);
            var start = draw.Next(0, length - masked + 1);
            Array.Clear(kept, clip * length + start, masked);
        }
        return tensor(kept, [clips, length], device: features.device);
    }
}
