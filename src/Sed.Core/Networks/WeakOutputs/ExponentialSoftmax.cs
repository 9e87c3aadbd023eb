using Sed.Core.Networks.Layers;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Networks.WeakOutputs;

public abstract partial record WeakOutput
{
    /// <summary>Each frame weighs exp p: sum p exp p / sum exp p; no parameters.</summary>
    [Key("exponentialSoftmax")]
    public sealed record ExponentialSoftmax : WeakOutput
    {
        /// <inheritdoc/>
        public override string Summary => "exponential softmax";

        internal override nn.Module<Tensor, Tensor, Tensor> Build(Shape hidden, int classes) =>
            new Statistic(Mean, strong => Statistic.WeightedMean(strong, strong.Exp()));

        private static Tensor Mean(Tensor strong)
        {
            using var scope = NewDisposeScope();
            return Statistic.WeightedMean(strong, strong.exp()).MoveToOuterDisposeScope();
        }
    }
}
