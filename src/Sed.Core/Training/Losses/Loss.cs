using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Training.Losses;

/// <summary>
/// What a probability costs that says something else than its label, as data; each is a file of its own beside this one.
/// </summary>
public abstract partial record Loss
{
    private protected const double SmallestLogarithm = -100; // as PyTorch: a certain mistake costs 100, not infinity

    /// <summary>The loss in a few words, as plans and tables have it; equal losses have the same.</summary>
    public abstract string Summary { get; }

    /// <summary>Every reason why the loss cannot be used, with its remedy; empty when it can.</summary>
    public virtual IEnumerable<string> Problems() => [];

    /// <summary>The cost of each value, for labels of 0 to 1.</summary>
    /// <param name="probabilities">Any shape.</param>
    /// <param name="labels">The same shape, or one that is expanded to it.</param>
    /// <param name="presence">What a class that is there weighs, one value for each class, the last dimension; null: 1.</param>
    internal abstract Tensor Each(Tensor probabilities, Tensor labels, Tensor? presence);

    /// <summary>The mean cost of all values, where presence weighs 1.</summary>
    internal virtual Tensor Mean(Tensor probabilities, Tensor labels)
    {
        using var scope = NewDisposeScope();
        return Each(probabilities, labels, null).mean().MoveToOuterDisposeScope();
    }

    /// <summary><see cref="Summary"/>.</summary>
    public sealed override string ToString() => Summary;

    /// <summary>-(presence y log p (1 - p)^a + (1 - y) log(1 - q) q^b), where q is p or what stands for it in classes that are absent.</summary>
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
