using MathNet.Numerics.Distributions;
using Sed.Core.Runtime;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Training;

/// <summary>
/// Changes batches so that a network does not learn them by heart. All that is random is drawn on the host, from one
/// generator per epoch; the arithmetic is done where the batch is.
/// </summary>
internal sealed class Augmentation(TrainingOptions options)
{
    /// <summary>Mixes a batch, where the options say so.</summary>
    /// <param name="features">Shape (batch, frames, bands).</param>
    /// <param name="targets">What the batch is held against.</param>
    /// <param name="draw">This epoch's generator.</param>
    public (Tensor Features, BatchTargets Targets) Mix(Tensor features, BatchTargets targets, Random draw)
    {
        if (options.Mixup == 0)
            return (features, targets);
        var share = Beta.Sample(draw, options.Mixup, options.Mixup);
        var order = tensor(Partners(features.shape[0], targets.Kinds, draw), device: features.device);
        return (
            Mixed(features),
            targets with
            {
                Tags = Mixed(targets.Tags),
                Frames = targets.Frames is { } frames ? Mixed(frames) : null,
            }
        );

        // Every clip becomes a weighted mean of itself and another, and so does what is told of it.
        Tensor Mixed(Tensor values) => values.Times(share).Plus(values.index_select(0, order).Times(1 - share));
    }

    /// <summary>Masks a batch, where the options say so.</summary>
    /// <param name="features">Shape (batch, frames, bands), standardised, so that 0 is the mean.</param>
    /// <param name="draw">This epoch's generator.</param>
    public Tensor Mask(Tensor features, Random draw)
    {
        if (options.MaskedFrames > 0)
            features = features * Mask(features, 1, options.MaskedFrames, draw).unsqueeze(2);
        if (options.MaskedBands > 0)
            features = features * Mask(features, 2, options.MaskedBands, draw).unsqueeze(1);
        return features;
    }

    /// <summary>With which clip each is mixed: one of which as much is told.</summary>
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
