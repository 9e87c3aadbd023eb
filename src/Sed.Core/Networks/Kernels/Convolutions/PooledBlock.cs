using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.Convolutions;

/// <summary>
/// A convolution block that <see cref="FirstBlock"/> does not support, for example with several input channels. While a
/// strip of frames of the convolution's output is in the cache, its moments are accumulated for batch normalisation, and
/// pooling selects one value from each window: the largest if the normalisation's weight is not negative, the smallest if
/// it is negative. The remaining operations process only the pooled values.
/// </summary>
internal sealed unsafe partial class PooledBlock(BlockShape shape)
{
    private const int Lanes = Simd.Lanes;
    private const int TileFrames = Convolution.TileFrames;

    private readonly int filters = shape.Filters;
    private readonly int bins = shape.Bins;
    private readonly int frames = shape.Frames;

    // A strip consists of whole tiles and whole pooled frames.
    private readonly int stripFrames = StripFrames(shape.PoolFrames);

    private const int LargestStrip = 64; // frames, so that a strip stays in the cache

    /// <summary>Whether the CPU kernels support a pooling window of this size.</summary>
    /// <param name="frames">Pooling size in frames.</param>
    /// <param name="bins">Pooling size in bins.</param>
    public static bool CanPool(int frames, int bins) =>
        frames * bins <= sbyte.MaxValue && StripFrames(frames) <= LargestStrip;

    /// <summary>Least common multiple of the pooling size and the frames of a tile.</summary>
    private static int StripFrames(int pool) =>
        pool * TileFrames / (int)BigInteger.GreatestCommonDivisor(pool, TileFrames);

    /// <summary>Forward pass of a training step.</summary>
    /// <param name="input">
    /// Shape (batch, frames + 2 borders, bins, channels), with padding frames; owned by the result.
    /// </param>
    /// <param name="weights">Parameters of the block.</param>
    /// <param name="runningMean">Running mean, shape (filters); updated.</param>
    /// <param name="runningVariance">Running variance, shape (filters); updated.</param>
    /// <param name="dropout">Dropout after the block.</param>
    /// <param name="border">Number of padding frames before and after the output.</param>
    public SavedBlock Forward(
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
        var selected = shape.HasPooling ? empty(pooled).DetachFromDisposeScope() : null;
        var indices = shape.HasPooling ? empty(pooled, int8).DetachFromDisposeScope() : null;
        var moments = new Moments[batch];
        var packed = Packed(weights);
        float* inputs = input.Pointer<float>(batch * shape.InputFloats),
            toRaw = raw.Pointer<float>(batch * shape.RawFloats),
            toSelected = selected is null ? toRaw : selected.Pointer<float>(batch * shape.PooledFloats);
        var toIndices = indices is null ? null : indices.Pointer<sbyte>(batch * shape.PooledFloats);
        KernelThreads.Run(
            (int)batch,
            clip =>
                Convolve(
                    inputs + clip * shape.InputFloats,
                    packed,
                    weights,
                    toRaw + clip * shape.RawFloats,
                    toSelected + clip * shape.PooledFloats,
                    toIndices is null ? null : toIndices + clip * shape.PooledFloats,
                    moments[clip] = new Moments(filters)
                )
        );
        var all = Moments.Combine(moments);
        var normalisation = Normalisation.OfBatch(
            shape.NormalisationOf(weights),
            all.Mean,
            all.Variance,
            all.Count,
            runningMean,
            runningVariance
        );
        var output = empty(batch, shape.PooledFrames + 2 * border, shape.PooledBins, filters).DetachFromDisposeScope();
        var outputs = output.Pointer<float>(output.numel());
        KernelThreads.Run(
            (int)batch,
            clip =>
                PooledActivation.Apply(
                    shape,
                    normalisation,
                    toSelected + clip * shape.PooledFloats,
                    outputs,
                    clip,
                    border,
                    dropout,
                    toIndices is null ? null : toIndices + clip * shape.PooledFloats
                )
        );
        return new SavedBlock
        {
            Input = input,
            Output = output,
            Raw = raw,
            Selected = selected,
            Indices = indices,
            Normalisation = normalisation,
            Dropout = dropout,
        };
    }

