using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.Convolutions;

/// <summary>
/// Average or max pooling and the dropout after it, in one pass over channels-last maps. Used for pooling layers that
/// are not part of a convolution block.
/// </summary>
/// <param name="poolFrames">Pooling size along time. Frames that do not fill a pooled frame are dropped.</param>
/// <param name="poolBins">Pooling size along frequency. Bins that do not fill a pooled bin are dropped.</param>
/// <param name="isMaximum">Whether to use max pooling; otherwise average pooling.</param>
/// <param name="rate">Dropout rate, in [0, 1).</param>
internal sealed unsafe class PoolingLayer(int poolFrames, int poolBins, bool isMaximum, double rate)
{
    private readonly int windowSize = poolFrames * poolBins;

    /// <summary>
    /// Computes the forward pass in training, with dropout; records it for the backward pass if gradients are enabled.
    /// </summary>
    /// <param name="maps">Shape (batch, channels, frames, bins), float32, in any layout.</param>
    /// <param name="seed">Dropout seed.</param>
    /// <returns>Shape (batch, channels, pooled frames, pooled bins), channels-last in memory.</returns>
    public Tensor Train(Tensor maps, uint seed)
    {
        using var scope = NewDisposeScope();
        var input = maps.permute(0, 2, 3, 1).contiguous();
        var dropout = new Dropout(rate, seed);
        var pooled = is_grad_enabled() ? Function.apply(this, input, dropout) : Pool(input, dropout, null);
        return pooled.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>Computes the forward pass at inference, without dropout and gradients.</summary>
    public Tensor Infer(Tensor maps)
    {
        using var scope = NewDisposeScope();
        var pooled = Pool(maps.permute(0, 2, 3, 1).contiguous(), Dropout.None, null);
        return pooled.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Allocates the indices of the maxima, with channels padded to whole vectors; empty for average pooling.
    /// </summary>
    private Tensor Indices(Tensor maps) =>
        isMaximum
            ? empty(
                [maps.shape[0], maps.shape[1] / poolFrames, maps.shape[2] / poolBins, Simd.RoundUp((int)maps.shape[3])],
                int8
            )
            : empty([0], int8);

    private Tensor Pool(Tensor maps, Dropout dropout, Tensor? indices)
    {
        var size = new Size(maps.shape, poolFrames, poolBins);
        var output = empty(maps.shape[0], size.PooledFrames, size.PooledBins, size.Channels);
        var batch = maps.shape[0];
        float* from = maps.Pointer<float>(batch * size.Floats),
            to = output.Pointer<float>(batch * size.PooledFloats);
        var toIndices =
            indices is null || !isMaximum ? null : indices.Pointer<sbyte>(batch * size.Pooled * size.IndexStride);
        var count = Vector512.Create((float)windowSize);
        KernelThreads.Run(
            (int)maps.shape[0],
            clip =>
            {
                var mask = dropout.From(clip * size.PooledFloats);
                for (var pooled = 0; pooled < size.Pooled; pooled++)
                {
                    var first = from + clip * size.Floats + size.First(pooled);
                    for (var j = 0; j < size.Channels; j += Simd.Lanes)
                    {
                        var lanes = Math.Min(Simd.Lanes, size.Channels - j);
                        var value = Load(first + j, lanes);
                        var index = Vector512<int>.Zero;
                        for (var position = 1; position < windowSize; position++)
                        {
                            var other = Load(first + size.Offset(position) + j, lanes);
                            if (isMaximum)
                            {
                                var larger = Vector512.GreaterThan(other, value);
                                value = Vector512.ConditionalSelect(larger, other, value);
                                index = Vector512.ConditionalSelect(
                                    larger.AsInt32(),
                                    Vector512.Create(position),
                                    index
                                );
                            }
                            else
                                value += other;
                        }
                        if (!isMaximum)
                            value /= count;
                        var at = (long)pooled * size.Channels + j;
                        if (mask.Active)
                            value *= mask.At(at);
                        Store(value, to + clip * size.PooledFloats + at, lanes);
                        if (toIndices is not null)
                            PooledActivation.StoreIndices(
                                index,
                                Vector512<float>.One,
                                toIndices + (clip * (long)size.Pooled + pooled) * size.IndexStride + j
                            );
                    }
                }
            }
        );
        return output;
    }

    private Tensor Back(Tensor gradient, long[] shape, Dropout dropout, Tensor indices)
    {
        var size = new Size(shape, poolFrames, poolBins);
        var below = empty(shape);
        var batch = shape[0];
        float* from = gradient.Pointer<float>(batch * size.PooledFloats),
            to = below.Pointer<float>(batch * size.Floats);
        var fromIndices = isMaximum ? indices.Pointer<sbyte>(batch * size.Pooled * size.IndexStride) : null;
        var count = Vector512.Create((float)windowSize);
        KernelThreads.Run(
            (int)shape[0],
            clip =>
            {
                var mask = dropout.From(clip * size.PooledFloats);
                var result = to + clip * size.Floats;
                var covered = (long)size.PooledFrames * poolFrames * size.Bins * size.Channels;
                if (size.PooledBins * poolBins == size.Bins)
                    Simd.Clear(result + covered, size.Floats - covered);
                else
                    Simd.Clear(result, size.Floats);
                for (var pooled = 0; pooled < size.Pooled; pooled++)
                {
                    var first = result + size.First(pooled);
                    for (var j = 0; j < size.Channels; j += Simd.Lanes)
                    {
                        var lanes = Math.Min(Simd.Lanes, size.Channels - j);
                        var at = (long)pooled * size.Channels + j;
                        var value = Load(from + clip * size.PooledFloats + at, lanes);
                        if (mask.Active)
                            value *= mask.At(at);
                        var index = isMaximum
                            ? PooledActivation.LoadIndices(
                                fromIndices + (clip * (long)size.Pooled + pooled) * size.IndexStride + j
                            )
                            : default;
                        if (!isMaximum)
                            value /= count;
                        for (var position = 0; position < windowSize; position++)
                        {
                            var own = isMaximum
                                ? value & Vector512.Equals(index, Vector512.Create(position)).AsSingle()
                                : value;
                            Store(own, first + size.Offset(position) + j, lanes);
                        }
                    }
                }
            }
        );
        return below;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Load(float* from, int lanes)
    {
        if (lanes == Simd.Lanes)
            return Vector512.Load(from);
        var values = Vector512<float>.Zero;
        Unsafe.CopyBlockUnaligned(&values, from, (uint)lanes * sizeof(float));
        return values;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> values, float* to, int lanes)
    {
        if (lanes == Simd.Lanes)
            values.Store(to);
        else
            Unsafe.CopyBlockUnaligned(to, &values, (uint)lanes * sizeof(float));
    }

    /// <summary>Sizes of the maps of one clip, and offsets in floats within them.</summary>
    private readonly struct Size(long[] shape, int poolFrames, int poolBins)
    {
        public readonly int Bins = (int)shape[2];
        public readonly int Channels = (int)shape[3];
        public readonly int PooledFrames = (int)shape[1] / poolFrames;
        public readonly int PooledBins = (int)shape[2] / poolBins;
        public readonly long Floats = shape[1] * shape[2] * shape[3];

        public int Pooled => PooledFrames * PooledBins;

        /// <summary>Number of indices per pooled bin, including padding.</summary>
        public int IndexStride => Simd.RoundUp(Channels);

        public long PooledFloats => (long)Pooled * Channels;

        /// <summary>Offset of the first position of a window.</summary>
        public long First(int pooled) =>
            ((long)(pooled / PooledBins) * poolFrames * Bins + pooled % PooledBins * poolBins) * Channels;

        /// <summary>Offset of a position from the first position of its window.</summary>
        public long Offset(int position) => ((long)(position / poolBins) * Bins + position % poolBins) * Channels;
    }

    private sealed class Function : autograd.SingleTensorFunction<Function>
    {
        public override string Name => nameof(PoolingLayer);

        public override Tensor forward(autograd.AutogradContext context, params object[] arguments)
        {
            var layer = (PoolingLayer)arguments[0];
            var maps = (Tensor)arguments[1];
            var indices = layer.Indices(maps);
            var output = layer.Pool(maps, (Dropout)arguments[2], indices);
            context.save_data("layer", layer);
            context.save_data("shape", maps.shape);
            context.save_data("dropout", arguments[2]);
            context.save_for_backward([indices]);
            return output;
        }

        public override List<Tensor> backward(autograd.AutogradContext context, Tensor gradient)
        {
            var layer = (PoolingLayer)context.get_data("layer");
            using var contiguous = gradient.contiguous();
            var indices = context.get_saved_variables()[0];
            return
            [
                null!,
                layer.Back(
                    contiguous,
                    (long[])context.get_data("shape"),
                    (Dropout)context.get_data("dropout"),
                    indices
                ),
                null!,
            ];
        }
    }
}
