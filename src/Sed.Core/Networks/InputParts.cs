using Sed.Core.Networks.Layers;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Networks;

/// <summary>A feature source of a network's input. Its values are consecutive bands of each frame.</summary>
/// <param name="Name">Name of the source.</param>
/// <param name="Bands">Number of bands.</param>
public sealed record InputPart([property: Key("name")] string Name, [property: Key("bands")] int Bands);

/// <summary>
/// The parts of the input of a network with a fusion: the first feature source, which the layers before the fusion process,
/// and the other sources, which the fusion concatenates with the output of these layers.
/// </summary>
internal sealed class InputParts
{
    private readonly (int Start, int Count) first;
    private readonly (int Start, int Count)[] others;

    private InputParts((int, int) first, (int, int)[] others) => (this.first, this.others) = (first, others);

    /// <summary>
    /// Returns the parts of the input of a network. Returns null if the network has no fusion, or if the input lacks a
    /// source of the fusion; all layers then process the whole input.
    /// </summary>
    public static InputParts? Of(NetworkDescription description)
    {
        if (description.Layers.OfType<Layer.Fusion>().FirstOrDefault() is not { } fusion)
            return null;
        Dictionary<string, (int, int)> parts = [];
        var start = 0;
        foreach (var part in description.Parts ?? [])
        {
            parts.TryAdd(part.Name, (start, part.Bands));
            start += part.Bands;
        }
        return parts.ContainsKey(fusion.First) && fusion.Others.All(parts.ContainsKey)
            ? new(parts[fusion.First], [.. fusion.Others.Select(name => parts[name])])
            : null;
    }

    /// <summary>Number of bands of the first feature source, which the layers before the fusion process.</summary>
    public int FirstBands => first.Count;

    /// <summary>Total number of bands of all feature sources except the first.</summary>
    public int OtherBands => others.Sum(part => part.Count);

    /// <summary>
    /// The first feature source's part of the network's input, shape (batch, frames, bands of this source).
    /// </summary>
    public Tensor First(Tensor input)
    {
        using var scope = NewDisposeScope();
        return input.narrow(2, first.Start, first.Count).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Concatenates the output of the layers before the fusion with all feature sources except the first.
    /// </summary>
    /// <param name="hidden">Output of the layers before the fusion, shape (batch, frames, width).</param>
    /// <param name="input">The network's input, shape (batch, input frames, bands).</param>
    /// <param name="stride">Number of input frames per frame of <paramref name="hidden"/>.</param>
    public Tensor Join(Tensor hidden, Tensor input, double stride)
    {
        using var scope = NewDisposeScope();
        var all = cat([.. others.Select(part => input.narrow(2, part.Start, part.Count))], 2);
        return FusionModule.Join(hidden, all, stride).MoveToOuterDisposeScope();
    }

    /// <inheritdoc cref="First(Tensor)"/>
    public OnnxValue First(OnnxValue input) => input.Slice(2, first.Start, first.Start + first.Count);

    /// <inheritdoc cref="Join(Tensor, Tensor, double)"/>
    /// <param name="frames">Number of frames of <paramref name="hidden"/>.</param>
    /// <param name="given">Number of input frames.</param>
    public OnnxValue Join(OnnxValue hidden, OnnxValue input, double stride, int frames, int given)
    {
        OnnxValue[] slices = [.. others.Select(part => input.Slice(2, part.Start, part.Start + part.Count))];
        var all = slices.Length == 1 ? slices[0] : OnnxValue.Concatenate(2, slices);
        return FusionModule.Join(hidden, all, stride, frames, given, OtherBands);
    }

    /// <summary>
    /// Every reason why the feature sources of a network cannot be fused; empty if they can, or if the network has no
    /// fusion.
    /// </summary>
    public static IEnumerable<Problem> Problems(NetworkDescription description)
    {
        Layer.Fusion[] fusions = [.. description.Layers.OfType<Layer.Fusion>()];
        string[] names = [.. (description.Parts ?? []).Select(part => part.Name)];
        if (fusions.Length > 1)
            yield return Problem.Of(
                $"there are {fusions.Length} `fuse` layers",
                "use one with all sources, for example `fuse \"mel\" [ \"a\"; \"b\" ]`"
            );
        foreach (var fusion in fusions)
        {
            string[] used = [fusion.First, .. fusion.Others];
            if (names.Length == 0)
                yield return Problem.Of(
                    $"{fusion} needs several feature sources, but there is one",
                    "give several named sources, for example `features [ named \"mel\" (logMel { bands 64 }); named \"mn\" (encoder \"mn.onnx\" { output \"embedding\" }) ]`"
                );
            else
                foreach (var name in used.Except(names))
                    yield return Problem.Of(
                        $"there is no feature source '{name}'",
                        $"use {string.Join(" or ", names)}"
                    );
            foreach (var (name, _) in used.CountBy(name => name).Where(name => name.Value > 1))
                yield return Problem.Of($"{fusion} names '{name}' twice", "name each source once");
            if (names.Length > 0 && names.Except(used).ToArray() is { Length: > 0 } unused)
                yield return Problem.Of(
                    $"{fusion} leaves out the feature source {string.Join(", ", unused)}",
                    "fuse all sources of `features`, or remove those that are not fused from `features`"
                );
        }
    }
}
