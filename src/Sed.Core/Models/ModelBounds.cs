using System.Text.Json;

namespace Sed.Core.Models;

/// <summary>
/// Upper bounds for the numbers in a model file, far above the values in any real model. The numbers are checked before
/// any computation or allocation that depends on them.
/// </summary>
internal static class ModelBounds
{
    private const double LargestNumber = 1e7;
    private const double LargestOfLayer = 1 << 15; // a product of four fits in 64 bits
    private const int MostLayers = 1000;
    private const long MostOperations = 1L << 40; // multiply-accumulates per clip
    private const long MostValues = 1L << 27; // activations of a layer, samples, or filter weights, per clip

    /// <summary>Throws if the description contains null or a number above its bound.</summary>
    public static void Require(JsonElement description)
    {
        foreach (var (element, path, bound) in Numbers(description, "", LargestNumber))
        {
            if (element.ValueKind == JsonValueKind.Null)
                throw new InvalidDataException($"in its model.json, {path} is null");
            if (element.ValueKind == JsonValueKind.Number && !(Math.Abs(element.GetDouble()) <= bound))
                throw new InvalidDataException(
                    FormattableString.Invariant(
                        $"in its model.json, {path} is {element.GetDouble()}, but the maximum is {bound}"
                    )
                );
        }
    }

    /// <summary>Throws if the model needs excessive memory or time, or has more weights than fit in the file.</summary>
    public static void Require(ModelDescription description, long fileBytes)
    {
        var model = description.With([]);
        if (description.Network.Layers.Count > MostLayers)
            throw new InvalidDataException(
                $"its network has {description.Network.Layers.Count} layers, more than {MostLayers}"
            );
        if (model.Features.KeptValues > MostValues || model.ClipSeconds * model.Features.SampleRate > MostValues)
            throw new InvalidDataException("its features exceed the size limits");
        if (model.DescriptionProblems() is { Count: > 0 } problems)
            throw new InvalidDataException(string.Join("; ", problems));
        long parameters = 0;
        foreach (var (layer, input, output) in description.Network.Steps())
        {
            parameters += layer.Parameters(input);
            var values = (double)output.Frames * output.Width;
            if (values is < 1 or > MostValues || layer.MultiplyAccumulates(input) is < 0 or > MostOperations)
                throw new InvalidDataException($"its layer {layer} exceeds the size limits");
            RequireRoom(parameters);
        }
        RequireRoom(description.Network.Parameters);

        void RequireRoom(long all)
        {
            if (all < 0 || all > fileBytes / sizeof(float) / Math.Max(1, description.Members.Count))
                throw new InvalidDataException($"its network has {all} parameters, but the file is too short for them");
        }
    }

    private static IEnumerable<(JsonElement Element, string Path, double Bound)> Numbers(
        JsonElement element,
        string path,
        double bound
    ) =>
        element.ValueKind switch
        {
            JsonValueKind.Object => element
                .EnumerateObject()
                .SelectMany(part =>
                    Numbers(part.Value, path == "" ? part.Name : $"{path}.{part.Name}", Bound(part.Name, bound))
                ),
            JsonValueKind.Array => element.EnumerateArray().SelectMany(part => Numbers(part, path, bound)),
            _ => [(element, path, bound)],
        };

    private static double Bound(string name, double outer) =>
        name switch
        {
            "layers" => LargestOfLayer,
            "scores" => double.MaxValue,
            _ => outer,
        };
}
