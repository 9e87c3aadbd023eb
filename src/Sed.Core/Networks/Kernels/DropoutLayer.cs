using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels;

/// <summary>Dropout of any tensor, as one pass whose mask nobody stores.</summary>
internal static unsafe class DropoutLayer
{
    private const long Piece = 1 << 16; // elements that one thread takes at a time

    /// <summary>Training: some elements zero, the others scaled; the gradient likewise, where gradients are enabled.</summary>
    /// <param name="input">Contiguous, float32, on the CPU.</param>
    public static Tensor Train(Tensor input, Dropout dropout) =>
        is_grad_enabled() ? Function.apply(input, dropout) : Apply(input, dropout);

    private static Tensor Apply(Tensor input, Dropout dropout)
    {
        var output = empty_like(input);
        var length = input.numel();
        float* from = Lanes.Memory<float>(input),
            to = Lanes.Memory<float>(output);
        Crew.Share(
            (int)((length + Piece - 1) / Piece),
            piece =>
            {
                var start = piece * Piece;
                var count = Math.Min(Piece, length - start);
                dropout.From(start).Apply(from + start, to + start, count);
            }
        );
        return output;
    }

    private sealed class Function : autograd.SingleTensorFunction<Function>
    {
        public override string Name => nameof(DropoutLayer);

        public override Tensor forward(autograd.AutogradContext context, params object[] arguments)
        {
            context.save_data("dropout", arguments[1]);
            return Apply((Tensor)arguments[0], (Dropout)arguments[1]);
        }

        public override List<Tensor> backward(autograd.AutogradContext context, Tensor gradient)
        {
            using var contiguous = gradient.contiguous();
            return [Apply(contiguous, (Dropout)context.get_data("dropout")), null!];
        }
    }
}
