using System.Runtime.Intrinsics;

namespace Sed.Core.Networks.Kernels;

internal sealed unsafe partial class FirstBlock
{
    /// <summary>
    /// The backward pass. With G = sum of g times the winning patch, s = scale * inverse, and the patches' mean and
    /// covariance C: the gradient of the kernel w is s (G - mean sum g - C w inverse^2 sum g (y - mean y)), and
    /// sum g (y - mean y) = w.(G - mean sum g), so one pass over the pooled gradient gives everything.
    /// </summary>
    /// <param name="gradient">Gradient of the output without zero frames, (batch, frames, pooled bins, filters).</param>
    public void Backward(BlockRun run, float* gradient, BlockWeights weights, BlockWeights gradients)
    {
        var sums = SumPatches(run, gradient);
        var patches = run.Patches!;
        Span<double> kernel = stackalloc double[Taps];
        Span<double> covariances = stackalloc double[Taps];
        for (var filter = 0; filter < filters; filter++)
        {
            var sum = sums[Taps * filters + filter];
            var weighted = 0.0;
            for (var tap = 0; tap < Taps; tap++)
            {
                kernel[tap] = weights.KernelFloats[filter * Taps + tap];
                weighted += kernel[tap] * (sums[tap * filters + filter] - patches.Mean[tap] * sum);
            }
            patches.Times(kernel, covariances);
            var inverse = run.Normalisation.Inverse[filter];
            var s = weights.ScaleFloats[filter] * inverse;
            for (var tap = 0; tap < Taps; tap++)
                gradients.KernelFloats[filter * Taps + tap] = (float)(
                    s
                    * (
                        sums[tap * filters + filter]
                        - patches.Mean[tap] * sum
                        - covariances[tap] * inverse * inverse * weighted
                    )
                );
            gradients.ScaleFloats[filter] = (float)(weighted * inverse);
            gradients.ShiftFloats[filter] = (float)sum;
            gradients.BiasFloats[filter] = 0; // the mean takes the bias away again
        }
    }

    /// <summary>Sums over the batch of gradient times the winning patch's nine values, and of the gradient: (10, filters).</summary>
    private double[] SumPatches(BlockRun run, float* gradient)
    {
        var batch = (int)run.Input.shape[0];
        var clips = new float[batch][];
        var maps = Kernels.Lanes.Memory<float>(run.Input);
        var outputs = Kernels.Lanes.Memory<float>(run.Output);
        var winners = Kernels.Lanes.Memory<byte>(run.Winner!);
        var pad = run.Padded ? 1 : 0;
        var frame = (long)shape.PooledBins * filters;
        Crew.Share(
            batch,
            clip =>
            {
                var sums = new float[(Taps + 1) * filters];
                fixed (float* to = sums)
                    for (var j = 0; j < filters; j += Lanes)
                        SumLanes(
                            maps + clip * MapFloats,
                            gradient + clip * shape.PooledFloats + j,
                            outputs + (clip * (frames + 2L * pad) + pad) * frame + j,
                            winners + clip * shape.PooledFloats + j,
                            run.Dropout,
                            to + j
                        );
                clips[clip] = sums;
            }
        );
        var all = new double[(Taps + 1) * filters];
        foreach (var sums in clips)
            for (var i = 0; i < all.Length; i++)
                all[i] += sums[i];
        return all;
    }

    private void SumLanes(float* map, float* gradient, float* output, byte* winners, Dropout dropout, float* sums)
    {
        nint row = bins + 2;
        int pool = shape.Pool,
            pooledBins = shape.PooledBins,
            step = filters;
        var scale = Vector512.Create(dropout.Scale);
        Vector512<float> s0 = default,
            s1 = default,
            s2 = default,
            s3 = default,
            s4 = default,
            s5 = default,
            s6 = default,
            s7 = default,
            s8 = default,
            sum = default;
        long at = 0;
        var one = Vector512<int>.One;
        for (var frame = 0; frame < frames; frame++)
        for (var pooled = 0; pooled < pooledBins; pooled++, at += step)
        {
            var g = PooledActivation.Back(gradient + at, output + at, scale);
            var x = map + frame * row + pooled * pool;
            var left = PooledActivation.LoadBytes(winners + at);
            var middle = left + one;
            var right = middle + one;
            Vector512<float> above = Vector512.Load(x),
                same = Vector512.Load(x + row),
                below = Vector512.Load(x + 2 * row);
            s0 = Vector512.MultiplyAddEstimate(g, Vector512.Shuffle(above, left), s0);
            s1 = Vector512.MultiplyAddEstimate(g, Vector512.Shuffle(above, middle), s1);
            s2 = Vector512.MultiplyAddEstimate(g, Vector512.Shuffle(above, right), s2);
            s3 = Vector512.MultiplyAddEstimate(g, Vector512.Shuffle(same, left), s3);
            s4 = Vector512.MultiplyAddEstimate(g, Vector512.Shuffle(same, middle), s4);
            s5 = Vector512.MultiplyAddEstimate(g, Vector512.Shuffle(same, right), s5);
            s6 = Vector512.MultiplyAddEstimate(g, Vector512.Shuffle(below, left), s6);
            s7 = Vector512.MultiplyAddEstimate(g, Vector512.Shuffle(below, middle), s7);
            s8 = Vector512.MultiplyAddEstimate(g, Vector512.Shuffle(below, right), s8);
            sum += g;
        }
        s0.Store(sums);
        s1.Store(sums + filters);
        s2.Store(sums + 2 * filters);
        s3.Store(sums + 3 * filters);
        s4.Store(sums + 4 * filters);
        s5.Store(sums + 5 * filters);
        s6.Store(sums + 6 * filters);
        s7.Store(sums + 7 * filters);
        s8.Store(sums + 8 * filters);
        sum.Store(sums + 9 * filters);
    }
}
