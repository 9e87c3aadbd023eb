using System.Runtime.Intrinsics;
using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.Convolutions;

internal sealed unsafe partial class PooledBlock
{
    // Number of groups of neighbouring clips. Kernel gradients are summed within each group first. The number does not
    // depend on the number of threads, so results do not either.
    private const int Groups = 16;

    // Number of strips of the convolution's output gradient that are in memory at the same time.
    private const int BufferedStrips = 4;

    /// <summary>Backward pass.</summary>
    /// <param name="saved">Values saved by the forward pass.</param>
    /// <param name="gradient">
    /// Gradient of the output without padding frames, shape (batch, pooled frames, pooled bins, filters).
    /// </param>
    /// <param name="weights">Parameters of the block.</param>
    /// <param name="gradients">Receives the gradients of the parameters.</param>
    /// <param name="inputGradient">
    /// Receives the gradient of the input without padding frames, shape (batch, frames, bins, channels); null to skip
    /// its computation.
    /// </param>
    public void Backward(
        SavedBlock saved,
        float* gradient,
        BlockWeights weights,
        BlockWeights gradients,
        float* inputGradient
    )
    {
        var batch = (int)saved.Input.shape[0];
        var back = new NormalisationGradient(shape, saved, weights, SumGradients(saved, gradient, batch), gradients);
        var kernelFloats = (int)shape.Convolution.KernelFloats;
        var mirrored = Scratch.Floats(Scratch.Shared, kernelFloats);
        var groups = Math.Min(batch, Groups);
        using var sums = zeros(groups, kernelFloats).DetachFromDisposeScope();
        var sum = sums.Pointer<float>((long)groups * kernelFloats);
        if (inputGradient is not null)
            Convolution.PackMirrored(weights.KernelFloats, mirrored, shape.Convolution);
        KernelThreads.Run(
            groups,
            group =>
            {
                for (var clip = batch * group / groups; clip < batch * (group + 1) / groups; clip++)
                    BackwardClip(
                        saved,
                        clip,
                        gradient,
                        back,
                        mirrored,
                        sum + (long)group * kernelFloats,
                        inputGradient
                    );
            }
        );
        for (var group = 1; group < groups; group++)
        for (var i = 0; i < kernelFloats; i++)
            sum[i] += sum[(long)group * kernelFloats + i];
        Convolution.Unpack(sum, gradients.KernelFloats, shape.Convolution);
        // Batch normalisation removes the bias, so its gradient is zero.
        Simd.Clear(gradients.BiasFloats, filters);
    }

    /// <summary>
    /// For each filter, the sums over the batch of the gradient and of the gradient times (selected value - mean).
    /// </summary>
    private (double[] Plain, double[] Weighted) SumGradients(SavedBlock saved, float* gradient, int batch)
    {
        var clips = new float[batch][];
        // Without pooling, every value is selected.
        var selected = (saved.Selected ?? saved.Raw!).Pointer<float>(batch * shape.PooledFloats);
        var dropoutScale = Vector512.Create(saved.Dropout.Scale);
        var floats = shape.PooledFloats;
        var step = filters;
        KernelThreads.Run(
            batch,
            clip =>
            {
                var mask = new GradientMask(shape, saved, clip);
                var values = selected + clip * shape.PooledFloats;
                var own = gradient + clip * shape.PooledFloats;
                var sums = new float[2 * filters];
                fixed (float* to = sums)
                fixed (float* means = saved.Normalisation.Mean.Select(value => (float)value).ToArray())
                    for (var j = 0; j < filters; j += Lanes)
                    {
                        Vector512<float> mean = Vector512.Load(means + j),
                            plain = Vector512<float>.Zero,
                            weighted = Vector512<float>.Zero;
                        for (long at = j; at < floats; at += step)
                        {
                            var g = Vector512.Load(own + at) * dropoutScale & mask.Anywhere(at);
                            plain += g;
                            weighted = Vector512.MultiplyAddEstimate(g, Vector512.Load(values + at) - mean, weighted);
                        }
                        plain.Store(to + j);
                        weighted.Store(to + filters + j);
                    }
                clips[clip] = sums;
            }
        );
        double[] allPlain = new double[filters],
            allWeighted = new double[filters];
        foreach (var sums in clips)
            for (var filter = 0; filter < filters; filter++)
            {
                allPlain[filter] += sums[filter];
                allWeighted[filter] += sums[filters + filter];
            }
        return (allPlain, allWeighted);
    }

    private void BackwardClip(
        SavedBlock saved,
        int clip,
        float* gradients,
        NormalisationGradient back,
        float* mirrored,
        float* kernelGradient,
        float* inputGradients
    )
    {
        var input = saved.Input.Pointer<float>(saved.Input.shape[0] * shape.InputFloats) + clip * shape.InputFloats;
        var mask = new GradientMask(shape, saved, clip);
        var channels = shape.Channels;
        var border = shape.Border;
        var inputGradient = inputGradients is null ? null : inputGradients + clip * (long)frames * bins * channels;
        var frameFloats = (nint)bins * filters;
        // Gradient of the convolution's output, with padding frames. The buffer holds only a range of frames, so that
        // they stay in the cache.
        var buffered = Math.Min(frames + 2 * border, TileFrames + BufferedStrips * stripFrames + 2 * border);
        var buffer = Scratch.Floats(0, buffered * frameFloats);
        var raw = buffer; // address that the clip's first padded frame would have
        var first = 0; // first buffered frame
        Simd.Clear(raw, border * frameFloats);
        var ready = 0;
        for (var from = 0; from < frames; from += stripFrames)
        {
            var count = Math.Min(stripFrames, frames - from);
            // Each strip's gradient is computed just before it is used.
            var needed = Math.Min(frames, from + count + border);
            if (needed + 2 * border > first + buffered)
            {
                var kept = Math.Max(0, from - TileFrames);
                var floats = (ready + border - kept) * frameFloats;
                new Span<float>(raw + kept * frameFloats, (int)floats).CopyTo(new Span<float>(buffer, (int)floats));
                raw = buffer - kept * frameFloats;
                first = kept;
            }
            back.Fill(clip, gradients, mask, raw + border * frameFloats, ready, needed);
            ready = needed;
            if (ready == frames)
                Simd.Clear(raw + (frames + border) * frameFloats, border * frameFloats);
            Convolution.AddKernelGradient(
                input,
                raw + (from + border) * frameFloats,
                kernelGradient,
                shape.Convolution,
                from,
                count
            );
            if (inputGradient is null)
                continue;
            var start = WholeTiles(from, count);
            var computed = from + count - start;
            Simd.Clear(inputGradient + (long)start * bins * channels, (long)computed * bins * channels);
            Convolution.Add(raw, mirrored, inputGradient, shape.Convolution.Mirrored, start, computed);
        }
    }
}
