using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Training.Optimization;

/// <summary>
/// The optimizer and its hyperparameters. The formulas and the remaining defaults are PyTorch's.
/// </summary>
/// <param name="LearningRate">Learning rate before the schedule, above 0.</param>
public abstract record Optimizer([property: Key("learningRate")] double LearningRate)
{
    // Adam's bias correction multiplies the rate of the first step by 10, and the result must be a float32 number.
    private const double LargestLearningRate = 1e30;

    /// <summary>A short description, for plans and tables.</summary>
    public abstract string Summary { get; }

    /// <summary>All problems of these settings; empty if they are valid.</summary>
    public IEnumerable<Problem> Problems()
    {
        if (!(LearningRate > 0 && double.IsFinite(LearningRate)))
            yield return Problem.Of(
                Invariant($"the learning rate is {LearningRate:R}"),
                $"it must be greater than 0, for example `{Example}`"
            );
        else if (LearningRate > LargestLearningRate)
            yield return Problem.Of(
                Invariant($"the learning rate is {LearningRate:R}"),
                Invariant(
                    $"it must be at most {LargestLearningRate:R}, because parameters are updated in float32; usual values are below 0.1"
                )
            );
        foreach (var problem in OwnProblems())
            yield return problem;
    }

    /// <inheritdoc/>
    public sealed override string ToString() => Summary;

    private protected abstract string Example { get; }

    private protected virtual IEnumerable<Problem> OwnProblems() => [];

    private protected static IEnumerable<Problem> WeightDecayProblems(double decay)
    {
        if (!(decay >= 0 && double.IsFinite(decay)))
            yield return Problem.Of(Invariant($"the weight decay is {decay:R}"), "it must be at least 0");
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>Adam (Kingma and Ba 2015). Weight decay is added to the gradient (L2 regularisation).</summary>
    /// <param name="LearningRate">Learning rate before the schedule, above 0.</param>
    /// <param name="WeightDecay">Weight decay, 0 or above. Default 0.</param>
    /// <param name="IsAmsGrad">
    /// Whether steps are divided by the root of the largest second moment so far instead of the current one (AMSGrad,
    /// Reddi et al. 2018, arXiv 1904.09237). Default false.
    /// </param>
    [Key("adam")]
    public sealed record Adam(
        double LearningRate,
        [property: Key("weightDecay")] double WeightDecay = 0,
        [property: Key("amsGrad", OmitWhen = false)] bool IsAmsGrad = false
    ) : Optimizer(LearningRate)
    {
        /// <inheritdoc/>
        public override string Summary =>
            Invariant($"{(IsAmsGrad ? "AMSGrad" : "Adam")} {LearningRate:R}")
            + (WeightDecay == 0 ? "" : Invariant($" with weight decay {WeightDecay:R}"));

        private protected override string Example => IsAmsGrad ? "amsGrad 1e-3" : "adam 1e-3";

        private protected override IEnumerable<Problem> OwnProblems() => WeightDecayProblems(WeightDecay);
    }

    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019).</summary>
    /// <param name="LearningRate">Learning rate before the schedule, above 0.</param>
    /// <param name="WeightDecay">Weight decay, 0 or above.</param>
    [Key("adamW")]
    public sealed record AdamW(double LearningRate, [property: Key("weightDecay")] double WeightDecay)
        : Optimizer(LearningRate)
    {
        /// <inheritdoc/>
        public override string Summary => Invariant($"AdamW {LearningRate:R} with weight decay {WeightDecay:R}");

        private protected override string Example => "adamW 1e-3 0.01";

        private protected override IEnumerable<Problem> OwnProblems() => WeightDecayProblems(WeightDecay);
    }

    /// <summary>
    /// Stochastic gradient descent with momentum. Weight decay is added to the gradient (L2 regularisation).
    /// </summary>
    /// <param name="LearningRate">Learning rate before the schedule, above 0.</param>
    /// <param name="Momentum">From 0 to below 1. Default 0.9.</param>
    /// <param name="WeightDecay">Weight decay, 0 or above. Default 0.</param>
    [Key("sgd")]
    public sealed record Sgd(
        double LearningRate,
        [property: Key("momentum")] double Momentum = 0.9,
        [property: Key("weightDecay")] double WeightDecay = 0
    ) : Optimizer(LearningRate)
    {
        /// <inheritdoc/>
        public override string Summary =>
            Invariant($"SGD {LearningRate:R} with momentum {Momentum:R}")
            + (WeightDecay == 0 ? "" : Invariant($" and weight decay {WeightDecay:R}"));

        private protected override string Example => "sgd 0.1 0.9";

        private protected override IEnumerable<Problem> OwnProblems()
        {
            if (!(Momentum >= 0 && Momentum < 1))
                yield return Problem.Of(
                    Invariant($"the momentum is {Momentum:R}"),
                    "it must be at least 0 and less than 1"
                );
            foreach (var problem in WeightDecayProblems(WeightDecay))
                yield return problem;
        }
    }
}
