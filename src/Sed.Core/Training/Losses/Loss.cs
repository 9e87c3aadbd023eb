using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Training.Losses;

/// <summary>
/// The loss per element, as data; each kind is a file beside this one.
/// </summary>
public abstract partial record Loss
{
    // As in PyTorch, so that the loss of a wrong output with probability 1 is finite.
    private protected const double SmallestLogarithm = -100;

    /// <summary>A short description, for plans and tables.</summary>
    public abstract string Summary { get; }

    /// <summary>Every reason the loss cannot be used; empty when it can.</summary>
    public virtual IEnumerable<Problem> Problems() => [];

    /// <summary>The loss of each element.</summary>
    /// <param name="probabilities">Any shape whose last dimension is the classes.</param>
    /// <param name="labels">Labels from 0 to 1, of the same shape or one that is broadcast to it.</param>
    /// <param name="presence">Weight of each class where it is present, shape (classes); null: 1.</param>
    internal abstract Tensor Each(Tensor probabilities, Tensor labels, Tensor? presence);

    /// <summary>The mean loss of all elements, with weight 1 for present classes.</summary>
    internal virtual Tensor Mean(Tensor probabilities, Tensor labels)
    {
        using var scope = NewDisposeScope();
        return Each(probabilities, labels, null).mean().MoveToOuterDisposeScope();
    }

    /// <summary><see cref="Summary"/>.</summary>
    public sealed override string ToString() => Summary;

    /// <summary>-(presence y log p (1 - p)^a + (1 - y) log(1 - q) q^b), where p is the probability used for present classes and q that for absent ones.</summary>
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
        var there = present.log().AtLeast(SmallestLogarithm) * labels;
        var not = absent.From(1).log().AtLeast(SmallestLogarithm) * labels.From(1);
        if (presence is not null)
            there *= presence;
        if (presentExponent > 0)
            there *= present.From(1).ToThe(presentExponent);
        if (absentExponent > 0)
            not *= absent.ToThe(absentExponent);
        return there.Plus(not).neg().MoveToOuterDisposeScope();
    }
}
