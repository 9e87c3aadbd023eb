using System.Runtime.Intrinsics;

namespace Sed.Core.Networks.Kernels.Convolutions;

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
        var winners = Kernels.Lanes.Memory<sbyte>(run.Winner!);
        Crew.Share(
            batch,
            clip =>
            {
                var sums = new float[(Taps + 1) * filters];
                fixed (float* to = sums)
                    for (var frame = 0; frame < frames; frame++)
                    for (var j = 0; j < filters; j += Lanes)
                    {
                        var at = clip * shape.PooledFloats + (long)frame * shape.PooledBins * filters + j;
                        SumLanes(
                            maps + clip * MapFloats + (long)frame * (bins + 2),
                            gradient + at,
                            winners + at,
                            run.Dropout,
                            to + j
                        );
                    }
                clips[clip] = sums;
            }
        );
        var all = new double[(Taps + 1) * filters];
        foreach (var sums in clips)
            for (var i = 0; i < all.Length; i++)
                all[i] += sums[i];
        return all;
    }

    /// <summary>Adds one frame of sixteen filters.</summary>
    private void SumLanes(float* map, float* gradient, sbyte* winners, Dropout dropout, float* sums)
    {
        nint row = bins + 2;
        int pool = shape.Pool,
            step = filters;
        var scale = Vector512.Create(dropout.Scale);
        Vector512<float> s0 = Vector512.Load(sums + 0 * step),
            s1 = Vector512.Load(sums + 1 * step),
            s2 = Vector512.Load(sums + 2 * step),
            s3 = Vector512.Load(sums + 3 * step),
            s4 = Vector512.Load(sums + 4 * step),
            s5 = Vector512.Load(sums + 5 * step),
            s6 = Vector512.Load(sums + 6 * step),
            s7 = Vector512.Load(sums + 7 * step),
            s8 = Vector512.Load(sums + 8 * step),
            sum = Vector512.Load(sums + 9 * step);
        var one = Vector512<int>.One;
        var x = map;
        for (int pooled = shape.PooledBins, at = 0; pooled > 0; pooled--, at += step, x += pool)
        {
            var left = PooledActivation.LoadWinners(winners + at);
            var g = PooledActivation.Back(gradient + at, left, scale);
            // Where nothing won the gradient is zero and any value will do.
            left = Vector512.MaxNative(left, Vector512<int>.Zero);
            var middle = left + one;
            var right = middle + one;
            Vector512<float> above = Vector512.Load(x),
                same = Vector512.Load(x + row),
                below = Vector512.Load(x + 2 * row);
            s0 = Vector512.MultiplyAddEstimate(g, Vector512.ShuffleNative(above, left), s0);
            s1 = Vector512.MultiplyAddEstimate(g, Vector512.ShuffleNative(above, middle), s1);
            s2 = Vector512.MultiplyAddEstimate(g, Vector512.ShuffleNative(above, right), s2);
            s3 = Vector512.MultiplyAddEstimate(g, Vector512.ShuffleNative(same, left), s3);
            s4 = Vector512.MultiplyAddEstimate(g, Vector512.ShuffleNative(same, middle), s4);
            s5 = Vector512.MultiplyAddEstimate(g, Vector512.ShuffleNative(same, right), s5);
            s6 = Vector512.MultiplyAddEstimate(g, Vector512.ShuffleNative(below, left), s6);
            s7 = Vector512.MultiplyAddEstimate(g, Vector512.ShuffleNative(below, middle), s7);
            s8 = Vector512.MultiplyAddEstimate(g, Vector512.ShuffleNative(below, right), s8);
            sum += g;
        }
        s0.Store(sums + 0 * step);
        s1.Store(sums + 1 * step);
        s2.Store(sums + 2 * step);
        s3.Store(sums + 3 * step);
        s4.Store(sums + 4 * step);
        s5.Store(sums + 5 * step);
        s6.Store(sums + 6 * step);
        s7.Store(sums + 7 * step);
        s8.Store(sums + 8 * step);
        sum.Store(sums + 9 * step);
    }
}
