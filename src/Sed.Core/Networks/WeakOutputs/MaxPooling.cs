using Sed.Core.Networks.Layers;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Networks.WeakOutputs;

public abstract partial record WeakOutput
{
    /// <summary>The largest probability of any frame; no parameters.</summary>
    [Key("max")]
    public sealed record MaxPooling : WeakOutput
    {
        /// <inheritdoc/>
        public override string Summary => "max pooling";

        internal override nn.Module<Tensor, Tensor, Tensor> Build(Shape hidden, int classes) =>
            new Statistic(strong => strong.amax([1]), strong => strong.Largest(1));
    }
}
