using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Training.Losses;

/// <summary>The per-element loss, as data. Each case has its own file in this folder.</summary>
public abstract partial record Loss
{
    // Smallest argument of a logarithm, the smallest normal number of float32. It keeps the loss finite at probabilities of
    // 0 and 1. The argument is limited instead of the logarithm, because the gradient of the logarithm at 0 is infinite, and
    // its product with the gradient of the limit, 0, would not be a number.
    private protected const double SmallestProbability = 1.1754944e-38;

    /// <summary>A short description, for plans and tables.</summary>
    public abstract string Summary { get; }

    /// <summary>All problems of the loss's parameters; empty if they are valid.</summary>
    public virtual IEnumerable<Problem> Problems() => [];

    /// <summary>The loss of each element.</summary>
    /// <param name="probabilities">Any shape whose last dimension is the classes.</param>
    /// <param name="labels">Targets from 0 to 1, of a shape that broadcasts to the shape of the probabilities.</param>
    /// <param name="presence">
    /// Weight of each class in clips and frames in which it is present, shape (classes); null: 1.
    /// </param>
    internal abstract Tensor Each(Tensor probabilities, Tensor labels, Tensor? presence);

    /// <summary>The mean over all elements, with weight 1 for present classes.</summary>
    internal virtual Tensor Mean(Tensor probabilities, Tensor labels)
    {
        using var scope = NewDisposeScope();
        return Each(probabilities, labels, null).mean().MoveToOuterDisposeScope();
    }

    /// <summary><see cref="Summary"/>.</summary>
    public sealed override string ToString() => Summary;

    /// <summary>
    /// Computes -(w y (1 - p)^a log p + (1 - y) q^b log(1 - q)), where p is <paramref name="present"/>, q is
    /// <paramref name="absent"/>, w is <paramref name="presence"/>, and a and b are the exponents.
    /// </summary>
    private protected static Tensor Weighted(
        Tensor present,
        Tensor absent,
        Tensor labels,
        Tensor? presence,
        double presentExponent,
        double absentExponent
    )
    {
        using var scope = NewDisposeScope();
        var there = present.AtLeast(SmallestProbability).log() * labels;
        var not = absent.From(1).AtLeast(SmallestProbability).log() * labels.From(1);
        if (presence is not null)
            there *= presence;
        if (presentExponent > 0)
            there *= present.From(1).ToThe(presentExponent);
        if (absentExponent > 0)
            not *= absent.ToThe(absentExponent);
        return there.Plus(not).neg().MoveToOuterDisposeScope();
    }
}
