using Sed.Core.Networks;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Training;

public sealed partial record TrainingOptions
{
    /// <summary>
    /// Names of the parts of the network whose parameters do not change (<see cref="NetworkParts"/>), for example
    /// "trunk" or "1-convolution". Null (the default): none.
    /// </summary>
    [Key("frozen")]
    public IReadOnlyList<string>? Frozen
    {
        get;
        init => field = value is null or [] ? null : new ValueList<string>(value);
    }

    /// <summary>
    /// Number of epochs after which the frozen parts are trained, too. Null (the default): they stay frozen.
    /// </summary>
    [Key("thawAfter")]
    public int? ThawAfter { get; init; }

    /// <summary>
    /// Layer-wise decay of the learning rate, above 0 and at most 1: each layer with parameters has the learning rate
    /// of the next such layer towards the output, multiplied by this factor. The outputs have the full learning rate,
    /// so the last layer below them has the full rate multiplied by the factor. Default 1: the same learning rate for
    /// all layers.
    /// </summary>
    [Key("layerDecay", OmitWhen = 1.0)]
    public double LayerDecay { get; init; } = 1;

    /// <summary>Returns the parts that are frozen in an epoch; epochs are counted from 1.</summary>
    internal IReadOnlyList<string> FrozenIn(int epoch) => epoch > (ThawAfter ?? int.MaxValue) ? [] : Frozen ?? [];

    /// <summary>
    /// Returns all problems of <see cref="Frozen"/> and <see cref="AugmentsNormalised"/> with a network, for example
    /// frozen parts that the network lacks; empty if there are none.
    /// </summary>
    public IReadOnlyList<Problem> NetworkProblems(NetworkDescription network)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (AugmentsNormalised)
            return [.. SedNetwork.NormalisationProblems(network)];
        if (Frozen is null)
            return [];
        List<Problem> problems = [.. NetworkParts.Problems(network, Frozen)];
        if (problems.Count == 0 && ThawAfter is null && NetworkParts.AreAll(network, Frozen))
            problems.Add(
                Problem.Of(
                    "all parts of the network are frozen, so nothing is learnt",
                    "leave the outputs out of `freeze`, or add `thawAfter 5`"
                )
            );
        return problems;
    }

    private IEnumerable<Problem> FreezingProblems()
    {
        if (ThawAfter is < 1)
            yield return Problem.Of($"`thawAfter` is {ThawAfter} epochs", "give at least one");
        if (ThawAfter is not null && Frozen is null)
            yield return Problem.Of("`thawAfter` has no effect, because nothing is frozen", "add `freeze \"trunk\"`");
        if (!(LayerDecay > 0 && LayerDecay <= 1))
            yield return Problem.Of(
                FormattableString.Invariant($"the layer decay is {LayerDecay:R}"),
                "it must be greater than 0 and at most 1, for example `layerDecay 0.8`"
            );
    }
}
