using System.Runtime.Intrinsics;
using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.Convolutions;

/// <summary>
/// A 3x3 convolution with zero padding whose kernel is a weighted sum of basis kernels, with weights for each clip and
/// bin. Because the weights do not depend on the frame, the basis kernels of the same dilation are summed once per clip
/// and bin. The convolution with this sum takes no more operations than the convolution with a single basis kernel.
/// </summary>
/// <param name="dilations">Dilation of each basis kernel along the bins.</param>
internal sealed unsafe partial class DynamicConvolution(IReadOnlyList<int> dilations)
{
    private const int Side = 3;
    private const int Taps = Side * Side;

    private readonly int[] dilations = [.. dilations];
    private readonly int[] distinct = [.. dilations.Distinct()];

    /// <summary>Computes the convolution; records it for the backward pass if gradients are enabled.</summary>
    /// <param name="maps">Shape (batch, channels, frames, bins), float32, in any layout.</param>
    /// <param name="weights">Weights of the basis kernels, shape (batch, basis kernels, bins).</param>
    /// <param name="kernels">Shape (basis kernels, filters, channels, 3 frames, 3 bins).</param>
    /// <returns>Shape (batch, filters, frames, bins), channels-last in memory.</returns>
    public Tensor Of(Tensor maps, Tensor weights, Tensor kernels)
    {
        using var scope = NewDisposeScope();
        var filters = kernels.shape[1];
        var input = ToChannelsLast(maps);
        // (basis kernels, 3 frames, 3 bins, channels, filters)
        var packed = Padded(kernels).permute(0, 3, 4, 2, 1).contiguous();
        var own = weights.contiguous();
        var output = is_grad_enabled()
            ? Function.apply(this, input, own, packed, input.requires_grad)
            : Forward(PadFrames(input), own, packed);
        return FromChannelsLast(output, filters).MoveToOuterDisposeScope();
    }

    private static Tensor ToChannelsLast(Tensor maps)
    {
        var last = maps.permute(0, 2, 3, 1);
        var channels = Simd.RoundUp((int)last.shape[3]);
        return Simd.Pad(last, last.shape[0], last.shape[1], last.shape[2], channels).contiguous();
    }

    private static Tensor Padded(Tensor kernels)
    {
        var shape = kernels.shape;
        return Simd.Pad(kernels, shape[0], Simd.RoundUp((int)shape[1]), Simd.RoundUp((int)shape[2]), Side, Side);
    }

    private static Tensor FromChannelsLast(Tensor maps, long filters) =>
        (maps.shape[3] == filters ? maps : maps.narrow(3, 0, filters)).permute(0, 3, 1, 2);

    private static Tensor PadFrames(Tensor maps) => nn.functional.pad(maps, [0, 0, 0, 0, 1, 1]);

    /// <summary>Computes the forward pass.</summary>
    /// <param name="input">Shape (batch, frames + 2, bins, channels).</param>
    /// <param name="weights">Shape (batch, basis kernels, bins).</param>
    /// <param name="kernels">Shape (basis kernels, 3, 3, channels, filters).</param>
    private Tensor Forward(Tensor input, Tensor weights, Tensor kernels)
    {
        var size = Size.Of(input, kernels);
        var output = zeros(size.Batch, size.Frames, size.Bins, size.Filters);
        float* from = input.Pointer<float>(size.Batch * size.PaddedFloats),
            own = weights.Pointer<float>((long)size.Batch * size.Kernels * size.Bins),
            basis = kernels.Pointer<float>((long)size.Kernels * size.KernelFloats),
            to = output.Pointer<float>(size.Batch * size.OutputFloats);
        KernelThreads.Run(
            size.Batch * size.Bins,
            item =>
            {
                var (clip, bin) = (item / size.Bins, item % size.Bins);
                var kernel = Scratch.Floats(0, size.KernelFloats);
                foreach (var dilation in distinct)
                {
                    Mix(size, basis, own, clip, bin, dilation, kernel);
                    foreach (var (dt, df, source) in TapsOf(bin, dilation, size.Bins))
                        Tile.Add(
                            from + clip * size.PaddedFloats + ((long)dt * size.Bins + source) * size.Channels,
                            kernel + (dt * Side + df) * size.TapFloats,
                            to + clip * size.OutputFloats + (long)bin * size.Filters,
                            (nint)size.Bins * size.Filters,
                            size.Frames,
                            size.Filters,
                            new ReductionLoop(
                                ARow: (nint)size.Bins * size.Channels,
                                Inner: size.Channels,
                                AInner: 1,
                                BInner: size.Filters
                            )
                        );
                }
            }
        );
        return output;
    }

