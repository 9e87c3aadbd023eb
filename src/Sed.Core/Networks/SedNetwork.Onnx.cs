using System.Globalization;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.Modules;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Onnx.Graph;
using static TorchSharp.torch;

namespace Sed.Core.Networks;

public sealed partial class SedNetwork
{
    /// <summary>Exports the forward pass at inference (<see cref="forward"/>) as ONNX operators.</summary>
    /// <param name="input">Standardised features, shape (batch, frames, bands).</param>
    /// <exception cref="NotSupportedException">
    /// Some layers cannot be exported to ONNX; the message names all of them.
    /// </exception>
    internal (OnnxValue Strong, OnnxValue Weak) Export(OnnxValue input)
    {
        List<string> problems = [];
        var graph = input.Graph;
        var clips = Description.Segments?.Cut(input, Description.Frames, Description.Bands) ?? input;
        var hidden = (parts?.First(clips) ?? clips).Unsqueeze(1); // (batch, 1, frames, bands)
        foreach (var (name, module) in layers.named_children())
        {
            graph.Part = name;
            Try(
                () =>
                    hidden =
                        module is FusionModule && parts is not null
                            ? Fused(hidden)
                            : hidden.Through((nn.Module<Tensor, Tensor>)module),
                () =>
                    int.Parse(name.Split('-')[0], CultureInfo.InvariantCulture) is var number
                    && number <= Description.Layers.Count
                        ? $"layer {number} ({Description.Layers[number - 1]})"
                        : name
            );
        }
        graph.Part = "strong";
        var probabilities = hidden.Through(strong).Sigmoid();
        var (frames, pooled) = Description.Strong?.Export(probabilities, Description) ?? (probabilities, probabilities);
        graph.Part = "weak";
        var tags = frames;
        Try(
            () =>
                tags = weak is IOnnxOutput output
                    ? output.Export(hidden, pooled)
                    : throw new NotSupportedException("it cannot be exported to ONNX"),
            () => $"weak output ({Description.Weak})"
        );
        if (Description.Strong is { } limits)
            tags = limits.Limited(tags);
        if (problems.Count > 0)
            throw new NotSupportedException(string.Join(Environment.NewLine, problems));
        return Description.Segments?.Join(frames, tags, Description) ?? (frames, tags);

        OnnxValue Fused(OnnxValue before)
        {
            var (_, shape, _) = Description.Steps().First(step => step.Layer is Layer.Fusion);
            var joined = parts!.Join(before, clips, fusionStride, shape.Frames, Description.Input.Frames);
            return Description.Layers[0] is Layer.Fusion ? joined.Unsqueeze(1) : joined;
        }

        void Try(Action export, Func<string> what)
        {
            try
            {
                export();
            }
            catch (NotSupportedException problem)
            {
                problems.Add($"network, {what()}: {problem.Message}");
            }
        }
    }
}
