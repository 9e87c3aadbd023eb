using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Training.Losses;

public abstract partial record Loss
{
    /// <summary>Binary cross-entropy: -(y log p + (1 - y) log(1 - p)).</summary>
    [Key("crossEntropy")]
    public sealed record CrossEntropy : Loss
    {
        /// <inheritdoc/>
        public override string Summary => "cross-entropy";

        internal override Tensor Each(Tensor probabilities, Tensor labels, Tensor? presence) =>
            Weighted(probabilities, probabilities, labels, presence, 0, 0);

        internal override Tensor Mean(Tensor probabilities, Tensor labels) =>
            nn.functional.binary_cross_entropy(probabilities, labels.expand_as(probabilities));
    }
}
