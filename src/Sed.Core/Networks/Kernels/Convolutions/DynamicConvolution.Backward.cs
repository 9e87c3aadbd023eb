using System.Runtime.Intrinsics;
using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.Convolutions;

internal sealed unsafe partial class DynamicConvolution
{
    // Number of groups of neighbouring clips. Kernel gradients are summed within each group first. The number does not
    // depend on the number of threads, so results do not either.
    private const int Groups = 8;

    /// <summary>
    /// Computes the gradients of the input (without padding), of the weights and of the basis kernels.
    /// </summary>
    /// <param name="input">Shape (batch, frames + 2, bins, channels).</param>
    /// <param name="weights">Shape (batch, basis kernels, bins).</param>
    /// <param name="kernels">Shape (basis kernels, 3, 3, channels, filters).</param>
    /// <param name="gradient">Gradient of the output, shape (batch, frames + 2, bins, filters).</param>
    /// <param name="isInputWanted">Whether to compute the gradient of the input.</param>
    private (Tensor? Input, Tensor Weights, Tensor Kernels) Backward(
        Tensor input,
        Tensor weights,
        Tensor kernels,
        Tensor gradient,
        bool isInputWanted
    )
    {
        var size = Size.Of(input, kernels);
        var below = isInputWanted ? zeros(size.Batch, size.Frames, size.Bins, size.Channels) : null;
        var ofWeights = zeros(weights.shape);
        var groups = Math.Min(size.Batch, Groups);
        var allKernels = (long)size.Kernels * size.KernelFloats;
        using var transposed = kernels.transpose(3, 4).contiguous(); // (basis kernels, 3, 3, filters, channels)
        using var sums = zeros(groups, allKernels);
        Pointers all = new(
            input.Pointer<float>(size.Batch * size.PaddedFloats),
            weights.Pointer<float>(weights.numel()),
            kernels.Pointer<float>(allKernels),
            transposed.Pointer<float>(allKernels),
            gradient.Pointer<float>(size.Batch * (size.Frames + 2L) * size.Bins * size.Filters),
            below is null ? null : below.Pointer<float>(size.Batch * size.InputFloats),
            ofWeights.Pointer<float>(weights.numel())
        );
        var sum = sums.Pointer<float>(groups * allKernels);
        KernelThreads.Run(
            groups,
            group =>
            {
                for (var clip = size.Batch * group / groups; clip < size.Batch * (group + 1) / groups; clip++)
                for (var bin = 0; bin < size.Bins; bin++)
                    foreach (var dilation in distinct)
                    {
                        AddKernelGradients(size, all, clip, bin, dilation, sum + group * allKernels);
                        if (all.Below is not null)
                            AddInputGradient(size, all, clip, bin, dilation);
                    }
            }
        );
        var ofKernels = zeros(kernels.shape);
        var total = ofKernels.Pointer<float>(allKernels);
        for (var group = 0; group < groups; group++)
        for (long at = 0; at < allKernels; at += Simd.Lanes)
            (Vector512.Load(total + at) + Vector512.Load(sum + group * allKernels + at)).Store(total + at);
        return (below, ofWeights, ofKernels);
    }

    /// <summary>
    /// Processes one clip, one bin and the basis kernels of one dilation: adds the contribution of the clip and bin to
    /// the gradients of these basis kernels, and computes the gradients of their weights. Both are computed from the
    /// gradient of the weighted sum of the basis kernels.
    /// </summary>
    private void AddKernelGradients(Size size, Pointers all, int clip, int bin, int dilation, float* sum)
    {
        var own = Scratch.Floats(0, size.KernelFloats);
        Simd.Clear(own, size.KernelFloats);
        var seen = all.Gradient + GradientAt(size, clip, 1, bin);
        foreach (var (dt, df, source) in TapsOf(bin, dilation, size.Bins))
            Tile.Add(
                all.Input + clip * size.PaddedFloats + ((long)dt * size.Bins + source) * size.Channels,
                seen,
                own + (dt * Side + df) * size.TapFloats,
                size.Filters,
                size.Channels,
                size.Filters,
                new ReductionLoop(
                    ARow: 1,
                    Inner: size.Frames,
                    AInner: (nint)size.Bins * size.Channels,
                    BInner: (nint)size.Bins * size.Filters
                )
            );
        for (var k = 0; k < size.Kernels; k++)
        {
            if (dilations[k] != dilation)
                continue;
            var index = ((long)clip * size.Kernels + k) * size.Bins + bin;
            var weight = Vector512.Create(all.Weights[index]);
            float* basis = all.Kernels + (long)k * size.KernelFloats,
                to = sum + (long)k * size.KernelFloats;
            var product = Vector512<float>.Zero;
            for (long at = 0; at < size.KernelFloats; at += Simd.Lanes)
            {
                var value = Vector512.Load(own + at);
                product = Vector512.FusedMultiplyAdd(value, Vector512.Load(basis + at), product);
                Vector512.FusedMultiplyAdd(weight, value, Vector512.Load(to + at)).Store(to + at);
            }
            all.OfWeights[index] = Vector512.Sum(product);
        }
    }

    /// <summary>Adds the contribution of an output bin to the gradients of the input bins that its taps read.</summary>
    private void AddInputGradient(Size size, Pointers all, int clip, int bin, int dilation)
    {
        var kernel = Scratch.Floats(0, size.KernelFloats);
        Mix(size, all.Transposed, all.Weights, clip, bin, dilation, kernel);
        foreach (var (dt, df, source) in TapsOf(bin, dilation, size.Bins))
            Tile.Add(
                all.Gradient + GradientAt(size, clip, Side - 1 - dt, bin),
                kernel + (dt * Side + df) * size.TapFloats,
                all.Below + clip * size.InputFloats + (long)source * size.Channels,
                (nint)size.Bins * size.Channels,
                size.Frames,
                size.Channels,
                new ReductionLoop(
                    ARow: (nint)size.Bins * size.Filters,
                    Inner: size.Filters,
                    AInner: 1,
                    BInner: size.Channels
                )
            );
    }

    /// <summary>Returns the offset in floats of a clip, frame and bin in the padded gradient of the output.</summary>
    private static long GradientAt(Size size, int clip, int frame, int bin) =>
        ((clip * (size.Frames + 2L) + frame) * size.Bins + bin) * size.Filters;

    private readonly struct Pointers(
        float* input,
        float* weights,
        float* kernels,
        float* transposed,
        float* gradient,
        float* below,
        float* ofWeights
    )
    {
        public readonly float* Input = input;
        public readonly float* Weights = weights;
        public readonly float* Kernels = kernels;
        public readonly float* Transposed = transposed;
        public readonly float* Gradient = gradient;
        public readonly float* Below = below;
        public readonly float* OfWeights = ofWeights;
    }
}
