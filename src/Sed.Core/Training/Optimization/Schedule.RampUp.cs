using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Training.Optimization;

public abstract partial record Schedule
{
    /// <summary>
    /// Exponential ramp-up by step, as in the DESED baselines (DCASE Task 4, 2021 to 2024, ExponentialWarmup): in step
    /// s (from 1) of the S steps of the ramp-up, the learning rate is multiplied by exp(-5 (1 - s / S)^2). Later steps
    /// have the full learning rate. If <paramref name="AnnealAfter"/> is set, the rate falls after this number of
    /// epochs along a quarter of a cosine, to almost 0 in the last step, as in the baseline of 2024.
    /// </summary>
    /// <remarks>
    /// The baselines' code sets the rate after the first step, which therefore has the full rate. Here, the first step is
    /// part of the ramp-up.
    /// </remarks>
    /// <param name="Epochs">Number of epochs of the ramp-up, 0 or above. The baselines use 50.</param>
    /// <param name="AnnealAfter">
    /// Number of epochs after which the rate falls, at least <paramref name="Epochs"/>; the baseline of 2024 uses 100
    /// of its 300 epochs. Null (the default): the rate does not fall.
    /// </param>
    [Key("rampUp")]
    public sealed record RampUp(
        [property: Key("epochs")] int Epochs,
        [property: Key("annealAfter")] int? AnnealAfter = null
    ) : Schedule
    {
        private const double Exponent = -5;
        private const double SmallestRate = 1e-8;

        // The progress in epochs is a quotient. Its rounding error must not move the step at which the rate starts to fall.
        private const double Rounding = 1e-9;

        /// <inheritdoc/>
        public override string Summary =>
            AnnealAfter is { } start
                ? $"ramped up over {Epochs} epochs, annealed after {start}"
                : $"ramped up over {Epochs} epochs";

        internal override bool DependsOnEpochs => AnnealAfter is not null;

        /// <inheritdoc/>
        public override IEnumerable<Problem> Problems()
        {
            if (Epochs < 0)
                yield return Problem.Of(
                    FormattableString.Invariant($"the learning rate's ramp-up lasts {Epochs} epochs"),
                    "give 0 or more"
                );
            if (AnnealAfter < Epochs)
                yield return Problem.Of(
                    FormattableString.Invariant(
                        $"the learning rate falls after {AnnealAfter} epochs, but its ramp-up lasts {Epochs}"
                    ),
                    "give at least as many epochs as for the ramp-up"
                );
        }

        /// <summary>
        /// Computes the factor of a ramp-up: exp(-5 (1 - t)^2), where t is the finished fraction of the ramp-up, at
        /// most 1.
        /// </summary>
        /// <param name="progress">Number of finished epochs, which may be fractional.</param>
        /// <param name="epochs">Number of epochs of the ramp-up; 0: the factor is 1.</param>
        internal static double Factor(double progress, int epochs)
        {
            var missing = epochs == 0 ? 0 : 1 - Math.Min(1, progress / epochs);
            return Math.Exp(Exponent * missing * missing);
        }

        /// <summary>Computes the learning rate of the last step of the epoch.</summary>
        internal override double Rate(double learningRate, int epoch, int epochs, IReadOnlyList<double> monitors) =>
            RateOfStep(learningRate, learningRate, epoch, epochs);

        internal override double RateOfStep(double learningRate, double rate, double progress, int epochs)
        {
            if (AnnealAfter is not { } start || progress < start - Rounding)
                return learningRate * Factor(progress, Epochs);
            var fallen = (progress - start) / Math.Max(1, epochs - start);
            return Math.Max(SmallestRate, learningRate * Math.Cos(Math.PI / 2 * fallen));
        }
    }
}
