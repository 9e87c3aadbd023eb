using Sed.Core.Networks;
using static TorchSharp.torch;

namespace Sed.Core.Training.Optimization;

/// <summary>Consecutive parameters with a common learning rate.</summary>
/// <param name="Start">Index of the first value within all parameters.</param>
/// <param name="Length">Number of values.</param>
/// <param name="RateFactor">Multiplies the learning rate.</param>
/// <param name="CanFreeze">Whether the group is frozen for some or all epochs.</param>
internal sealed record ParameterGroup(long Start, long Length, double RateFactor = 1, bool CanFreeze = false)
{
    /// <summary>
    /// Returns the group's part of a tensor that covers all parameters; the tensor itself if the group contains all
    /// parameters.
    /// </summary>
    public Tensor Of(Tensor all) => Length == all.numel() ? all : all.narrow(0, Start, Length);

    /// <summary>
    /// Divides the parameters of a network into groups: frozen parts, and layers with learning rates of their own.
    /// Returns one group if nothing is frozen and all learning rates are equal.
    /// </summary>
    /// <param name="network">A network without frozen parts.</param>
    /// <param name="frozen">Names of the parts that are frozen for some epochs or for all.</param>
    /// <param name="layerDecay">
    /// Each layer with parameters has the learning rate of the next such layer towards the output, multiplied by this
    /// factor. The outputs have the full learning rate.
    /// </param>
    public static IReadOnlyList<ParameterGroup> Of(SedNetwork network, IReadOnlyList<string> frozen, double layerDecay)
    {
        if (frozen.Count == 0 && layerDecay == 1)
            return
            [
                new(
                    0,
                    network.parameters().Where(parameter => parameter.requires_grad).Sum(parameter => parameter.numel())
                ),
            ];
        var layers = NetworkParts.LayersOf(network.Description);
        var selected = NetworkParts.Selected(network.Description, frozen);
        List<ParameterGroup> groups = [];
        long at = 0;
        foreach (var (name, parameter) in network.named_parameters().Where(entry => entry.parameter.requires_grad))
        {
            var part = SedNetwork.PartOf(name).Split('.', 2)[0];
            var below = Enumerable.Range(0, layers.Count).Where(layer => layers[layer] == part).ToArray();
            var factor = below is [var layer] ? Math.Pow(layerDecay, layers.Count - layer) : 1;
            ParameterGroup next = new(at, parameter.numel(), factor, selected.Contains(part));
            if (groups.Count > 0 && groups[^1] is var last && last with { Start = at, Length = next.Length } == next)
                groups[^1] = last with { Length = last.Length + next.Length };
            else
                groups.Add(next);
            at += next.Length;
        }
        return groups;
    }
}
