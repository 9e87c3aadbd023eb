using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Sed.Core.Runtime;

namespace Sed.Core.Networks.Kernels.Convolutions;

/// <summary>
/// Normalisation, ReLU and dropout of pooled values, and propagation of gradients back through ReLU and dropout.
/// </summary>
internal static unsafe class PooledActivation
{
    /// <summary>Writes the block's output for one clip.</summary>
    /// <param name="shape">Shape of the block.</param>
    /// <param name="normalisation">
    /// Batch normalisation with the statistics of the batch or the running statistics.
    /// </param>
    /// <param name="selected">
    /// This clip's convolution output at the positions that pooling selects, (pooled frames, pooled bins, filters).
    /// </param>
    /// <param name="outputs">Output memory of all clips.</param>
    /// <param name="clip">Index of the clip in the batch.</param>
    /// <param name="border">Number of padding frames before and after the output.</param>
    /// <param name="dropout">Dropout after the block.</param>
    /// <param name="indices">Pooling indices of this clip, set to -1 where the output is zero; may be null.</param>
    public static void Apply(
        BlockShape shape,
        Normalisation normalisation,
        float* selected,
        float* outputs,
        int clip,
        int border,
        Dropout dropout,
        sbyte* indices
    )
    {
        var output = Output(shape, outputs, clip, border);
        var filters = shape.Filters;
        var (floats, hasRelu) = (shape.PooledFloats, shape.HasRelu);
        var mask = dropout.From(clip * floats);
        fixed (
            float* factor = normalisation.Factor,
                offset = normalisation.Offset
        )
        {
            for (long at = 0; at < floats; at += filters)
            for (var j = 0; j < filters; j += Simd.Lanes)
            {
                var value = Vector512.MultiplyAddEstimate(
                    Vector512.Load(selected + at + j),
                    Vector512.Load(factor + j),
                    Vector512.Load(offset + j)
                );
                if (hasRelu)
                    value = Vector512.MaxNative(value, Vector512<float>.Zero);
                if (mask.Active)
                    value *= mask.At(at + j);
                value.Store(output + at + j);
                if (indices is not null)
                    StoreIndices(
                        LoadIndices(indices + at + j),
                        hasRelu ? value : Vector512<float>.One,
                        indices + at + j
                    );
            }
        }
    }

    /// <summary>
    /// Returns the address of a clip's first output value and sets the padding frames around the clip to zero.
    /// </summary>
    public static float* Output(BlockShape shape, float* outputs, int clip, int border)
    {
        var frame = (long)shape.PooledBins * shape.Filters;
        var padding = border * frame;
        var start = outputs + clip * (shape.PooledFloats + 2 * padding);
        Simd.Clear(start, padding);
        Simd.Clear(start + padding + shape.PooledFloats, padding);
        return start + padding;
    }

    /// <summary>
    /// Propagates a gradient back through dropout and ReLU. The result is nonzero only where the pooling index is not
    /// -1.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Back(float* gradient, Vector512<int> indices, Vector512<float> dropoutScale) =>
        Vector512.Load(gradient) * dropoutScale & Vector512.GreaterThanOrEqual(indices, Vector512<int>.Zero).AsSingle();

    /// <summary>
    /// Stores sixteen pooling indices as bytes, -1 where the output is zero and therefore blocks the gradient.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreIndices(Vector512<int> indices, Vector512<float> output, sbyte* to)
    {
        indices |= Vector512.LessThanOrEqual(output, Vector512<float>.Zero).AsInt32();
        if (Avx512F.IsSupported)
        {
            Avx512F.ConvertToVector128SByte(indices).Store(to);
            return;
        }
        var narrow = Vector256.Narrow(indices.GetLower(), indices.GetUpper());
        Vector128.Narrow(narrow.GetLower(), narrow.GetUpper()).Store(to);
    }

    /// <summary>Loads sixteen pooling indices.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> LoadIndices(sbyte* from)
    {
        if (Avx512F.IsSupported)
            return Avx512F.ConvertToVector512Int32(Vector128.Load(from));
        var (low, high) = Vector128.Widen(Vector128.Load(from));
        var (a, b) = Vector128.Widen(low);
        var (c, d) = Vector128.Widen(high);
        return Vector512.Create(Vector256.Create(a, b), Vector256.Create(c, d));
    }
}

/// <summary>Mask of the positions where one clip's gradients pass through ReLU, pooling and dropout.</summary>
internal readonly unsafe struct GradientMask
{
    private readonly sbyte* indices; // null without pooling
    private readonly float* outputs; // null if all gradients pass

    /// <param name="shape">Shape of the block.</param>
    /// <param name="saved">Values saved by the block's forward pass.</param>
    /// <param name="clip">Index of the clip in the batch.</param>
    public GradientMask(BlockShape shape, SavedBlock saved, long clip)
    {
        var batch = saved.Input.shape[0];
        if (saved.Indices is not null)
            indices = saved.Indices.Pointer<sbyte>(batch * shape.PooledFloats) + clip * shape.PooledFloats;
        else if (shape.HasRelu)
        {
            var frame = (long)shape.PooledBins * shape.Filters;
            var frames = saved.Output.shape[1];
            var border = (frames - shape.PooledFrames) / 2;
            outputs = saved.Output.Pointer<float>(batch * frames * frame) + (clip * frames + border) * frame;
        }
    }

    /// <summary>
    /// Returns a mask of sixteen lanes: all bits of a lane are set where the gradient passes to the given position of
    /// the pooling window, and no bits elsewhere.
    /// </summary>
    /// <param name="pooled">Index of the first of sixteen pooled values of the clip.</param>
    /// <param name="position">Position in the window; 0 without pooling.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> At(long pooled, int position) =>
        indices is null
            ? Anywhere(pooled)
            : Vector512.Equals(PooledActivation.LoadIndices(indices + pooled), Vector512.Create(position)).AsSingle();

    /// <summary>
    /// Returns a mask of sixteen lanes: all bits of a lane are set where the gradient passes to any position of the
    /// pooling window, and no bits elsewhere.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Anywhere(long pooled) =>
        indices is not null
            ? Vector512
                .GreaterThanOrEqual(PooledActivation.LoadIndices(indices + pooled), Vector512<int>.Zero)
                .AsSingle()
        : outputs is not null ? Vector512.GreaterThan(Vector512.Load(outputs + pooled), Vector512<float>.Zero)
        : Vector512<float>.AllBitsSet;
}
