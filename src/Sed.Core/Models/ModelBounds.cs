using System.Text.Json;

namespace Sed.Core.Models;

/// <summary>
/// What is believed of numbers in a file before anything is computed from them or made as large as they say. Whatever a
/// network that somebody trained may need lies well within.
/// </summary>
internal static class ModelBounds
{
    private const double LargestNumber = 1e7;
    private const double LargestOfLayer = 1 << 15; // four of them multiplied still fit 64 bits
    private const int MostLayers = 1000;
    private const long MostOperations = 1L << 40; // multiply-accumulates of a clip
    private const long MostValues = 1L << 27; // of a clip in a layer, of a clip's samples, of filters

    /// <summary>Refuses numbers beyond all bounds, and null, which no member may be.</summary>
    public static void Require(JsonElement paper)
    {
        foreach (var (element, place, bound) in Within(paper, "", LargestNumber))
        {
            if (element.ValueKind == JsonValueKind.Null)
                throw new InvalidDataException($"its{place} is null");
            if (element.ValueKind == JsonValueKind.Number && !(Math.Abs(element.GetDouble()) <= bound))
                throw new InvalidDataException(
                    FormattableString.Invariant($"its{place} is {element.GetDouble()}, more than {bound}")
                );
        }
    }

    /// <summary>Refuses what would take more memory or time than a network does, or has more weights than the file has bytes.</summary>
    public static void Require(ModelPaper paper, long fileBytes)
    {
        var model = paper.With([]);
        if (paper.Network.Layers.Count > MostLayers)
            throw new InvalidDataException($"its network has {paper.Network.Layers.Count} layers");
        if (model.Features.KeptValues > MostValues || model.ClipSeconds * model.Features.SampleRate > MostValues)
            throw new InvalidDataException("its features are larger than any that are used");
        if (model.PaperProblems() is { Count: > 0 } problems)
            throw new InvalidDataException(string.Join("; ", problems));
        long parameters = 0;
        foreach (var (layer, finds, leaves) in paper.Network.Steps())
        {
            parameters += layer.Parameters(finds);
            var values = (double)leaves.Frames * leaves.Width;
            if (values is < 1 or > MostValues || layer.MultiplyAccumulates(finds) is < 0 or > MostOperations)
                throw new InvalidDataException($"its layer {layer} is larger than any that is used");
            RequireRoom(parameters);
        }
        RequireRoom(paper.Network.Parameters);

        void RequireRoom(long all)
        {
            if (all < 0 || all > fileBytes / sizeof(float) / Math.Max(1, paper.Members.Count))
                throw new InvalidDataException($"its network has {all} parameters, for which the file is too short");
        }
    }

    private static IEnumerable<(JsonElement Element, string Place, double Bound)> Within(
        JsonElement element,
        string place,
        double bound
    ) =>
        element.ValueKind switch
        {
            JsonValueKind.Object => element
                .EnumerateObject()
                .SelectMany(part => Within(part.Value, $"{place} {part.Name}", Bound(part.Name, bound))),
            JsonValueKind.Array => element.EnumerateArray().SelectMany(part => Within(part, place, bound)),
            _ => [(element, place, bound)],
        };

    private static double Bound(string name, double outside) =>
        name switch
        {
            "layers" => LargestOfLayer,
            "scores" => double.MaxValue,
            _ => outside,
        };
}
