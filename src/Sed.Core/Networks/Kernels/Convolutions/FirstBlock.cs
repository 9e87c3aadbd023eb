using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.Convolutions;

/// <summary>
/// The convolution block over the features themselves, one channel. The normalisation follows from the input's patches
/// (<see cref="PatchMoments"/>), so it is folded into the kernel, and convolution, normalisation, ReLU, pooling and
/// dropout are one pass that writes pooled values only. Backward, one bin of each pooled bin has a gradient.
/// </summary>
internal sealed unsafe partial class FirstBlock(BlockShape shape)
{
    private const int Lanes = Tile.Lanes;
    private const int Taps = PatchMoments.Size;

    private readonly int filters = shape.Filters;
    private readonly int bins = shape.Bins;
    private readonly int frames = shape.Frames;

    private long MapFloats => (frames + 2L) * (bins + 2);

    /// <summary>Copies clips into maps with a border of zeros.</summary>
    /// <param name="clips">(batch, frames, bins).</param>
    /// <returns>(batch, frames + 2, bins + 2).</returns>
    public Tensor Bordered(Tensor clips)
    {
        var batch = (int)clips.shape[0];
        // A little more than the maps: the backward pass reads whole vectors at the end of a row.
        using var memory = empty(batch * MapFloats + Lanes);
        var maps = memory.narrow(0, 0, batch * MapFloats).reshape(batch, frames + 2, bins + 2).DetachFromDisposeScope();
        float* from = Kernels.Lanes.Memory<float>(clips),
            to = Kernels.Lanes.Memory<float>(maps);
        Crew.Share(
            batch,
            clip =>
            {
                var map = to + clip * MapFloats;
                Kernels.Lanes.Clear(map, MapFloats);
                for (var frame = 0; frame < frames; frame++)
                    new Span<float>(from + ((long)clip * frames + frame) * bins, bins).CopyTo(
                        new Span<float>(map + (frame + 1L) * (bins + 2) + 1, bins)
                    );
            }
        );
        return maps;
    }

    /// <summary>Whether it can compute a block.</summary>
    public static bool Fits(BlockShape shape) =>
        shape is { Channels: 1, KernelFrames: 3, KernelBins: 3, Rectifies: true, PoolFrames: 1 }
        && shape.Pool + 2 <= Tile.Lanes;

    /// <summary>One training step's forward pass.</summary>
    /// <param name="maps">From <see cref="Bordered"/>; the run owns them from here on.</param>
    public BlockRun Forward(
        Tensor maps,
        BlockWeights weights,
        float* runningMean,
        float* runningVariance,
        Dropout dropout,
        int border
    )
    {
        var batch = maps.shape[0];
        var patches = PatchMoments.Of(Kernels.Lanes.Memory<float>(maps), (int)batch, frames, bins);
        var (mean, variance) = OutputMoments(patches, weights);
        var normalisation = Normalisation.OfBatch(
            shape.Normalised(weights),
            mean,
            variance,
            patches.Count,
            runningMean,
            runningVariance
        );
        var winner = empty([batch, frames, shape.PooledBins, filters], int8).DetachFromDisposeScope();
        return new BlockRun
        {
            Input = maps,
            Output = Convolve(maps, weights, normalisation, dropout, border, Kernels.Lanes.Memory<sbyte>(winner)),
            Winner = winner,
            Normalisation = normalisation,
            Patches = patches,
            Dropout = dropout,
        };
    }

    /// <summary>The pass without training: running statistics, nothing kept.</summary>
    public Tensor Infer(Tensor maps, BlockWeights weights, float* runningMean, float* runningVariance, int border) =>
        Convolve(
            maps,
            weights,
            Normalisation.OfRunning(shape.Normalised(weights), runningMean, runningVariance),
            Dropout.None,
            border,
            null
        );

    private (double[] Mean, double[] Variance) OutputMoments(PatchMoments patches, BlockWeights weights)
    {
        double[] mean = new double[filters],
            variance = new double[filters];
        Span<double> kernel = stackalloc double[Taps];
        Span<double> covariances = stackalloc double[Taps];
        for (var filter = 0; filter < filters; filter++)
        {
            for (var tap = 0; tap < Taps; tap++)
                kernel[tap] = weights.KernelFloats[filter * Taps + tap];
            patches.Times(kernel, covariances);
            mean[filter] = weights.BiasFloats[filter];
            for (var tap = 0; tap < Taps; tap++)
            {
                mean[filter] += kernel[tap] * patches.Mean[tap];
                variance[filter] += kernel[tap] * covariances[tap];
            }
            variance[filter] = Math.Max(0, variance[filter]);
        }
        return (mean, variance);
    }

