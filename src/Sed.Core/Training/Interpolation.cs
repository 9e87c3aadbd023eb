using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Training;

/// <summary>
/// Interpolation consistency training (Verma et al. 2019, arXiv 1903.03825): the student's output for a mixture of two
/// clips is compared with the mixture of the teacher's outputs for the two clips. The clips have the same kind of
/// labels. One weight per batch is drawn from Beta(alpha, alpha).
/// </summary>
/// <param name="Alpha">Parameter of the beta distribution, above 0. Zheng et al. (2021) use 2.</param>
/// <param name="IsAdded">
/// Whether this loss is added, with the same weight, to the consistency loss of the unmixed clips, as in sound event
/// detection (Zheng et al. 2021). Default false: it replaces the consistency loss of the unmixed clips.
/// </param>
public sealed record Interpolation(
    [property: Key("alpha")] double Alpha,
    [property: Key("isAdded")] bool IsAdded = false
)
{
    /// <summary>A short description, for plans and tables.</summary>
    public string Summary =>
        FormattableString.Invariant(
            $"{(IsAdded ? "interpolation in addition" : "interpolation")} with Beta({Alpha:R}, {Alpha:R})"
        );

    /// <summary>All problems of these settings; empty if they are valid.</summary>
    public IEnumerable<Problem> Problems()
    {
        if (!(Alpha > 0 && double.IsFinite(Alpha)))
            yield return Problem.Of(
                FormattableString.Invariant($"the parameter of the interpolation is {Alpha:R}"),
                "it must be greater than 0"
            );
    }
}
