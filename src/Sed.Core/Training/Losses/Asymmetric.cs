using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Training.Losses;

public abstract partial record Loss
{
    /// <summary>
    /// A focal loss with an exponent of its own for classes that are there and for those that are not, and a margin below which
    /// an absent class costs nothing (Ben-Baruch et al. 2021, arXiv 2009.14119): for labels of many classes of which few are there.
    /// </summary>
    /// <param name="Present">Exponent where a class is there, 0 or more.</param>
    /// <param name="Absent">Exponent where it is not, 0 or more.</param>
    /// <param name="Margin">What is taken from the probability of an absent class, from 0 to below 1.</param>
    [Key("asymmetric")]
    public sealed record Asymmetric(
        [property: Key("present")] double Present,
        [property: Key("absent")] double Absent,
        [property: Key("margin")] double Margin = 0.05
    ) : Loss
    {
        /// <inheritdoc/>
        public override string Summary =>
            FormattableString.Invariant($"asymmetric loss {Present:R} {Absent:R}, margin {Margin:R}");

        /// <inheritdoc/>
        public override IEnumerable<string> Problems()
        {
            foreach (var exponent in new[] { Present, Absent })
                if (!(exponent >= 0 && double.IsFinite(exponent)))
                    yield return FormattableString.Invariant(
                        $"the asymmetric loss has the exponent {exponent:R}; 0 is cross-entropy"
                    );
            if (!(Margin >= 0 && Margin < 1))
                yield return FormattableString.Invariant(
                    $"the margin of the asymmetric loss is {Margin:R}; it is a share from 0 to below 1"
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
