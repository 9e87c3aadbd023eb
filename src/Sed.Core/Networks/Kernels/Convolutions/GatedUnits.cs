using System.Runtime.Intrinsics;
using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.Convolutions;

/// <summary>
/// Gated linear units (Dauphin et al. 2017) on channels-last maps: the first half of the channels times the sigmoid of
/// the second.
/// </summary>
internal static unsafe class GatedUnits
{
    private const int ItemSize = 1 << 10; // bins per work item

    /// <summary>Whether the number of units is a multiple of the vector width.</summary>
    public static bool Fits(int units) => units % Simd.Lanes == 0;

    /// <summary>Applies the units; records them for the backward pass if gradients are required.</summary>
    /// <param name="maps">Shape (batch, 2 units, frames, bins), float32, channels-last in memory.</param>
    /// <returns>Shape (batch, units, frames, bins), channels-last in memory.</returns>
    public static Tensor Of(Tensor maps)
    {
        using var scope = NewDisposeScope();
        var input = maps.permute(0, 2, 3, 1).contiguous();
        var units = is_grad_enabled() && input.requires_grad ? Function.apply(input) : Forward(input);
        return units.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    private static Tensor Forward(Tensor maps)
    {
        var shape = maps.shape;
        var units = (int)shape[3] / 2;
        var output = empty(shape[0], shape[1], shape[2], units);
        float* from = maps.Pointer<float>(shape[0] * shape[1] * shape[2] * 2 * units),
            to = output.Pointer<float>(shape[0] * shape[1] * shape[2] * units);
        ForEachBin(
            maps,
            bin =>
            {
                float* values = from + 2 * bin * units,
                    own = to + bin * units;
                for (var j = 0; j < units; j += Simd.Lanes)
                    (Vector512.Load(values + j) * Simd.Sigmoid(Vector512.Load(values + units + j))).Store(own + j);
            }
        );
        return output;
    }

    private static Tensor Backward(Tensor maps, Tensor gradient)
    {
        var units = (int)maps.shape[3] / 2;
        var below = empty(maps.shape);
        var bins = maps.shape[0] * maps.shape[1] * maps.shape[2];
        float* from = maps.Pointer<float>(bins * 2 * units),
            gradients = gradient.Pointer<float>(bins * units),
            to = below.Pointer<float>(bins * 2 * units);
        ForEachBin(
            maps,
            bin =>
            {
                float* values = from + 2 * bin * units,
                    own = to + 2 * bin * units;
                for (var j = 0; j < units; j += Simd.Lanes)
                {
                    var gate = Simd.Sigmoid(Vector512.Load(values + units + j));
                    var gated = Vector512.Load(gradients + bin * units + j) * gate;
                    gated.Store(own + j);
                    (gated * Vector512.Load(values + j) * (Vector512<float>.One - gate)).Store(own + units + j);
                }
            }
        );
        return below;
    }

    private static void ForEachBin(Tensor maps, Action<long> work)
    {
        var bins = maps.shape[0] * maps.shape[1] * maps.shape[2];
        KernelThreads.Run(
            (int)((bins + ItemSize - 1) / ItemSize),
            item =>
            {
                var until = Math.Min(bins, (item + 1L) * ItemSize);
                for (var bin = (long)item * ItemSize; bin < until; bin++)
                    work(bin);
            }
        );
    }

    private sealed class Function : autograd.SingleTensorFunction<Function>
    {
        public override string Name => nameof(GatedUnits);

        public override Tensor forward(autograd.AutogradContext context, params object[] arguments)
        {
            var maps = (Tensor)arguments[0];
            context.save_for_backward([maps]);
            return Forward(maps);
        }

        public override List<Tensor> backward(autograd.AutogradContext context, Tensor gradient)
        {
            using var contiguous = gradient.contiguous();
            return [Backward(context.get_saved_variables()[0], contiguous)];
        }
    }
}
