using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sed.Core.Networks.Kernels.Convolutions;

/// <summary>The end of a block: normalisation, ReLU and dropout of pooled values, and the way back through them.</summary>
internal static unsafe class PooledActivation
{
    /// <summary>Writes one clip's output from the convolution's values at the winning bins.</summary>
    /// <param name="extreme">This clip's values, (frames, pooled bins, filters).</param>
    /// <param name="outputs">All clips' outputs.</param>
    /// <param name="winners">This clip's winners, which become -1 where the output is zero; or null.</param>
    public static void Apply(
        BlockShape shape,
        Normalisation normalisation,
        float* extreme,
        float* outputs,
        int clip,
        int border,
        Dropout dropout,
        sbyte* winners
    )
    {
        var output = Output(shape, outputs, clip, border);
        var filters = shape.Filters;
        var (floats, rectifies) = (shape.PooledFloats, shape.Rectifies);
        var mask = dropout.From(clip * floats);
        fixed (
            float* factor = normalisation.Factor,
                offset = normalisation.Offset
        )
        {
            for (long at = 0; at < floats; at += filters)
            for (var j = 0; j < filters; j += Tile.Lanes)
            {
                var value = Vector512.MultiplyAddEstimate(
                    Vector512.Load(extreme + at + j),
                    Vector512.Load(factor + j),
                    Vector512.Load(offset + j)
                );
                if (rectifies)
                    value = Vector512.MaxNative(value, Vector512<float>.Zero);
                if (mask.Active)
                    value *= mask.At(at + j);
                value.Store(output + at + j);
                if (winners is not null)
                    StoreWinners(
                        LoadWinners(winners + at + j),
                        rectifies ? value : Vector512<float>.One,
                        winners + at + j
                    );
            }
        }
    }

    /// <summary>The clip's first output value; clears the frames of zeros around it.</summary>
    public static float* Output(BlockShape shape, float* outputs, int clip, int border)
    {
        var frame = (long)shape.PooledBins * shape.Filters;
        var around = border * frame;
        var start = outputs + clip * (shape.PooledFloats + 2 * around);
        Lanes.Clear(start, around);
        Lanes.Clear(start + around + shape.PooledFloats, around);
        return start + around;
    }

    /// <summary>The gradient before ReLU and dropout: both let through exactly where there is a winner.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Back(float* gradient, Vector512<int> winners, Vector512<float> dropoutScale) =>
        Vector512.Load(gradient) * dropoutScale & Vector512.GreaterThanOrEqual(winners, Vector512<int>.Zero).AsSingle();

    /// <summary>Stores which of the pooled bins won, as bytes; -1 where the output is zero and no gradient goes back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreWinners(Vector512<int> index, Vector512<float> output, sbyte* to)
    {
        index |= Vector512.LessThanOrEqual(output, Vector512<float>.Zero).AsInt32();
        if (Avx512F.IsSupported)
        {
            Avx512F.ConvertToVector128SByte(index).Store(to);
            return;
        }
        var narrow = Vector256.Narrow(index.GetLower(), index.GetUpper());
        Vector128.Narrow(narrow.GetLower(), narrow.GetUpper()).Store(to);
    }

    /// <summary>Sixteen winners as integers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> LoadWinners(sbyte* from)
    {
        if (Avx512F.IsSupported)
            return Avx512F.ConvertToVector512Int32(Vector128.Load(from));
        var (low, high) = Vector128.Widen(Vector128.Load(from));
        var (a, b) = Vector128.Widen(low);
        var (c, d) = Vector128.Widen(high);
        return Vector512.Create(Vector256.Create(a, b), Vector256.Create(c, d));
    }
}
