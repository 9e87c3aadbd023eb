using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Training.Losses;

public abstract partial record Loss
{
    /// <summary>
    /// Cross-entropy in which what is nearly right already counts less: -(y (1 - p)^g log p + (1 - y) p^g log(1 - p)) (Lin et
    /// al. 2017, arXiv 1708.02002).
    /// </summary>
    /// <param name="Exponent">g, 0 or more; 0 is cross-entropy.</param>
    [Key("focal")]
    public sealed record Focal([property: Key("exponent")] double Exponent) : Loss
    {
        /// <inheritdoc/>
        public override string Summary => FormattableString.Invariant($"focal loss {Exponent:R}");

        /// <inheritdoc/>
        public override IEnumerable<string> Problems()
        {
            if (!(Exponent >= 0 && double.IsFinite(Exponent)))
                yield return FormattableString.Invariant(
                    $"the focal loss has the exponent {Exponent:R}; 0 is cross-entropy, 2 is usual"
                );
        }

        internal override Tensor Each(Tensor probabilities, Tensor labels, Tensor? presence) =>
            Weighted(probabilities, probabilities, labels, presence, Exponent, Exponent);
    }
}
