using System.Runtime.Intrinsics;
using Sed.Core.Runtime;

namespace Sed.Core.Networks.Kernels.Convolutions;

/// <summary>
/// Propagates the gradient of a block's output back through pooling and batch normalisation to the convolution's output y.
/// With inverse = 1 / sqrt(variance + epsilon), s = scale * inverse and sums over the N positions of the batch, the gradient
/// of y is s (g - sum g / N - (y - mean) inverse^2 sum g (y - mean) / N), where g is zero except at the positions that
/// pooling selected. This is an affine function of y at all positions, plus s g at the selected positions.
/// </summary>
internal sealed unsafe class NormalisationGradient
{
    private readonly BlockShape shape;
    private readonly SavedBlock saved;
    private readonly float* raw;
    private readonly float[] coefficients; // (3, filters): constant, slope, s

    /// <summary>
    /// Computes the coefficients from which the gradient of the convolution's output follows, and writes the gradients
    /// of the weight and the bias of the normalisation.
    /// </summary>
    public NormalisationGradient(
        BlockShape shape,
        SavedBlock saved,
        BlockWeights weights,
        (double[] Plain, double[] Weighted) sums,
        BlockWeights gradients
    )
    {
        (this.shape, this.saved) = (shape, saved);
        var batch = saved.Input.shape[0];
        raw = saved.Raw!.Pointer<float>(batch * shape.RawFloats);
        var filters = shape.Filters;
        var count = (double)batch * shape.Frames * shape.Bins;
        coefficients = new float[3 * filters];
        for (var filter = 0; filter < filters; filter++)
        {
            double inverse = saved.Normalisation.Inverse[filter],
                mean = saved.Normalisation.Mean[filter],
                s = weights.ScaleFloats[filter] * inverse,
                slope = -s * inverse * inverse * sums.Weighted[filter] / count;
            coefficients[filter] = (float)(-s * sums.Plain[filter] / count - slope * mean);
            coefficients[filters + filter] = (float)slope;
            coefficients[2 * filters + filter] = (float)s;
            gradients.ScaleFloats[filter] = (float)(sums.Weighted[filter] * inverse);
            gradients.ShiftFloats[filter] = (float)sums.Plain[filter];
        }
    }

    /// <summary>
    /// Writes one clip's gradient of the convolution's output for the frames [<paramref name="from"/>,
    /// <paramref name="to"/>).
    /// </summary>
    /// <param name="clip">Index of the clip in the batch.</param>
    /// <param name="gradients">
    /// Gradient of the block's output for all clips, shape (batch, pooled frames, pooled bins, filters).
    /// </param>
    /// <param name="mask">Positions where the clip's gradients pass through pooling, ReLU and dropout.</param>
    /// <param name="result">Gradient of the convolution's output for this clip, shape (frames, bins, filters).</param>
    /// <param name="from">First frame.</param>
    /// <param name="to">Frame after the last.</param>
    public void Fill(int clip, float* gradients, GradientMask mask, float* result, int from, int to)
    {
        int filters = shape.Filters,
            pool = shape.Pool,
            poolFrames = shape.PoolFrames,
            bins = shape.Bins,
            covered = shape.PooledBins * pool,
            coveredFrames = shape.PooledFrames * poolFrames;
        var pooledFrame = (nint)shape.PooledBins * filters;
        var values = raw + clip * shape.RawFloats;
        var gradient = gradients + clip * shape.PooledFloats;
        var dropoutScale = Vector512.Create(saved.Dropout.Scale);
        fixed (float* constants = coefficients)
            for (var frame = from; frame < to; frame++)
            for (
                int bin = 0, pooled = 0, position = frame % poolFrames * pool, next = position + pool;
                bin < bins;
                bin++, position++
            )
            {
                if (position == next)
                    (pooled, position) = (pooled + 1, next - pool);
                var at = ((nint)frame * bins + bin) * filters;
                var pooledAt = frame / poolFrames * pooledFrame + pooled * filters;
                for (var j = 0; j < filters; j += Simd.Lanes)
                {
                    var value = Vector512.MultiplyAddEstimate(
                        Vector512.Load(values + at + j),
                        Vector512.Load(constants + filters + j),
                        Vector512.Load(constants + j)
                    );
                    if (bin < covered && frame < coveredFrames)
                    {
                        var g = Vector512.Load(gradient + pooledAt + j) * dropoutScale;
                        value = Vector512.MultiplyAddEstimate(
                            g & mask.At(pooledAt + j, position),
                            Vector512.Load(constants + 2 * filters + j),
                            value
                        );
                    }
                    value.Store(result + at + j);
                }
            }
    }
}
