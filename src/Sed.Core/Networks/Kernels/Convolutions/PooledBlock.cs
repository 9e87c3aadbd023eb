using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.Convolutions;

/// <summary>
/// A convolution block whose input has many channels. While a few frames of the convolution's output are in the cache
/// they are measured for batch normalisation and searched for the place that pooling will choose: the largest where the
/// normalisation's weight is positive, the smallest where it is negative. Everything after works on pooled maps.
/// </summary>
internal sealed unsafe partial class PooledBlock(BlockShape shape)
{
    private const int Lanes = Tile.Lanes;
    private const int TileFrames = Convolution.TileFrames;

    private readonly int filters = shape.Filters;
    private readonly int bins = shape.Bins;
    private readonly int frames = shape.Frames;

    // Whole tiles and whole pooled frames.
    private readonly int bandFrames = Band(shape.PoolFrames);

    private const int MostFrames = 64; // of a band, so that it stays in the cache

    /// <summary>Whether a block can pool so many frames and bins into one.</summary>
    public static bool CanPool(int frames, int bins) => frames * bins <= sbyte.MaxValue && Band(frames) <= MostFrames;

    /// <summary>The least common multiple with a tile's frames.</summary>
    private static int Band(int pool) => pool * TileFrames / (int)BigInteger.GreatestCommonDivisor(pool, TileFrames);

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
        long[] pooled = [batch, shape.PooledFrames, shape.PooledBins, filters];
        var extreme = shape.Pools ? empty(pooled).DetachFromDisposeScope() : null;
        var winner = shape.Pools ? empty(pooled, int8).DetachFromDisposeScope() : null;
        var moments = new Moments[batch];
        var packed = Packed(weights);
        float* inputs = Kernels.Lanes.Memory<float>(input),
            raws = Kernels.Lanes.Memory<float>(raw),
            extremes = extreme is null ? raws : Kernels.Lanes.Memory<float>(extreme);
        var winners = winner is null ? null : Kernels.Lanes.Memory<sbyte>(winner);
        Crew.Share(
            (int)batch,
            clip =>
                Convolve(
                    inputs + clip * shape.InputFloats,
                    packed,
                    weights,
                    raws + clip * shape.RawFloats,
                    extremes + clip * shape.PooledFloats,
                    winners is null ? null : winners + clip * shape.PooledFloats,
                    moments[clip] = new Moments(filters)
                )
        );
        var all = Moments.Combine(moments);
        var normalisation = Normalisation.OfBatch(
            shape.Normalised(weights),
            all.Mean,
            all.Variance,
            all.Count,
            runningMean,
            runningVariance
        );
        var output = empty(batch, shape.PooledFrames + 2 * border, shape.PooledBins, filters).DetachFromDisposeScope();
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
                    winners is null ? null : winners + clip * shape.PooledFloats
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
        var normalisation = Normalisation.OfRunning(shape.Normalised(weights), runningMean, runningVariance);
        var output = empty(batch, shape.PooledFrames + 2 * border, shape.PooledBins, filters).DetachFromDisposeScope();
        var packed = Packed(weights);
        float* inputs = Kernels.Lanes.Memory<float>(input),
            outputs = Kernels.Lanes.Memory<float>(output);
        Crew.Share(
            (int)batch,
            clip =>
            {
                var raw = Scratch.Floats(0, shape.RawFloats);
                var extreme = shape.Pools ? Scratch.Floats(1, shape.PooledFloats) : raw;
                var winner = shape.Pools ? (sbyte*)Scratch.Floats(2, shape.PooledFloats) : null;
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
        for (var from = 0; from < frames; from += bandFrames)
        {
            var count = Math.Min(bandFrames, frames - from);
            var start = WholeTiles(from, count);
            var computed = from + count - start;
            for (var position = 0; position < computed * bins; position++)
                Unsafe.CopyBlockUnaligned(
                    raw + start * frameFloats + position * filters,
                    weights.BiasFloats,
                    (uint)filters * sizeof(float)
                );
            Convolution.Add(input, kernel, raw, shape.Convolution, start, computed);
            moments?.Add(raw + from * frameFloats, count * bins);
            if (shape.Pools)
                FindExtremes(
                    raw,
                    weights.ScaleFloats,
                    extreme,
                    winner,
                    from / shape.PoolFrames,
                    (from + count) / shape.PoolFrames
                );
        }
    }

    /// <summary>
    /// Where to begin so that frames up to the last of these are whole tiles. A short last tile goes back over frames that are
    /// done: whole tiles are fast, and the digits are the same.
    /// </summary>
    private int WholeTiles(int from, int count)
    {
        var whole = (count + TileFrames - 1) / TileFrames * TileFrames;
        return Math.Max(0, Math.Min(from, frames - whole));
    }

    private void FindExtremes(float* raw, float* scale, float* extreme, sbyte* winner, int from, int to)
    {
        int pool = shape.Pool,
            pooledBins = shape.PooledBins,
            poolFrames = shape.PoolFrames,
            step = filters;
        for (var frame = from; frame < to; frame++)
        for (var pooled = 0; pooled < pooledBins; pooled++)
        {
            var group = raw + ((nint)frame * poolFrames * bins + pooled * pool) * step;
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
                for (int row = 0, place = 0; row < poolFrames; row++)
                for (var bin = 0; bin < pool; bin++, place++)
                {
                    var value = Vector512.Load(group + ((nint)row * bins + bin) * step + j) * sign;
                    var larger = Vector512.GreaterThan(value, best);
                    best = Vector512.ConditionalSelect(larger, value, best);
                    index = Vector512.ConditionalSelect(larger.AsInt32(), Vector512.Create(place), index);
                }
                (best * sign).Store(extreme + at + j);
                // Whether the output will be zero is known when the batch's statistics are.
                PooledActivation.StoreWinners(index, Vector512<float>.One, winner + at + j);
            }
        }
    }
}
