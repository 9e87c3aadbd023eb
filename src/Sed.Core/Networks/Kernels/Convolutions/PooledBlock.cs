using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.Convolutions;

/// <summary>
/// A convolution block whose input has many channels. While a few frames of the convolution's output are in the cache
/// they are measured for batch normalisation and searched for the bin that pooling will choose: the largest where the
/// normalisation's weight is positive, the smallest where it is negative. Everything after works on pooled maps.
/// </summary>
internal sealed unsafe partial class PooledBlock(BlockShape shape)
{
    private const int Lanes = Tile.Lanes;
    private const int TileFrames = Convolution.TileFrames;

    private readonly int filters = shape.Filters;
    private readonly int bins = shape.Bins;
    private readonly int frames = shape.Frames;

    /// <summary>One training step's forward pass.</summary>
    /// <param name="input">(batch, frames + 2 borders, bins, channels), zeros around; the run owns it from here on.</param>
    public BlockRun Forward(
        Tensor input,
        BlockWeights weights,
        float* runningMean,
        float* runningVariance,
        Dropout dropout,
        int border
    )
    {
        var batch = input.shape[0];
        var raw = empty(batch, frames, bins, filters).DetachFromDisposeScope();
        var extreme = empty(batch, frames, shape.PooledBins, filters).DetachFromDisposeScope();
        var winner = empty([batch, frames, shape.PooledBins, filters], int8).DetachFromDisposeScope();
        var moments = new Moments[batch];
        var packed = Packed(weights);
        float* inputs = Kernels.Lanes.Memory<float>(input),
            raws = Kernels.Lanes.Memory<float>(raw),
            extremes = Kernels.Lanes.Memory<float>(extreme);
        var winners = Kernels.Lanes.Memory<sbyte>(winner);
        Crew.Share(
            (int)batch,
            clip =>
                Convolve(
                    inputs + clip * shape.InputFloats,
                    packed,
                    weights,
                    raws + clip * shape.RawFloats,
                    extremes + clip * shape.PooledFloats,
                    winners + clip * shape.PooledFloats,
                    moments[clip] = new Moments(filters)
                )
        );
        var all = Moments.Combine(moments);
        var normalisation = Normalisation.OfBatch(
            shape,
            weights,
            all.Mean,
            all.Variance,
            all.Count,
            runningMean,
            runningVariance
        );
        var output = empty(batch, frames + 2 * border, shape.PooledBins, filters).DetachFromDisposeScope();
        var outputs = Kernels.Lanes.Memory<float>(output);
        Crew.Share(
            (int)batch,
            clip =>
                PooledActivation.Apply(
                    shape,
                    normalisation,
                    extremes + clip * shape.PooledFloats,
                    outputs,
                    clip,
                    border,
                    dropout,
                    winners + clip * shape.PooledFloats
                )
        );
        return new BlockRun
        {
            Input = input,
            Output = output,
            Raw = raw,
            Extreme = extreme,
            Winner = winner,
            Normalisation = normalisation,
            Dropout = dropout,
        };
    }

    /// <summary>The pass without training: running statistics, nothing kept.</summary>
    public Tensor Infer(Tensor input, BlockWeights weights, float* runningMean, float* runningVariance, int border)
    {
        var batch = input.shape[0];
        var normalisation = Normalisation.OfRunning(shape, weights, runningMean, runningVariance);
        var output = empty(batch, frames + 2 * border, shape.PooledBins, filters).DetachFromDisposeScope();
        var packed = Packed(weights);
        float* inputs = Kernels.Lanes.Memory<float>(input),
            outputs = Kernels.Lanes.Memory<float>(output);
        Crew.Share(
            (int)batch,
            clip =>
            {
                var raw = Scratch.Floats(0, shape.RawFloats);
                var extreme = Scratch.Floats(1, shape.PooledFloats);
                var winner = (sbyte*)Scratch.Floats(2, shape.PooledFloats);
                Convolve(inputs + clip * shape.InputFloats, packed, weights, raw, extreme, winner, null);
                PooledActivation.Apply(shape, normalisation, extreme, outputs, clip, border, Dropout.None, null);
            }
        );
        return output;
    }

    private float* Packed(BlockWeights weights)
    {
        var packed = Scratch.Floats(Scratch.Shared, shape.Convolution.KernelFloats);
        Convolution.Pack(weights.KernelFloats, packed, shape.Convolution);
        return packed;
    }

    /// <param name="moments">Receives those of the output; null where running ones are used.</param>
    private void Convolve(
        float* input,
        float* kernel,
        BlockWeights weights,
        float* raw,
        float* extreme,
        sbyte* winner,
        Moments? moments
    )
    {
        var frameFloats = (nint)bins * filters;
        for (var from = 0; from < frames; from += TileFrames)
        {
            var count = Math.Min(TileFrames, frames - from);
            // A short last tile goes back over frames that are done: whole tiles are fast, and the digits are the same.
            var start = Math.Max(0, Math.Min(from, frames - TileFrames));
            var computed = from + count - start;
            for (var position = 0; position < computed * bins; position++)
                Unsafe.CopyBlockUnaligned(
                    raw + start * frameFloats + position * filters,
                    weights.BiasFloats,
                    (uint)filters * sizeof(float)
                );
            Convolution.Add(input, kernel, raw, shape.Convolution, start, computed);
            moments?.Add(raw + from * frameFloats, count * bins);
            FindExtremes(raw, weights.ScaleFloats, extreme, winner, from, count);
        }
    }

    private void FindExtremes(float* raw, float* scale, float* extreme, sbyte* winner, int from, int count)
    {
        int pool = shape.Pool,
            pooledBins = shape.PooledBins,
            step = filters;
        for (var frame = from; frame < from + count; frame++)
        for (var pooled = 0; pooled < pooledBins; pooled++)
        {
            var group = raw + ((nint)frame * bins + pooled * pool) * step;
            var at = ((nint)frame * pooledBins + pooled) * step;
            for (var j = 0; j < step; j += Lanes)
            {
                var sign = Vector512.ConditionalSelect(
                    Vector512.LessThan(Vector512.Load(scale + j), Vector512<float>.Zero),
                    Vector512.Create(-1f),
                    Vector512<float>.One
                );
                var best = Vector512.Load(group + j) * sign;
                var index = Vector512<int>.Zero;
                for (var bin = 1; bin < pool; bin++)
                {
                    var value = Vector512.Load(group + bin * step + j) * sign;
                    var larger = Vector512.GreaterThan(value, best);
                    best = Vector512.ConditionalSelect(larger, value, best);
                    index = Vector512.ConditionalSelect(larger.AsInt32(), Vector512.Create(bin), index);
                }
                (best * sign).Store(extreme + at + j);
                // Whether the output will be zero is known when the batch's statistics are.
                PooledActivation.StoreWinners(index, Vector512<float>.One, winner + at + j);
            }
        }
    }
}
