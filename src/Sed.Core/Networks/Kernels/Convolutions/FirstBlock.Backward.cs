using System.Runtime.Intrinsics;
using Sed.Core.Runtime;

namespace Sed.Core.Networks.Kernels.Convolutions;

internal sealed unsafe partial class FirstBlock
{
    /// <summary>
    /// Backward pass. Let g be the pooled gradient, y the convolution's output, w the kernel, G the sum of g times the
    /// patch that pooling selected, m and C the mean and covariance of the patches, inverse = 1 / sqrt(variance + epsilon),
    /// and s = scale * inverse. The gradient of w is s (G - m sum g - C w inverse^2 sum g (y - mean y)). Since sum g (y -
    /// mean y) = w.(G - m sum g), one pass over the pooled gradient suffices.
    /// </summary>
    /// <param name="saved">Values saved by the forward pass.</param>
    /// <param name="gradient">
    /// Gradient of the output without padding frames, shape (batch, frames, pooled bins, filters).
    /// </param>
    /// <param name="weights">Parameters of the block.</param>
    /// <param name="gradients">Receives the gradients of the parameters.</param>
    public void Backward(SavedBlock saved, float* gradient, BlockWeights weights, BlockWeights gradients)
    {
        var sums = SumPatches(saved, gradient);
        var patches = saved.Patches!;
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
            var inverse = saved.Normalisation.Inverse[filter];
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
            gradients.BiasFloats[filter] = 0; // batch normalisation removes the bias
        }
    }

    /// <summary>
    /// For each filter, the sums over the batch of the gradient times each of the nine values of the selected patch, then
    /// the sum of the gradient. Shape (10, filters).
    /// </summary>
    private double[] SumPatches(SavedBlock saved, float* gradient)
    {
        var batch = (int)saved.Input.shape[0];
        var clips = new float[batch][];
        var maps = saved.Input.Pointer<float>(batch * MapFloats);
        var indices = saved.Indices!.Pointer<sbyte>(batch * shape.PooledFloats);
        KernelThreads.Run(
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
                            indices + at,
                            saved.Dropout,
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

    /// <summary>Adds one frame's contribution to the sums of sixteen filters.</summary>
    private void SumLanes(float* map, float* gradient, sbyte* indices, Dropout dropout, float* sums)
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
            var left = PooledActivation.LoadIndices(indices + at);
            var g = PooledActivation.Back(gradient + at, left, scale);
            // Where no position is selected, the gradient is zero, so any patch gives the correct sum.
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
