using Sed.Core.Networks.Layers;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Networks.WeakOutputs;

public abstract partial record WeakOutput
{
    /// <summary>Each frame weighs as much as its probability: sum p^2 / sum p; no parameters.</summary>
    [Key("linearSoftmax")]
    public sealed record LinearSoftmax : WeakOutput
    {
        /// <inheritdoc/>
        public override string Summary => "linear softmax";

        internal override nn.Module<Tensor, Tensor, Tensor> Build(Shape hidden, int classes) =>
            new Statistic(
                strong => Statistic.WeightedMean(strong, strong),
                strong => Statistic.WeightedMean(strong, strong)
            );
    }
}
