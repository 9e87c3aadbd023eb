using Sed.Core.Runtime.Keys;

namespace Sed.Core.Training.Targets;

/// <summary>
/// A second network, the teacher, whose parameters are the running average of those of the one that is trained, and to whose
/// outputs the trained one's are drawn, on clips without labels too (Tarvainen and Valpola 2017, arXiv 1703.01780; in sound
/// event detection JiaKai 2018 and the baselines of DESED). The teacher is scored and kept.
/// </summary>
public sealed record MeanTeacher
{
    /// <summary>Share of the past in the average, from 0 to below 1. Default 0.999; at first no more than 1 - 1 / (steps + 1).</summary>
    [Key("average")]
    public double Average { get; init; } = 0.999;

    /// <summary>Weight of the consistency, the mean squared differences of both outputs, once it has risen. Default 2.</summary>
    [Key("consistency")]
    public double Consistency { get; init; } = 2;

    /// <summary>Epochs over which that weight rises as exp(-5 (1 - t)^2), t from 0 to 1; 0: it is there at once. Default 50.</summary>
    [Key("rampUpEpochs")]
    public int RampUpEpochs { get; init; } = 50;

    /// <summary>The mean teacher in a few words; equal ones have the same.</summary>
    public string Summary =>
        FormattableString.Invariant(
            $"mean teacher of {Average:R} of the past, consistency {Consistency:R} after {RampUpEpochs} epochs"
        );

    /// <summary>Every reason why it cannot be used, with its remedy; empty when it can.</summary>
    public IEnumerable<string> Problems()
    {
        if (!(Average >= 0 && Average < 1))
            yield return FormattableString.Invariant(
                $"the mean teacher has {Average:R} of the past; it is a share from 0 to below 1"
            );
        if (!(Consistency > 0 && double.IsFinite(Consistency)))
            yield return FormattableString.Invariant($"the consistency weighs {Consistency:R}; it has to be above 0");
        if (RampUpEpochs < 0)
            yield return $"the consistency rises over {RampUpEpochs} epochs; 0 is at once";
    }

    /// <summary>The weight of the consistency after so many epochs, parts of them included.</summary>
    internal double WeightAfter(double epochs)
    {
        var missing = RampUpEpochs == 0 ? 0 : 1 - Math.Min(1, epochs / RampUpEpochs);
        return Consistency * Math.Exp(-5 * missing * missing);
    }

    /// <summary>Share of the past in the average after so many steps: the first networks are not worth remembering.</summary>
    internal double PastAfter(long steps) => Math.Min(Average, 1 - 1.0 / (steps + 1));
}