    /// <summary>Forward pass of inference, with the running statistics.</summary>
    public Tensor Infer(Tensor input, BlockWeights weights, float* runningMean, float* runningVariance, int border)
    {
        var batch = input.shape[0];
        var normalisation = Normalisation.OfRunning(shape.NormalisationOf(weights), runningMean, runningVariance);
        var output = empty(batch, shape.PooledFrames + 2 * border, shape.PooledBins, filters).DetachFromDisposeScope();
        var packed = Packed(weights);
        float* inputs = input.Pointer<float>(batch * shape.InputFloats),
            outputs = output.Pointer<float>(output.numel());
        KernelThreads.Run(
            (int)batch,
            clip =>
            {
                var raw = Scratch.Floats(0, shape.RawFloats);
                var selected = shape.HasPooling ? Scratch.Floats(1, shape.PooledFloats) : raw;
                var indices = shape.HasPooling ? (sbyte*)Scratch.Floats(2, shape.PooledFloats) : null;
                Convolve(inputs + clip * shape.InputFloats, packed, weights, raw, selected, indices, null);
                PooledActivation.Apply(shape, normalisation, selected, outputs, clip, border, Dropout.None, null);
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

    /// <summary>Computes one clip's convolution and pooling.</summary>
    /// <param name="input">The clip with padding frames.</param>
    /// <param name="kernel">Kernel in the layout of <see cref="Convolution.Pack"/>.</param>
    /// <param name="weights">Parameters of the block.</param>
    /// <param name="raw">Receives the convolution's output.</param>
    /// <param name="selected">Receives the values that pooling selects.</param>
    /// <param name="indices">Receives the pooling indices.</param>
    /// <param name="moments">
    /// Receives the moments of the convolution's output; null if the running statistics are used.
    /// </param>
    private void Convolve(
        float* input,
        float* kernel,
        BlockWeights weights,
        float* raw,
        float* selected,
        sbyte* indices,
        Moments? moments
    )
    {
        var frameFloats = (nint)bins * filters;
        for (var from = 0; from < frames; from += stripFrames)
        {
            var count = Math.Min(stripFrames, frames - from);
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
            if (shape.HasPooling)
                Pool(
                    raw,
                    weights.ScaleFloats,
                    selected,
                    indices,
                    from / shape.PoolFrames,
                    (from + count) / shape.PoolFrames
                );
        }
    }

    /// <summary>
    /// Returns the frame at which the computation of a strip starts, so that all its tiles are complete. It can lie
    /// before the strip; the frames from there to the strip are then computed again. Complete tiles are faster, and the
    /// results are identical.
    /// </summary>
    private int WholeTiles(int from, int count)
    {
        var whole = (count + TileFrames - 1) / TileFrames * TileFrames;
        return Math.Max(0, Math.Min(from, frames - whole));
    }

    /// <summary>Selects one value from each pooling window of the pooled frames [from, to).</summary>
    private void Pool(float* raw, float* scale, float* selected, sbyte* indices, int from, int to)
    {
        int pool = shape.Pool,
            pooledBins = shape.PooledBins,
            poolFrames = shape.PoolFrames,
            step = filters;
        for (var frame = from; frame < to; frame++)
        for (var pooled = 0; pooled < pooledBins; pooled++)
        {
            var window = raw + ((nint)frame * poolFrames * bins + pooled * pool) * step;
            var at = ((nint)frame * pooledBins + pooled) * step;
            for (var j = 0; j < step; j += Lanes)
            {
                var sign = Vector512.ConditionalSelect(
                    Vector512.LessThan(Vector512.Load(scale + j), Vector512<float>.Zero),
                    Vector512.Create(-1f),
                    Vector512<float>.One
                );
                var best = Vector512.Load(window + j) * sign;
                var index = Vector512<int>.Zero;
                for (int row = 0, position = 0; row < poolFrames; row++)
                for (var bin = 0; bin < pool; bin++, position++)
                {
                    var value = Vector512.Load(window + ((nint)row * bins + bin) * step + j) * sign;
                    var larger = Vector512.GreaterThan(value, best);
                    best = Vector512.ConditionalSelect(larger, value, best);
                    index = Vector512.ConditionalSelect(larger.AsInt32(), Vector512.Create(position), index);
                }
                (best * sign).Store(selected + at + j);
                // Indices of zero outputs are set to -1 later, when the batch statistics are known.
                PooledActivation.StoreIndices(index, Vector512<float>.One, indices + at + j);
            }
        }
    }
}
