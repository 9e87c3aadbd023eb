using static TorchSharp.torch;

namespace Sed.Core.Networks.WeakOutputs;

/// <summary>
/// Probabilities from logits, at least in float32 also where the logits are bfloat16: there a probability above 0.998 would
/// round to 1, and a mistake of 1 costs as much as the loss allows at all.
/// </summary>
internal static class Probabilities
{
    /// <summary>The sigmoid.</summary>
    public static Tensor Of(Tensor logits)
    {
        using var scope = NewDisposeScope();
        return Wide(logits).sigmoid().MoveToOuterDisposeScope();
    }

    /// <summary>The same values with the digits of float32 or more.</summary>
    public static Tensor Wide(Tensor values) => values.dtype == bfloat16 ? values.to(float32) : values;
}
