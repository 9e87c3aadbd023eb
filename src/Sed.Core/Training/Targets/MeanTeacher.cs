using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Training.Targets;

/// <summary>
/// Mean teacher (Tarvainen and Valpola 2017, arXiv 1703.01780): a second network whose parameters are a running average of the
/// trained one's. A consistency loss draws the trained network's outputs towards the teacher's, on unlabelled clips too. The
/// teacher is scored and kept. In sound event detection: JiaKai 2018 and the baselines of DESED.
/// </summary>
public sealed record MeanTeacher
{
    /// <summary>Decay of the running average, from 0 to below 1. Default 0.999; step t uses at most 1 - 1 / (t + 1).</summary>
    [Key("decay")]
    public double Decay { get; init; } = 0.999;

    /// <summary>Final weight of the consistency loss: the mean squared differences of both outputs. Above 0. Default 2.</summary>
    [Key("consistency")]
    public double Consistency { get; init; } = 2;

    /// <summary>Epochs over which that weight rises as exp(-5 (1 - t)^2), t from 0 to 1; 0 uses it from the start. Default 50.</summary>
    [Key("rampUpEpochs")]
    public int RampUpEpochs { get; init; } = 50;

    /// <summary>A short description, for plans and tables.</summary>
    public string Summary =>
        FormattableString.Invariant(
            $"mean teacher with decay {Decay:R}, consistency {Consistency:R} after {RampUpEpochs} epochs"
        );

    /// <summary>Every reason these settings cannot be used; empty when they can.</summary>
    public IEnumerable<Problem> Problems()
    {
        if (!(Decay >= 0 && Decay < 1))
            yield return Problem.Of(
                FormattableString.Invariant($"the mean teacher's decay is {Decay:R}"),
                "it has to be from 0 to below 1"
            );
        if (!(Consistency > 0 && double.IsFinite(Consistency)))
            yield return Problem.Of(
                FormattableString.Invariant($"the consistency loss has the weight {Consistency:R}"),
                "it has to be above 0"
            );
        if (RampUpEpochs < 0)
            yield return Problem.Of(
                $"the consistency loss's ramp-up lasts {RampUpEpochs} epochs",
                "give 0 or more; 0 uses the final weight from the start"
            );
    }

    /// <summary>The weight of the consistency loss after a number of epochs, which need not be whole.</summary>
    internal double WeightAfter(double epochs)
    {
        var missing = RampUpEpochs == 0 ? 0 : 1 - Math.Min(1, epochs / RampUpEpochs);
        return Consistency * Math.Exp(-5 * missing * missing);
    }

    /// <summary>The decay of a step. It is small at first, so that the average soon forgets the untrained network.</summary>
    internal double DecayAt(long step) => Math.Min(Decay, 1 - 1.0 / (step + 1));
}
