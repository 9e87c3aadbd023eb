using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.Convolutions;

/// <summary>
/// Gated linear units of maps that lie as (batch, frames, bins, channels): half of the channels, each times the sigmoid of its
/// gate, which the other half has.
/// </summary>
internal static unsafe class GatedUnits
{
    private const int Piece = 1 << 10; // bins that one thread takes at a time

    /// <summary>Whether there are whole vectors of them.</summary>
    public static bool Fits(int units) => units % Tile.Lanes == 0;

    /// <param name="maps">(batch, 2 units, frames, bins), float32, with the values of a bin side by side in memory.</param>
    /// <returns>(batch, units, frames, bins), in the same layout.</returns>
    public static Tensor Of(Tensor maps)
    {
        using var scope = NewDisposeScope();
        var entering = maps.permute(0, 2, 3, 1).contiguous();
        var units = is_grad_enabled() && entering.requires_grad ? Function.apply(entering) : Forward(entering);
        return units.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    private static Tensor Forward(Tensor maps)
    {
        var shape = maps.shape;
        var units = (int)shape[3] / 2;
        var output = empty(shape[0], shape[1], shape[2], units);
        float* from = Lanes.Memory<float>(maps),
            to = Lanes.Memory<float>(output);
        Share(
            maps,
            bin =>
            {
                float* values = from + 2 * bin * units,
                    own = to + bin * units;
                for (var j = 0; j < units; j += Tile.Lanes)
                    (Vector512.Load(values + j) * Lanes.Sigmoid(Vector512.Load(values + units + j))).Store(own + j);
            }
        );
        return output;
    }

    private static Tensor Backward(Tensor maps, Tensor gradient)
    {
        var units = (int)maps.shape[3] / 2;
        var below = empty(maps.shape);
        float* from = Lanes.Memory<float>(maps),
            gradients = Lanes.Memory<float>(gradient),
            to = Lanes.Memory<float>(below);
        Share(
            maps,
            bin =>
            {
                float* values = from + 2 * bin * units,
                    own = to + 2 * bin * units;
                for (var j = 0; j < units; j += Tile.Lanes)
                {
                    var gate = Lanes.Sigmoid(Vector512.Load(values + units + j));
                    var passed = Vector512.Load(gradients + bin * units + j) * gate;
                    passed.Store(own + j);
                    (passed * Vector512.Load(values + j) * (Vector512<float>.One - gate)).Store(own + units + j);
                }
            }
        );
        return below;
    }

    private static void Share(Tensor maps, Action<long> work)
    {
        var bins = maps.shape[0] * maps.shape[1] * maps.shape[2];
        Crew.Share(
            (int)((bins + Piece - 1) / Piece),
            piece =>
            {
                var until = Math.Min(bins, (piece + 1L) * Piece);
                for (var bin = (long)piece * Piece; bin < until; bin++)
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
