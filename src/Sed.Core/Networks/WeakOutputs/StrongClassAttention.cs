using Sed.Core.Networks.Layers;
using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sed.Core.Networks.WeakOutputs;

public abstract partial record WeakOutput
{
    /// <summary>
    /// Attention pooling on the strong output, as in the detection network of Xu et al. for DCASE 2017: sum w p / sum
    /// max(w, 1e-7) over the frames, where p is the probability of a class in a frame. A linear layer on the strong
    /// output, followed by a softmax over the classes, computes the weights w of a frame. The linear layer has (classes
    /// + 1) x classes parameters.
    /// </summary>
    [Key("strongClassAttention")]
    public sealed record StrongClassAttention : WeakOutput
    {
        /// <inheritdoc/>
        public override string Summary => "class attention on the strong output";

        /// <inheritdoc/>
        public override long Parameters(Shape hidden, int classes) => (classes + 1L) * classes;

        internal override nn.Module<Tensor, Tensor, OutputMask?, Tensor> Build(Shape hidden, int classes) =>
            new StrongAttentionPooling(classes);
    }
}

/// <summary>
/// The weighted mean of the strong output over the frames, with weights computed from the strong output.
/// </summary>
internal sealed class StrongAttentionPooling : nn.Module<Tensor, Tensor, OutputMask?, Tensor>, IOnnxOutput
{
    private const float SmallestWeight = 1e-7f; // Keras' epsilon, at which the authors clip the weights of the denominator
    private readonly Linear linear;

    public StrongAttentionPooling(int classes)
        : base(nameof(StrongAttentionPooling))
    {
        linear = nn.Linear(classes, classes);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden, Tensor strong, OutputMask? mask)
    {
        using var scope = NewDisposeScope();
        var weights = Probabilities.Wide(linear.call(strong)).softmax(2); // (batch, frames, classes)
        var sum = (strong * PoolingFunction.WithoutPadding(weights, mask?.Sound)).sum(1);
        var total = PoolingFunction.WithoutPadding(weights.AtLeast(SmallestWeight), mask?.Sound).sum(1);
        // If all frames are padding, the sum and the total are 0. The lower bound prevents the division 0 / 0.
        return (sum / total.AtLeast(SmallestWeight)).AtMost(1).MoveToOuterDisposeScope();
    }

    public OnnxValue Export(OnnxValue hidden, OnnxValue strong)
    {
        var graph = strong.Graph;
        var weights = strong.Through(linear).Softmax(2);
        var total = weights.AtLeast(graph.Single(SmallestWeight)).Sum(1);
        return ((strong * weights).Sum(1) / total).AtMost(graph.Single(1));
    }
}