    /// <summary>
    /// Computes the kernel of a clip, a bin and a dilation: the weighted sum of the basis kernels with this dilation.
    /// </summary>
    private void Mix(Size size, float* basis, float* weights, int clip, int bin, int dilation, float* kernel)
    {
        var isFirst = true;
        for (var k = 0; k < size.Kernels; k++)
        {
            if (dilations[k] != dilation)
                continue;
            var weight = Vector512.Create(weights[((long)clip * size.Kernels + k) * size.Bins + bin]);
            var own = basis + (long)k * size.KernelFloats;
            for (long at = 0; at < size.KernelFloats; at += Simd.Lanes)
            {
                var value = weight * Vector512.Load(own + at);
                (isFirst ? value : Vector512.Load(kernel + at) + value).Store(kernel + at);
            }
            isFirst = false;
        }
    }

    /// <summary>
    /// Returns the taps of an output bin, without the taps that would read beyond the lowest or highest input bin. Each
    /// tap has its index along the frames, its index along the bins, and the input bin that it reads.
    /// </summary>
    private static IEnumerable<(int Frame, int Bin, int Source)> TapsOf(int bin, int dilation, int bins)
    {
        for (var dt = 0; dt < Side; dt++)
        for (var df = 0; df < Side; df++)
            if (bin + (df - 1) * dilation is var source && source >= 0 && source < bins)
                yield return (dt, df, source);
    }

    /// <summary>Sizes of the tensors, and their lengths in floats.</summary>
    private readonly record struct Size(int Batch, int Frames, int Bins, int Channels, int Filters, int Kernels)
    {
        public static Size Of(Tensor input, Tensor kernels) =>
            new(
                (int)input.shape[0],
                (int)input.shape[1] - 2,
                (int)input.shape[2],
                (int)input.shape[3],
                (int)kernels.shape[4],
                (int)kernels.shape[0]
            );

        public long PaddedFloats => (Frames + 2L) * Bins * Channels;

        public long InputFloats => (long)Frames * Bins * Channels;

        public long OutputFloats => (long)Frames * Bins * Filters;

        public int TapFloats => Channels * Filters;

        public int KernelFloats => Taps * TapFloats;
    }

    private sealed class Function : autograd.SingleTensorFunction<Function>
    {
        public override string Name => nameof(DynamicConvolution);

        public override Tensor forward(autograd.AutogradContext context, params object[] arguments)
        {
            var convolution = (DynamicConvolution)arguments[0];
            var padded = PadFrames((Tensor)arguments[1]);
            var (weights, kernels) = ((Tensor)arguments[2], (Tensor)arguments[3]);
            context.save_data("convolution", convolution);
            context.save_data("isInputWanted", arguments[4]);
            context.save_for_backward([padded, weights, kernels]);
            return convolution.Forward(padded, weights, kernels);
        }

        public override List<Tensor> backward(autograd.AutogradContext context, Tensor gradient)
        {
            var convolution = (DynamicConvolution)context.get_data("convolution");
            var saved = context.get_saved_variables();
            using var padded = PadFrames(gradient.contiguous());
            var (input, weights, kernels) = convolution.Backward(
                saved[0],
                saved[1],
                saved[2],
                padded,
                (bool)context.get_data("isInputWanted")
            );
            return [null!, input!, weights, kernels, null!];
        }
    }
}
