using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Training.Losses;

public abstract partial record Loss
{
    /// <summary>
    /// Asymmetric loss (Ben-Baruch et al. 2021, arXiv 2009.14119): a focal loss with separate exponents for present and
    /// absent classes. Absent classes have no loss if their probability is below a margin. Suits multi-label data with few
    /// present classes per clip.
    /// </summary>
    /// <param name="Present">Exponent for present classes, 0 or above.</param>
    /// <param name="Absent">Exponent for absent classes, 0 or above.</param>
    /// <param name="Margin">
    /// Value that is subtracted from the probability of an absent class; a negative difference is set to 0. At least 0
    /// and below 1. Default 0.05.
    /// </param>
    [Key("asymmetric")]
    public sealed record Asymmetric(
        [property: Key("present")] double Present,
        [property: Key("absent")] double Absent,
        [property: Key("margin")] double Margin = 0.05
    ) : Loss
    {
        /// <inheritdoc/>
        public override string Summary =>
            FormattableString.Invariant(
                $"asymmetric loss, exponents {Present:R} (present) and {Absent:R} (absent), margin {Margin:R}"
            );

        /// <inheritdoc/>
        public override IEnumerable<Problem> Problems()
        {
            foreach (var exponent in new[] { Present, Absent })
                if (!(exponent >= 0 && double.IsFinite(exponent)))
                    yield return Problem.Of(
                        FormattableString.Invariant($"the asymmetric loss has an exponent of {exponent:R}"),
                        "give 0 (cross-entropy) or more"
                    );
            if (!(Margin >= 0 && Margin < 1))
                yield return Problem.Of(
                    FormattableString.Invariant($"the margin of the asymmetric loss is {Margin:R}"),
                    "it must be at least 0 and less than 1"
                );
        }

        internal override Tensor Each(Tensor probabilities, Tensor labels, Tensor? presence)
        {
            using var scope = NewDisposeScope();
            var shifted = probabilities.Plus(-Margin).AtLeast(0);
            return Weighted(probabilities, shifted, labels, presence, Present, Absent).MoveToOuterDisposeScope();
        }
    }
}
