using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Training.Optimization;

/// <summary>How the learning rate changes over the epochs, as data.</summary>
public abstract record Schedule
{
    private Schedule() { }

    /// <summary>A short description, for plans and tables.</summary>
    public abstract string Summary { get; }

    /// <summary>Whether the learning rate depends on the number of epochs, so that training for more epochs is another training.</summary>
    internal virtual bool DependsOnEpochs => false;

    /// <summary>Every reason these settings cannot be used; empty when they can.</summary>
    public virtual IEnumerable<Problem> Problems() => [];

    /// <summary>
    /// The learning rate of an epoch. It is a function of the monitor's values so far, so a checkpoint keeps no state of the
    /// schedule.
    /// </summary>
    /// <param name="learningRate">The optimizer's learning rate.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="epochs">Maximum number of epochs.</param>
    /// <param name="monitors">The monitor after each epoch before this one.</param>
    internal abstract double Rate(double learningRate, int epoch, int epochs, IReadOnlyList<double> monitors);

    /// <inheritdoc/>
    public sealed override string ToString() => Summary;

    /// <summary>The learning rate stays the same.</summary>
    [Key("constant")]
    public sealed record Constant : Schedule
    {
        /// <inheritdoc/>
        public override string Summary => "constant";

        internal override double Rate(double learningRate, int epoch, int epochs, IReadOnlyList<double> monitors) =>
            learningRate;
    }

    /// <summary>
    /// Linear warm-up, then half a cosine that reaches 0 after the last epoch (Loshchilov and Hutter 2017, without restarts).
    /// </summary>
    /// <param name="WarmUpEpochs">Epochs of warm-up, 0 or above. Default 0.</param>
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

    /// <summary>The learning rate is multiplied by a factor whenever the monitor has not improved for some epochs.</summary>
    /// <param name="Multiplier">The factor, between 0 and 1. Default 0.5.</param>
    /// <param name="Patience">Epochs without improvement, at least 1. Default 10.</param>
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
                    "it has to be between 0 and 1"
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
