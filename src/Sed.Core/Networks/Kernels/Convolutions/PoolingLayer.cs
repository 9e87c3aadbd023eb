using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.Convolutions;

/// <summary>
/// Pooling of maps over rectangles and the dropout after it as one pass, where no convolution pools already: the mean, and the
/// maximum of what is no rectified convolution. Maps lie as (batch, frames, bins, channels).
/// </summary>
/// <param name="poolFrames">Frames that become one; those that do not fill one are left out.</param>
/// <param name="poolBins">Bins that become one.</param>
/// <param name="isMaximum">Whether the largest value stands for a rectangle, or else their mean.</param>
/// <param name="rate">Dropout rate, below 1.</param>
internal sealed unsafe class PoolingLayer(int poolFrames, int poolBins, bool isMaximum, double rate)
{
    private readonly int places = poolFrames * poolBins;

    /// <param name="maps">(batch, channels, frames, bins), float32, in any layout.</param>
    /// <param name="seed">Decides what dropout drops.</param>
    /// <returns>(batch, channels, pooled frames, pooled bins), with the channels of a bin side by side in memory.</returns>
    public Tensor Train(Tensor maps, uint seed)
    {
        using var scope = NewDisposeScope();
        var entering = maps.permute(0, 2, 3, 1).contiguous();
        var dropout = new Dropout(rate, seed);
        var pooled = is_grad_enabled() ? Function.apply(this, entering, dropout) : Pool(entering, dropout, null);
        return pooled.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>The same without dropout.</summary>
    public Tensor Infer(Tensor maps)
    {
        using var scope = NewDisposeScope();
        var pooled = Pool(maps.permute(0, 2, 3, 1).contiguous(), Dropout.None, null);
        return pooled.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    private Tensor Winners(Tensor maps) =>
        isMaximum
            ? empty(
                [maps.shape[0], maps.shape[1] / poolFrames, maps.shape[2] / poolBins, Widened.Size((int)maps.shape[3])],
                int8
            )
            : empty([0], int8);

    private Tensor Pool(Tensor maps, Dropout dropout, Tensor? winners)
    {
        var size = new Size(maps.shape, poolFrames, poolBins);
        var output = empty(maps.shape[0], size.PooledFrames, size.PooledBins, size.Channels);
        float* from = Lanes.Memory<float>(maps),
            to = Lanes.Memory<float>(output);
        var won = winners is null || !isMaximum ? null : Lanes.Memory<sbyte>(winners);
        var count = Vector512.Create((float)places);
        Crew.Share(
            (int)maps.shape[0],
            clip =>
            {
                var mask = dropout.From(clip * size.PooledFloats);
                for (var pooled = 0; pooled < size.Pooled; pooled++)
                {
                    var first = from + clip * size.Floats + size.First(pooled);
                    for (var j = 0; j < size.Channels; j += Tile.Lanes)
                    {
                        var lanes = Math.Min(Tile.Lanes, size.Channels - j);
                        var value = Load(first + j, lanes);
                        var index = Vector512<int>.Zero;
                        for (var place = 1; place < places; place++)
                        {
                            var other = Load(first + size.Step(place) + j, lanes);
                            if (isMaximum)
                            {
                                var larger = Vector512.GreaterThan(other, value);
                                value = Vector512.ConditionalSelect(larger, other, value);
                                index = Vector512.ConditionalSelect(larger.AsInt32(), Vector512.Create(place), index);
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
                        if (won is not null)
                            PooledActivation.StoreWinners(
                                index,
                                Vector512<float>.One,
                                won + (clip * (long)size.Pooled + pooled) * Widened.Size(size.Channels) + j
                            );
                    }
                }
            }
        );
        return output;
    }

    private Tensor Back(Tensor gradient, long[] shape, Dropout dropout, Tensor winners)
    {
        var size = new Size(shape, poolFrames, poolBins);
        var below = empty(shape);
        float* from = Lanes.Memory<float>(gradient),
            to = Lanes.Memory<float>(below);
        var won = isMaximum ? Lanes.Memory<sbyte>(winners) : null;
        var count = Vector512.Create((float)places);
        Crew.Share(
            (int)shape[0],
            clip =>
            {
                var mask = dropout.From(clip * size.PooledFloats);
                var left = to + clip * size.Floats;
                var covered = (long)size.PooledFrames * poolFrames * size.Bins * size.Channels;
                if (size.PooledBins * poolBins == size.Bins)
                    Lanes.Clear(left + covered, size.Floats - covered);
                else
                    Lanes.Clear(left, size.Floats);
                for (var pooled = 0; pooled < size.Pooled; pooled++)
                {
                    var first = left + size.First(pooled);
                    for (var j = 0; j < size.Channels; j += Tile.Lanes)
                    {
                        var lanes = Math.Min(Tile.Lanes, size.Channels - j);
                        var at = (long)pooled * size.Channels + j;
                        var value = Load(from + clip * size.PooledFloats + at, lanes);
                        if (mask.Active)
                            value *= mask.At(at);
                        var index = isMaximum
                            ? PooledActivation.LoadWinners(
                                won + (clip * (long)size.Pooled + pooled) * Widened.Size(size.Channels) + j
                            )
                            : default;
                        if (!isMaximum)
                            value /= count;
                        for (var place = 0; place < places; place++)
                        {
                            var own = isMaximum
                                ? value & Vector512.Equals(index, Vector512.Create(place)).AsSingle()
                                : value;
                            Store(own, first + size.Step(place) + j, lanes);
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
        if (lanes == Tile.Lanes)
            return Vector512.Load(from);
        var values = Vector512<float>.Zero;
        Unsafe.CopyBlockUnaligned(&values, from, (uint)lanes * sizeof(float));
        return values;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> values, float* to, int lanes)
    {
        if (lanes == Tile.Lanes)
            values.Store(to);
        else
            Unsafe.CopyBlockUnaligned(to, &values, (uint)lanes * sizeof(float));
    }

    /// <summary>Where things lie in a clip's maps, in floats.</summary>
    private readonly struct Size(long[] shape, int poolFrames, int poolBins)
    {
        public readonly int Bins = (int)shape[2];
        public readonly int Channels = (int)shape[3];
        public readonly int PooledFrames = (int)shape[1] / poolFrames;
        public readonly int PooledBins = (int)shape[2] / poolBins;
        public readonly long Floats = shape[1] * shape[2] * shape[3];

        public int Pooled => PooledFrames * PooledBins;

        public long PooledFloats => (long)Pooled * Channels;

        /// <summary>The first place of a rectangle.</summary>
        public long First(int pooled) =>
            ((long)(pooled / PooledBins) * poolFrames * Bins + pooled % PooledBins * poolBins) * Channels;

        /// <summary>From the first place to another.</summary>
        public long Step(int place) => ((long)(place / poolBins) * Bins + place % poolBins) * Channels;
    }

    private sealed class Function : autograd.SingleTensorFunction<Function>
    {
        public override string Name => nameof(PoolingLayer);

        public override Tensor forward(autograd.AutogradContext context, params object[] arguments)
        {
            var layer = (PoolingLayer)arguments[0];
            var maps = (Tensor)arguments[1];
            var winners = layer.Winners(maps);
            var output = layer.Pool(maps, (Dropout)arguments[2], winners);
            context.save_data("layer", layer);
            context.save_data("shape", maps.shape);
            context.save_data("dropout", arguments[2]);
            context.save_for_backward([winners]);
            return output;
        }

        public override List<Tensor> backward(autograd.AutogradContext context, Tensor gradient)
        {
            var layer = (PoolingLayer)context.get_data("layer");
            using var contiguous = gradient.contiguous();
            var winners = context.get_saved_variables()[0];
            return
            [
                null!,
                layer.Back(
                    contiguous,
                    (long[])context.get_data("shape"),
                    (Dropout)context.get_data("dropout"),
                    winners
                ),
                null!,
            ];
        }
    }
}
