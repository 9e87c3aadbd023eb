using Sed.Core.Networks.Layers;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Networks.WeakOutputs;

public abstract partial record WeakOutput
{
    /// <summary>The mean probability over the frames; no parameters.</summary>
    [Key("mean")]
    public sealed record MeanPooling : WeakOutput
    {
        /// <inheritdoc/>
        public override string Summary => "mean pooling";

        internal override nn.Module<Tensor, Tensor, Tensor> Build(Shape hidden, int classes) =>
            new Statistic(strong => strong.mean([1]), strong => strong.Mean(1));
    }
}
