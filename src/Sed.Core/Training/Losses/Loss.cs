using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Training.Losses;

/// <summary>
/// The loss function that is applied to each element, as a record of its parameters. Each kind of loss has its own file
/// in this folder.
/// </summary>
public abstract partial record Loss
{
    // The smallest normal number of float32. For smaller probabilities, the gradient of the logarithm is set to 0. Its
    // true value is very large or infinite, and the product with the gradient of a sigmoid, which is 0 or almost 0 there,
    // would be NaN or inexact.
    private const double SmallestProbability = 1.1754944e-38;

    // As in torch's binary cross-entropy, so that the losses with and without a mask are equal at probabilities of 0 and 1.
    private const double SmallestLogarithm = -100;

    /// <summary>A short description, for plans and tables.</summary>
    public abstract string Summary { get; }

    /// <summary>All problems of the loss's parameters; empty if they are valid.</summary>
    public virtual IEnumerable<Problem> Problems() => [];

    /// <summary>Computes the loss of each element.</summary>
    /// <param name="probabilities">Any shape whose last dimension is the classes.</param>
    /// <param name="labels">Targets from 0 to 1, of a shape that broadcasts to the shape of the probabilities.</param>
    /// <param name="presence">
    /// Weight of each class in the clips and frames in which it is present, shape (classes). Null: all weights are 1.
    /// </param>
    internal abstract Tensor Each(Tensor probabilities, Tensor labels, Tensor? presence);

    /// <summary>Computes the mean loss over all elements, with weight 1 for present classes.</summary>
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
        var there = Logarithm(present) * labels;
        var not = Logarithm(absent.From(1)) * labels.From(1);
        if (presence is not null)
            there *= presence;
        if (presentExponent > 0)
            there *= Power(present.From(1), presentExponent);
        if (absentExponent > 0)
            not *= Power(absent, absentExponent);
        return there.Plus(not).neg().MoveToOuterDisposeScope();
    }

    /// <summary>Computes the power of probabilities with an exponent above 0.</summary>
    private static Tensor Power(Tensor probabilities, double exponent)
    {
        if (exponent >= 1)
            return probabilities.ToThe(exponent);
        // The gradient of the power at 0 is infinite, and its product with the logarithm, which is 0 there, would be NaN.
        // The smallest probabilities get no gradient.
        var limited = probabilities.AtLeast(SmallestProbability);
        return limited.ToThe(exponent).where(limited.eq(probabilities), probabilities.detach().ToThe(exponent));
    }

    /// <summary>Computes the logarithm of probabilities; values below -100 are set to -100.</summary>
    private static Tensor Logarithm(Tensor probabilities)
    {
        var limited = probabilities.AtLeast(SmallestProbability);
        // The gradient of the logarithm at 0 is infinite, and the gradient of AtLeast below its limit is 0. Their product
        // would be NaN, so the smallest probabilities get no gradient.
        var smallest = probabilities.detach().log().AtLeast(SmallestLogarithm);
        return limited.log().where(limited.eq(probabilities), smallest);
    }
}
