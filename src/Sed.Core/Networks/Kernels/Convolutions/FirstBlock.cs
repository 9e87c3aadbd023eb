using System.Runtime.Intrinsics;
using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.Convolutions;

/// <summary>
/// A convolution block on the network's input: one channel, 3 x 3 kernels, max pooling along frequency. The normalisation's
/// statistics are computed from the moments of the input's patches (<see cref="PatchMoments"/>), so the normalisation
/// can be folded into the kernel. A single pass computes convolution, normalisation, ReLU, pooling and dropout, and
/// writes only the pooled values. In the backward pass, only the largest bin of each pooling window has a nonzero gradient.
/// </summary>
internal sealed unsafe partial class FirstBlock(BlockShape shape)
{
    private const int Lanes = Simd.Lanes;
    private const int Taps = PatchMoments.Size;

    private readonly int filters = shape.Filters;
    private readonly int bins = shape.Bins;
    private readonly int frames = shape.Frames;

    private long MapFloats => (frames + 2L) * (bins + 2);

    /// <summary>Whether this class supports a block of the given shape.</summary>
    public static bool Fits(BlockShape shape) =>
        shape is { Channels: 1, KernelFrames: 3, KernelBins: 3, HasRelu: true, PoolFrames: 1 }
        && shape.Pool + 2 <= Simd.Lanes;

    /// <summary>Copies clips into memory with one frame and one bin of zero padding on each side.</summary>
    /// <param name="clips">Shape (batch, frames, bins, 1), contiguous.</param>
    /// <returns>Shape (batch, frames + 2, bins + 2).</returns>
    public Tensor Pad(Tensor clips)
    {
        var batch = (int)clips.shape[0];
        // The backward pass loads whole vectors at the end of the last row, so the memory is one vector longer.
        using var memory = empty(batch * MapFloats + Lanes);
        var maps = memory.narrow(0, 0, batch * MapFloats).reshape(batch, frames + 2, bins + 2).DetachFromDisposeScope();
        float* from = clips.Pointer<float>((long)batch * frames * bins),
            to = maps.Pointer<float>(batch * MapFloats);
        KernelThreads.Run(
            batch,
            clip =>
            {
                var map = to + clip * MapFloats;
                Simd.Clear(map, MapFloats);
                for (var frame = 0; frame < frames; frame++)
                    new Span<float>(from + ((long)clip * frames + frame) * bins, bins).CopyTo(
                        new Span<float>(map + (frame + 1L) * (bins + 2) + 1, bins)
                    );
            }
        );
        return maps;
    }

    /// <summary>Forward pass of a training step.</summary>
    /// <param name="maps">Padded input, from <see cref="Pad"/>; owned by the result.</param>
    /// <param name="weights">Parameters of the block.</param>
    /// <param name="runningMean">Running mean, shape (filters); updated.</param>
    /// <param name="runningVariance">Running variance, shape (filters); updated.</param>
    /// <param name="dropout">Dropout after the block.</param>
    /// <param name="border">Number of padding frames before and after the output.</param>
    public SavedBlock Forward(
        Tensor maps,
        BlockWeights weights,
        float* runningMean,
        float* runningVariance,
        Dropout dropout,
        int border
    )
    {
        var batch = maps.shape[0];
        var patches = PatchMoments.Of(maps.Pointer<float>(batch * MapFloats), (int)batch, frames, bins);
        var (mean, variance) = OutputMoments(patches, weights);
        var normalisation = Normalisation.OfBatch(
            shape.NormalisationOf(weights),
            mean,
            variance,
            patches.Count,
            runningMean,
            runningVariance
        );
        var indices = empty([batch, frames, shape.PooledBins, filters], int8).DetachFromDisposeScope();
        return new SavedBlock
        {
            Input = maps,
            Output = Convolve(
                maps,
                weights,
                normalisation,
                dropout,
                border,
                indices.Pointer<sbyte>(batch * shape.PooledFloats)
            ),
            Indices = indices,
            Normalisation = normalisation,
            Patches = patches,
            Dropout = dropout,
        };
    }

    /// <summary>Forward pass of inference, with the running statistics.</summary>
    public Tensor Infer(Tensor maps, BlockWeights weights, float* runningMean, float* runningVariance, int border) =>
        Convolve(
            maps,
            weights,
            Normalisation.OfRunning(shape.NormalisationOf(weights), runningMean, runningVariance),
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
        sbyte* indices
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
        float* map = maps.Pointer<float>(batch * MapFloats),
            outputs = output.Pointer<float>(output.numel());
        fixed (float* kernel = folded)
        {
            var pinned = kernel;
            KernelThreads.Run(
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
                            indices is null ? null : indices + first + at
                        );
                    }
                }
            );
        }
        return output;
    }

    /// <summary>
    /// Computes one frame for sixteen filters. Their nine kernel values and their offset occupy ten registers.
    /// </summary>
    private void ConvolveLanes(float* map, float* kernel, float* output, DropoutMask mask, long first, sbyte* indices)
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
            if (indices is not null)
                PooledActivation.StoreIndices(index, best, indices + at);
        }
    }
}
