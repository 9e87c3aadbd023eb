using System.Runtime.Intrinsics;

namespace Sed.Core.Networks.Kernels.Convolutions;

/// <summary>
/// The way back through pooling and batch normalisation. With s = scale * inverse and sums over the batch's N positions
/// the gradient of the convolution's output y is s (g - sum g / N - (y - mean) inverse^2 sum g (y - mean) / N), where g is
/// zero except at the winning places: an affine function of y everywhere, and s g more where a place won.
/// </summary>
internal sealed unsafe class AffineBack
{
    private readonly BlockShape shape;
    private readonly float[] constant; // (3, filters): constant, slope, s

    /// <summary>Also writes the gradients of the normalisation's scale and shift.</summary>
    public AffineBack(
        BlockShape shape,
        BlockRun run,
        BlockWeights weights,
        (double[] Plain, double[] Weighted) sums,
        BlockWeights gradients
    )
    {
        this.shape = shape;
        var filters = shape.Filters;
        var count = (double)run.Input.shape[0] * shape.Frames * shape.Bins;
        constant = new float[3 * filters];
        for (var filter = 0; filter < filters; filter++)
        {
            double inverse = run.Normalisation.Inverse[filter],
                mean = run.Normalisation.Mean[filter],
                s = weights.ScaleFloats[filter] * inverse,
                slope = -s * inverse * inverse * sums.Weighted[filter] / count;
            constant[filter] = (float)(-s * sums.Plain[filter] / count - slope * mean);
            constant[filters + filter] = (float)slope;
            constant[2 * filters + filter] = (float)s;
            gradients.ScaleFloats[filter] = (float)(sums.Weighted[filter] * inverse);
            gradients.ShiftFloats[filter] = (float)sums.Plain[filter];
        }
    }

    /// <summary>Writes the gradient of the convolution's output for frames [<paramref name="from"/>, <paramref name="to"/>).</summary>
    /// <param name="gradients">Gradient of all clips' outputs, (batch, frames, pooled bins, filters), frames pooled too.</param>
    /// <param name="filled">This clip's gradient, (frames, bins, filters).</param>
    public void Fill(BlockRun run, int clip, float* gradients, float* filled, int from, int to)
    {
        int filters = shape.Filters,
            pool = shape.Pool,
            poolFrames = shape.PoolFrames,
            bins = shape.Bins,
            covered = shape.PooledBins * pool,
            coveredFrames = shape.PooledFrames * poolFrames;
        var pooledFrame = (nint)shape.PooledBins * filters;
        var raw = Lanes.Memory<float>(run.Raw!) + clip * shape.RawFloats;
        var passes = new Passed(shape, run, clip);
        var gradient = gradients + clip * shape.PooledFloats;
        var dropoutScale = Vector512.Create(run.Dropout.Scale);
        fixed (float* constants = constant)
            for (var frame = from; frame < to; frame++)
            for (
                int bin = 0, pooled = 0, place = frame % poolFrames * pool, next = place + pool;
                bin < bins;
                bin++, place++
            )
            {
                if (place == next)
                    (pooled, place) = (pooled + 1, next - pool);
                var at = ((nint)frame * bins + bin) * filters;
                var pooledAt = frame / poolFrames * pooledFrame + pooled * filters;
                for (var j = 0; j < filters; j += Tile.Lanes)
                {
                    var value = Vector512.MultiplyAddEstimate(
                        Vector512.Load(raw + at + j),
                        Vector512.Load(constants + filters + j),
                        Vector512.Load(constants + j)
                    );
                    if (bin < covered && frame < coveredFrames)
                    {
                        var g = Vector512.Load(gradient + pooledAt + j) * dropoutScale;
                        value = Vector512.MultiplyAddEstimate(
                            g & passes.At(pooledAt + j, place),
                            Vector512.Load(constants + 2 * filters + j),
                            value
                        );
                    }
                    value.Store(filled + at + j);
                }
            }
    }
}
