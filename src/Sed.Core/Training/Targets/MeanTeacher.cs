using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using Sed.Core.Training.Optimization;

namespace Sed.Core.Training.Targets;

/// <summary>
/// Mean teacher (Tarvainen and Valpola 2017, arXiv 1703.01780). The teacher's parameters are an exponential moving
/// average of the student's. A consistency loss pulls the student's outputs towards the teacher's outputs, also on
/// unlabelled clips. The teacher, not the student, is evaluated and saved. JiaKai (2018) and the DESED baselines use it
/// for sound event detection.
/// </summary>
public sealed record MeanTeacher
{
    /// <summary>
    /// Decay of the moving average, from 0 to below 1. Default 0.999. In step t, the decay is limited to 1 - 1 / (t +
    /// 1).
    /// </summary>
    [Key("decay")]
    public double Decay { get; init; } = 0.999;

    /// <summary>
    /// Final weight of the consistency loss, above 0. Default 2. The loss is the mean over the strong outputs plus the mean
    /// over the weak outputs (<see cref="TrainingOptions.Consistency"/>).
    /// </summary>
    [Key("consistency")]
    public double Consistency { get; init; } = 2;

    /// <summary>
    /// Epochs over which the consistency weight ramps up as exp(-5 (1 - t)^2), t from 0 to 1. Default 50; 0 uses the
    /// final weight from the start.
    /// </summary>
    [Key("rampUpEpochs")]
    public int RampUpEpochs { get; init; } = 50;

    /// <summary>A short description, for plans and tables.</summary>
    public string Summary =>
        FormattableString.Invariant(
            $"mean teacher with decay {Decay:R}, consistency {Consistency:R} after {RampUpEpochs} epochs"
        );

    /// <summary>All problems of these settings; empty if they are valid.</summary>
    public IEnumerable<Problem> Problems()
    {
        if (!(Decay >= 0 && Decay < 1))
            yield return Problem.Of(
                FormattableString.Invariant($"the mean teacher's decay is {Decay:R}"),
                "it must be at least 0 and less than 1"
            );
        if (!(Consistency > 0 && double.IsFinite(Consistency)))
            yield return Problem.Of(
                FormattableString.Invariant($"the weight of the consistency loss is {Consistency:R}"),
                "it must be greater than 0"
            );
        if (RampUpEpochs < 0)
            yield return Problem.Of(
                FormattableString.Invariant($"the consistency loss's ramp-up lasts {RampUpEpochs} epochs"),
                "give 0 or more; 0 uses the final weight from the start"
            );
    }

    /// <summary>
    /// Computes the weight of the consistency loss after a number of epochs, which may be fractional.
    /// </summary>
    internal double WeightAfter(double epochs) => Consistency * Schedule.RampUp.Factor(epochs, RampUpEpochs);

    /// <summary>
    /// Computes the decay at a step. Early steps use a small decay, so that the initial weights do not dominate the
    /// average.
    /// </summary>
    internal double DecayAt(long step) => Math.Min(Decay, 1 - 1.0 / (step + 1));
}
