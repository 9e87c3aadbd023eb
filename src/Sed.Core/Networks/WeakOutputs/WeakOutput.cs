using Sed.Core.Networks.Layers;
using Sed.Core.Onnx.Graph;
using static TorchSharp.torch;

namespace Sed.Core.Networks.WeakOutputs;

/// <summary>
/// Description of the pooling function that computes the weak output (one probability per class and clip) from the
/// strong output. Wang, Li and Metze (2019, arXiv 1810.09050) compare most of these functions. In the formulas, p is
/// the probability of a class in a frame, and sums run over the frames.
/// </summary>
public abstract partial record WeakOutput
{
    /// <summary>A short human-readable description, for plans and tables.</summary>
    public abstract string Summary { get; }

    /// <summary>
    /// Whether the weak output also depends on the hidden vectors. It then needs one hidden vector for each frame of
    /// the strong output. False if it is computed from the strong output alone.
    /// </summary>
    internal virtual bool UsesHidden => false;

    /// <summary>
    /// Whether the weak output leaves out the classes that a clip's corpus does not annotate (<see cref="OutputMask.Classes"/>).
    /// </summary>
    internal virtual bool MasksClasses => false;

    /// <summary>Number of trainable parameters.</summary>
    /// <param name="hidden">Output shape of the layers, with the number of frames of the pooled strong output.</param>
    /// <param name="classes">Number of classes.</param>
    public virtual long Parameters(Shape hidden, int classes) => 0;

    /// <summary>
    /// Builds the module. Its inputs are the hidden vectors, shape (batch, frames, width), the strong output computed from
    /// them, shape (batch, frames, classes), and the mask of frames and classes, or null if nothing is left out. Its output has
    /// shape (batch, classes).
    /// </summary>
    /// <param name="hidden">Output shape of the layers, with the number of frames of the pooled strong output.</param>
    /// <param name="classes">Number of classes.</param>
    internal abstract nn.Module<Tensor, Tensor, OutputMask?, Tensor> Build(Shape hidden, int classes);

    /// <summary><see cref="Summary"/>.</summary>
    public sealed override string ToString() => Summary;
}

/// <summary>A weak output that can be exported to ONNX.</summary>
internal interface IOnnxOutput
{
    /// <summary>Appends the operators of the forward pass at inference.</summary>
    /// <param name="hidden">Shape (batch, frames, width).</param>
    /// <param name="strong">Shape (batch, frames, classes).</param>
    /// <returns>Shape (batch, classes).</returns>
    /// <exception cref="NotSupportedException">
    /// The module cannot be exported to ONNX; the message gives the reason.
    /// </exception>
    OnnxValue Export(OnnxValue hidden, OnnxValue strong);
}

/// <summary>
/// Computes probabilities in float32 or wider, also from bfloat16 logits: bfloat16 rounds a probability above 0.998 to
/// 1, where the cross-entropy of a false positive reaches its upper bound.
/// </summary>
internal static class Probabilities
{
    /// <summary>The sigmoid of logits.</summary>
    public static Tensor Of(Tensor logits)
    {
        using var scope = NewDisposeScope();
        return Wide(logits).sigmoid().MoveToOuterDisposeScope();
    }

    /// <summary>Converts bfloat16 to float32 and leaves other types unchanged.</summary>
    public static Tensor Wide(Tensor values) => values.dtype == bfloat16 ? values.to(float32) : values;
}
