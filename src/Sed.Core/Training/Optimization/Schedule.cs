using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Training.Optimization;

/// <summary>The learning rate schedule and its parameters.</summary>
public abstract partial record Schedule
{
    private Schedule() { }

    /// <summary>A short description, for plans and tables.</summary>
    public abstract string Summary { get; }

    /// <summary>
    /// Whether the learning rate depends on the maximum number of epochs. If so, a training run with a different
    /// maximum cannot resume from its checkpoint.
    /// </summary>
    internal virtual bool DependsOnEpochs => false;

    /// <summary>All problems of these settings; empty if they are valid.</summary>
    public virtual IEnumerable<Problem> Problems() => [];

    /// <summary>
    /// Computes the learning rate of an epoch. The result depends only on the arguments, so checkpoints need no
    /// schedule state.
    /// </summary>
    /// <param name="learningRate">The optimizer's base learning rate.</param>
    /// <param name="epoch">Epoch number, from 1.</param>
    /// <param name="epochs">Maximum number of epochs.</param>
    /// <param name="monitors">The value of the monitor after each previous epoch.</param>
    internal abstract double Rate(double learningRate, int epoch, int epochs, IReadOnlyList<double> monitors);

    /// <summary>
    /// Computes the learning rate of a step. Most schedules use the same rate in all steps of an epoch.
    /// </summary>
    /// <param name="learningRate">The optimizer's base learning rate.</param>
    /// <param name="rate">The learning rate of the epoch, <see cref="Rate"/>.</param>
    /// <param name="progress">
    /// Number of epochs up to and including this step, for example 2.5 in the middle of the third epoch.
    /// </param>
    /// <param name="epochs">Maximum number of epochs.</param>
    internal virtual double RateOfStep(double learningRate, double rate, double progress, int epochs) => rate;

    /// <inheritdoc/>
    public sealed override string ToString() => Summary;

    /// <summary>Constant learning rate.</summary>
    [Key("constant")]
    public sealed record Constant : Schedule
    {
        /// <inheritdoc/>
        public override string Summary => "constant";

        internal override double Rate(double learningRate, int epoch, int epochs, IReadOnlyList<double> monitors) =>
            learningRate;
    }

    /// <summary>
    /// Linear warm-up, then cosine decay that reaches 0 after the last epoch (Loshchilov and Hutter 2017, without
    /// restarts).
    /// </summary>
    /// <param name="WarmUpEpochs">Number of epochs of warm-up, 0 or above. Default 0.</param>
    [Key("cosine")]
    public sealed record Cosine([property: Key("warmUpEpochs")] int WarmUpEpochs = 0) : Schedule
    {
        /// <inheritdoc/>
        public override string Summary =>
            WarmUpEpochs == 0 ? "cosine" : $"cosine after {WarmUpEpochs} epochs of warm-up";

        internal override bool DependsOnEpochs => true;

        /// <inheritdoc/>
        public override IEnumerable<Problem> Problems()
        {
            if (WarmUpEpochs < 0)
                yield return Problem.Of($"the warm-up lasts {WarmUpEpochs} epochs", "give 0 or more");
        }

        internal override double Rate(double learningRate, int epoch, int epochs, IReadOnlyList<double> monitors)
        {
            if (epoch <= WarmUpEpochs)
                return learningRate * epoch / (WarmUpEpochs + 1);
            var after = epoch - 1 - WarmUpEpochs;
            var length = Math.Max(1, epochs - WarmUpEpochs);
            return learningRate * (0.5 * (1 + Math.Cos(Math.PI * after / length)));
        }
    }

    /// <summary>Multiplies the learning rate by a factor after a number of epochs.</summary>
    /// <param name="Multiplier">Factor, between 0 and 1.</param>
    /// <param name="Epochs">Number of epochs with the full learning rate, at least 1.</param>
    [Key("drop")]
    public sealed record Drop([property: Key("factor")] double Multiplier, [property: Key("epochs")] int Epochs)
        : Schedule
    {
        /// <inheritdoc/>
        public override string Summary => FormattableString.Invariant($"times {Multiplier:R} after {Epochs} epochs");

        /// <inheritdoc/>
        public override IEnumerable<Problem> Problems()
        {
            if (!(Multiplier > 0 && Multiplier < 1))
                yield return Problem.Of(
                    FormattableString.Invariant($"the factor of the learning rate is {Multiplier:R}"),
                    "it must be between 0 and 1"
                );
            if (Epochs < 1)
                yield return Problem.Of($"the learning rate drops after {Epochs} epochs", "give at least one");
        }

        internal override double Rate(double learningRate, int epoch, int epochs, IReadOnlyList<double> monitors) =>
            epoch > Epochs ? learningRate * Multiplier : learningRate;
    }

    /// <summary>
    /// Multiplies the learning rate by a factor when the monitor has not improved for a number of epochs.
    /// </summary>
    /// <param name="Multiplier">Factor, between 0 and 1. Default 0.5.</param>
    /// <param name="Patience">Number of epochs without improvement, at least 1. Default 10.</param>
    [Key("plateau")]
    public sealed record Plateau(
        [property: Key("factor")] double Multiplier = 0.5,
        [property: Key("patience")] int Patience = 10
    ) : Schedule
    {
        /// <inheritdoc/>
        public override string Summary =>
            FormattableString.Invariant($"times {Multiplier:R} after {Patience} epochs without improvement");

        /// <inheritdoc/>
        public override IEnumerable<Problem> Problems()
        {
            if (!(Multiplier > 0 && Multiplier < 1))
                yield return Problem.Of(
                    FormattableString.Invariant($"the plateau's factor is {Multiplier:R}"),
                    "it must be between 0 and 1"
                );
            if (Patience < 1)
                yield return Problem.Of($"the plateau's patience is {Patience} epochs", "give at least one");
        }

        internal override double Rate(double learningRate, int epoch, int epochs, IReadOnlyList<double> monitors)
        {
            var (drops, waited, best) = (0, 0, double.NegativeInfinity);
            foreach (var monitor in monitors)
            {
                waited = monitor > best ? 0 : waited + 1;
                best = Math.Max(best, monitor);
                if (waited >= Patience)
                    (drops, waited) = (drops + 1, 0);
            }
            return learningRate * Math.Pow(Multiplier, drops);
        }
    }
}
