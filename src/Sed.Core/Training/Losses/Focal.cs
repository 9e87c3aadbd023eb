using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Training.Losses;

public abstract partial record Loss
{
    /// <summary>
    /// Focal loss (Lin et al. 2017, arXiv 1708.02002): -(y (1 - p)^g log p + (1 - y) p^g log(1 - p)). It down-weights
    /// well-classified elements.
    /// </summary>
    /// <param name="Exponent">The exponent g, 0 or above; 0 is cross-entropy, 2 is common.</param>
    [Key("focal")]
    public sealed record Focal([property: Key("exponent")] double Exponent) : Loss
    {
        /// <inheritdoc/>
        public override string Summary => FormattableString.Invariant($"focal loss {Exponent:R}");

        /// <inheritdoc/>
        public override IEnumerable<Problem> Problems()
        {
            if (!(Exponent >= 0 && double.IsFinite(Exponent)))
                yield return Problem.Of(
                    FormattableString.Invariant($"the focal-loss exponent is {Exponent:R}"),
                    "give 0 (cross-entropy) or more; 2 is common"
                );
        }

        internal override Tensor Each(Tensor probabilities, Tensor labels, Tensor? presence) =>
            Weighted(probabilities, probabilities, labels, presence, Exponent, Exponent);
    }
}