    private Tensor Convolve(
        Tensor maps,
        BlockWeights weights,
        Normalisation normalisation,
        Dropout dropout,
        int border,
        sbyte* winners
    )
    {
        var batch = maps.shape[0];
        var output = empty(batch, frames + 2 * border, shape.PooledBins, filters).DetachFromDisposeScope();
        var folded = new float[(Taps + 1) * filters]; // (9 taps and the offset, filters)
        for (var filter = 0; filter < filters; filter++)
        {
            var factor = normalisation.Factor[filter];
            for (var tap = 0; tap < Taps; tap++)
                folded[tap * filters + filter] = factor * weights.KernelFloats[filter * Taps + tap];
            folded[Taps * filters + filter] = normalisation.Offset[filter] + factor * weights.BiasFloats[filter];
        }
        float* map = Kernels.Lanes.Memory<float>(maps),
            outputs = Kernels.Lanes.Memory<float>(output);
        fixed (float* kernel = folded)
        {
            var pinned = kernel;
            Crew.Share(
                (int)batch,
                clip =>
                {
                    var to = PooledActivation.Output(shape, outputs, clip, border);
                    var first = clip * shape.PooledFloats;
                    var mask = dropout.From(first);
                    for (var frame = 0; frame < frames; frame++)
                    for (var j = 0; j < filters; j += Lanes)
                    {
                        var at = (long)frame * shape.PooledBins * filters + j;
                        ConvolveLanes(
                            map + clip * MapFloats + (long)frame * (bins + 2),
                            pinned + j,
                            to + at,
                            mask,
                            at,
                            winners is null ? null : winners + first + at
                        );
                    }
                }
            );
        }
        return output;
    }

    /// <summary>Sixteen filters over one frame, their kernel in ten registers.</summary>
    private void ConvolveLanes(float* map, float* kernel, float* output, DropoutMask mask, long first, sbyte* winners)
    {
        nint row = bins + 2;
        int pool = shape.Pool,
            step = filters;
        Vector512<float> k0 = Vector512.Load(kernel),
            k1 = Vector512.Load(kernel + step),
            k2 = Vector512.Load(kernel + 2 * step),
            k3 = Vector512.Load(kernel + 3 * step),
            k4 = Vector512.Load(kernel + 4 * step),
            k5 = Vector512.Load(kernel + 5 * step),
            k6 = Vector512.Load(kernel + 6 * step),
            k7 = Vector512.Load(kernel + 7 * step),
            k8 = Vector512.Load(kernel + 8 * step),
            offset = Vector512.Load(kernel + 9 * step);
        var x = map;
        for (int pooled = shape.PooledBins, at = 0; pooled > 0; pooled--, at += step)
        {
            var best = Vector512.Create(float.NegativeInfinity);
            var index = Vector512<int>.Zero;
            for (var bin = 0; bin < pool; bin++, x++)
            {
                var a = Vector512.MultiplyAddEstimate(Vector512.Create(x[0]), k0, offset);
                var b = Vector512.Create(x[row]) * k3;
                var c = Vector512.Create(x[2 * row]) * k6;
                a = Vector512.MultiplyAddEstimate(Vector512.Create(x[1]), k1, a);
                b = Vector512.MultiplyAddEstimate(Vector512.Create(x[row + 1]), k4, b);
                c = Vector512.MultiplyAddEstimate(Vector512.Create(x[2 * row + 1]), k7, c);
                a = Vector512.MultiplyAddEstimate(Vector512.Create(x[2]), k2, a);
                b = Vector512.MultiplyAddEstimate(Vector512.Create(x[row + 2]), k5, b);
                c = Vector512.MultiplyAddEstimate(Vector512.Create(x[2 * row + 2]), k8, c);
                var value = a + b + c;
                var larger = Vector512.GreaterThan(value, best);
                best = Vector512.ConditionalSelect(larger, value, best);
                index = Vector512.ConditionalSelect(larger.AsInt32(), Vector512.Create(bin), index);
            }
            best = Vector512.MaxNative(best, Vector512<float>.Zero);
            if (mask.Active)
                best *= mask.At(first + at);
            best.Store(output + at);
            if (winners is not null)
                PooledActivation.StoreWinners(index, best, winners + at);
        }
    }
}
