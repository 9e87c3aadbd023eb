using System.Globalization;
using Sed.Core.Networks.Layers;
using Sed.Core.Runtime;

namespace Sed.Core.Networks;

/// <summary>
/// Names of the parts of a network: each layer, for example "3-convolution"; all layers of one kind, for example
/// "convolution"; "trunk", which is all layers; and the outputs "strong" and "weak".
/// </summary>
public static class NetworkParts
{
    private const string Trunk = "trunk";
    private const string Strong = "strong";
    private const string Weak = "weak";

    /// <summary>Names of the layers with parameters and of all custom layers, from input to output.</summary>
    public static IReadOnlyList<string> LayersOf(NetworkDescription network)
    {
        ArgumentNullException.ThrowIfNull(network);
        // A custom layer is always included: counting its parameters would require building its module.
        return
        [
            .. Steps(network)
                .Where(step => step.Layer is Layer.Custom || step.Layer.Parameters(step.Input) > 0)
                .Select(step => step.Name),
        ];
    }

    /// <summary>
    /// Returns a problem for each name that denotes neither an output nor any layer of <see cref="LayersOf"/>; nothing
    /// if there is no such name.
    /// </summary>
    public static IEnumerable<Problem> Problems(NetworkDescription network, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var layers = LayersOf(network);
        string[] all = [.. layers, .. layers.Select(KindOf).Distinct(), Trunk, Strong, Weak];
        foreach (var name in names.Where(name => Selected(network, [name]).Count == 0))
            yield return Problem.Of(
                $"the network has no part '{name}' with parameters",
                (Spelling.Nearest(name, all) is { } near ? $"the nearest name is {near}; " : "")
                    + $"parts are {string.Join(", ", [.. layers, Trunk, Strong, Weak])}"
            );
    }

    /// <summary>Whether the named parts contain all layers and outputs with parameters.</summary>
    public static bool AreAll(NetworkDescription network, IReadOnlyList<string> names)
    {
        var selected = Selected(network, names);
        return selected.Contains(Strong)
            && (selected.Contains(Weak) || network.Weak.Parameters(network.Hidden, network.Classes) == 0)
            && LayersOf(network).All(selected.Contains);
    }

    /// <summary>
    /// Replaces the names of parts by the names of the single layers (<see cref="LayersOf"/>) and outputs that the
    /// parts consist of.
    /// </summary>
    internal static IReadOnlyCollection<string> Selected(NetworkDescription network, IReadOnlyList<string> names)
    {
        HashSet<string> selected = new(StringComparer.Ordinal);
        foreach (var name in names)
            selected.UnionWith(
                name is Strong or Weak
                    ? [name]
                    : LayersOf(network).Where(layer => name == Trunk || name == layer || name == KindOf(layer))
            );
        return selected;
    }

    private static IEnumerable<(string Name, Layer Layer, Shape Input)> Steps(NetworkDescription network) =>
        network
            .Steps()
            .Select(
                (step, index) =>
                    (
                        string.Create(CultureInfo.InvariantCulture, $"{index + 1}-{step.Layer.ModuleName}"),
                        step.Layer,
                        step.Input
                    )
            );

    private static string KindOf(string layer) => layer[(layer.IndexOf('-', StringComparison.Ordinal) + 1)..];
}
