using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.Convolutions;

internal sealed unsafe partial class PooledBlock
{
    // Kernel gradients are added up in this many groups of neighbouring clips, whatever the number of threads.
    private const int Groups = 16;

    // Bands of the convolution's gradient that are in memory at once.
    private const int HeldBands = 4;

    /// <summary>The backward pass.</summary>
    /// <param name="gradient">Gradient of the output without zero frames, (batch, frames, pooled bins, filters).</param>
    /// <param name="inputGradient">Gradient of the input without zero frames, (batch, frames, bins, channels); null where it is not wanted.</param>
    public void Backward(
        BlockRun run,
        float* gradient,
        BlockWeights weights,
        BlockWeights gradients,
        float* inputGradient
    )
    {
        var batch = (int)run.Input.shape[0];
        var back = new AffineBack(shape, run, weights, SumGradients(run, gradient, batch), gradients);
        var kernelFloats = (int)shape.Convolution.KernelFloats;
        var mirrored = Scratch.Floats(Scratch.Shared, kernelFloats);
        var groups = Math.Min(batch, Groups);
        using var sums = zeros(groups, kernelFloats).DetachFromDisposeScope();
        var sum = Kernels.Lanes.Memory<float>(sums);
        if (inputGradient is not null)
            Convolution.PackMirrored(weights.KernelFloats, mirrored, shape.Convolution);
        Crew.Share(
            groups,
            group =>
            {
                for (var clip = batch * group / groups; clip < batch * (group + 1) / groups; clip++)
                    BackwardClip(run, clip, gradient, back, mirrored, sum + (long)group * kernelFloats, inputGradient);
            }
        );
        for (var group = 1; group < groups; group++)
        for (var i = 0; i < kernelFloats; i++)
            sum[i] += sum[(long)group * kernelFloats + i];
        Convolution.Unpack(sum, gradients.KernelFloats, shape.Convolution);
        // The mean takes the bias away again.
        Kernels.Lanes.Clear(gradients.BiasFloats, filters);
    }

    /// <summary>Sums over the batch of the gradient and of gradient times (winning value - mean), per filter.</summary>
    private (double[] Plain, double[] Weighted) SumGradients(BlockRun run, float* gradient, int batch)
    {
        var clips = new float[batch][];
        var extremes = Kernels.Lanes.Memory<float>(run.Extreme ?? run.Raw!);
        var dropoutScale = Vector512.Create(run.Dropout.Scale);
        var floats = shape.PooledFloats;
        var step = filters;
        Crew.Share(
            batch,
            clip =>
            {
                var passes = new Passed(shape, run, clip);
                var extreme = extremes + clip * shape.PooledFloats;
                var own = gradient + clip * shape.PooledFloats;
                var sums = new float[2 * filters];
                fixed (float* to = sums)
                fixed (float* means = run.Normalisation.Mean.Select(value => (float)value).ToArray())
                    for (var j = 0; j < filters; j += Lanes)
                    {
                        Vector512<float> mean = Vector512.Load(means + j),
                            plain = Vector512<float>.Zero,
                            weighted = Vector512<float>.Zero;
                        for (long at = j; at < floats; at += step)
                        {
                            var g = Vector512.Load(own + at) * dropoutScale & passes.Anywhere(at);
                            plain += g;
                            weighted = Vector512.MultiplyAddEstimate(g, Vector512.Load(extreme + at) - mean, weighted);
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
        BlockRun run,
        int clip,
        float* gradients,
        AffineBack back,
        float* mirrored,
        float* kernelGradient,
        float* inputGradients
    )
    {
        var input = Kernels.Lanes.Memory<float>(run.Input) + clip * shape.InputFloats;
        var channels = shape.Channels;
        var border = shape.Border;
        var inputGradient = inputGradients is null ? null : inputGradients + clip * (long)frames * bins * channels;
        var frameFloats = (nint)bins * filters;
        // The gradient of the convolution, zeros around. Only some frames are there, so that they stay in the cache.
        var held = Math.Min(frames + 2 * border, TileFrames + HeldBands * bandFrames + 2 * border);
        var memory = Scratch.Floats(0, held * frameFloats);
        var raw = memory; // where the first of all frames would be
        var first = 0; // of those that are there
        Kernels.Lanes.Clear(raw, border * frameFloats);
        var ready = 0;
        for (var from = 0; from < frames; from += bandFrames)
        {
            var count = Math.Min(bandFrames, frames - from);
            // The gradient is made just ahead of its use.
            var needed = Math.Min(frames, from + count + border);
            if (needed + 2 * border > first + held)
            {
                var kept = Math.Max(0, from - TileFrames);
                var floats = (ready + border - kept) * frameFloats;
                new Span<float>(raw + kept * frameFloats, (int)floats).CopyTo(new Span<float>(memory, (int)floats));
                raw = memory - kept * frameFloats;
                first = kept;
            }
            back.Fill(run, clip, gradients, raw + border * frameFloats, ready, needed);
            ready = needed;
            if (ready == frames)
                Kernels.Lanes.Clear(raw + (frames + border) * frameFloats, border * frameFloats);
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
            Kernels.Lanes.Clear(inputGradient + (long)start * bins * channels, (long)computed * bins * channels);
            Convolution.Add(raw, mirrored, inputGradient, shape.Convolution.Mirrored, start, computed);
        }
    }
}
