using System.Text.Json;
using Sed.Core.Features;
using Sed.Core.Features.LogMel;
using Sed.Core.Models;
using Sed.Core.Networks;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Onnx;

/// <summary>
/// Trained networks as ONNX models (operator set 17), for whatever runs these. A model has a batch of any size, the inputs
/// <c>log_mel</c>, (batch, frames, bands), or <c>samples</c>, (batch, samples), and the outputs <c>strong</c>, (batch, frames,
/// classes), and <c>weak</c>, (batch, classes), all float32. A network that learnt from the waveform has the input <c>frames</c>,
/// (batch, frames, samples of a frame), in place of <c>log_mel</c>. Standardisation is in the graph. Several networks become one model
/// that gives the mean of what they give.
/// </summary>
public static class OnnxExport
{
    /// <summary>
    /// A saved model: the mean of its members. Beside the graph it says its name, its classes as a JSON array, the length of a
    /// clip and of a frame of the strong output in seconds, and how its features are computed.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="withFeatures">Whether the graph begins with samples, else with features.</param>
    /// <returns>The content of an .onnx file.</returns>
    /// <exception cref="NotSupportedException">Layers or features have no ONNX form; the message names all of them.</exception>
    public static byte[] Of(SavedModel model, bool withFeatures = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        var features = model.Features;
        Dictionary<string, string> properties = new()
        {
            ["name"] = model.Name,
            ["classes"] = JsonSerializer.Serialize(model.Classes.ToArray()),
            ["clip_seconds"] = FormattableString.Invariant($"{model.ClipSeconds:R}"),
            ["frame_seconds"] = FormattableString.Invariant(
                $"{(double)features.HopSamples / features.SampleRate * model.Network.FrameStride:R}"
            ),
            ["features"] = CanonicalKey.Text(features),
        };
        List<(SedNetwork Network, BandStatistics Standardisation)> networks = [];
        try
        {
            for (var member = 0; member < model.Members.Count; member++)
                networks.Add((model.Build(member), model.Members[member].Statistics));
            return withFeatures
                ? FromSamples(networks, features, model.ClipSamples, properties)
                : FromFeatures(networks, features.OnnxInput, properties);
        }
        finally
        {
            networks.ForEach(pair => pair.Network.Dispose());
        }
    }

    /// <summary>A model from log-mel energies, not standardised, to probabilities.</summary>
    /// <param name="networks">Networks of the same sizes, at least one, each with its standardisation.</param>
    /// <param name="properties">What the model is to say of itself: its classes, for example.</param>
    /// <returns>The content of an .onnx file.</returns>
    /// <exception cref="NotSupportedException">Layers have no ONNX form; the message names all of them.</exception>
    public static byte[] FromLogMel(
        IReadOnlyList<(SedNetwork Network, BandStatistics Standardisation)> networks,
        IReadOnlyDictionary<string, string>? properties = null
    ) => FromFeatures(networks, LogMelOptions.Dcase2017.OnnxInput, properties);

    /// <summary>A model from samples to probabilities, which computes the features (log-mel energies in double precision).</summary>
    /// <param name="networks">Networks of the same sizes, at least one, each with its standardisation.</param>
    /// <param name="features">What the networks were trained on.</param>
    /// <param name="samples">Samples of a clip; they have to give the frames that the networks take.</param>
    /// <param name="properties">What the model is to say of itself: its classes, for example.</param>
    /// <returns>The content of an .onnx file.</returns>
    /// <exception cref="NotSupportedException">Layers have no ONNX form; the message names all of them.</exception>
    /// <exception cref="ArgumentException">So many samples give other frames or bands than the networks take.</exception>
    public static byte[] FromSamples(
        IReadOnlyList<(SedNetwork Network, BandStatistics Standardisation)> networks,
        FeatureSource features,
        int samples,
        IReadOnlyDictionary<string, string>? properties = null
    )
    {
        ArgumentNullException.ThrowIfNull(features);
        var description = Common(networks);
        var (frames, bands) = (features.FramesOf(samples), features.Bands);
        if (frames != description.Frames || bands != description.Bands)
            throw new ArgumentException(
                $"{samples} samples give {frames} frames of {bands} bands, "
                    + $"the network takes {description.Frames} of {description.Bands}.",
                nameof(samples)
            );
        OnnxGraph graph = new();
        var waveforms = graph.Input("samples", samples);
        graph.Say("sample_rate", FormattableString.Invariant($"{features.SampleRate}"));
        return Finish(graph, features.Export(waveforms, samples), networks, properties);
    }

    private static byte[] FromFeatures(
        IReadOnlyList<(SedNetwork Network, BandStatistics Standardisation)> networks,
        string input,
        IReadOnlyDictionary<string, string>? properties
    )
    {
        var description = Common(networks);
        OnnxGraph graph = new();
        var features = graph.Input(input, description.Frames, description.Bands);
        return Finish(graph, features, networks, properties);
    }

    private static NetworkDescription Common(IReadOnlyList<(SedNetwork Network, BandStatistics)> networks)
    {
        ArgumentNullException.ThrowIfNull(networks);
        if (networks.Count == 0)
            throw new ArgumentException("There is no network.", nameof(networks));
        return networks[0].Network.Description;
    }

    private static byte[] Finish(
        OnnxGraph graph,
        OnnxValue features,
        IReadOnlyList<(SedNetwork Network, BandStatistics Standardisation)> networks,
        IReadOnlyDictionary<string, string>? properties
    )
    {
        var outputs = networks.Select(pair => pair.Network.Export(pair.Standardisation.Apply(features))).ToArray();
        graph.Part = "mean";
        var description = networks[0].Network.Description;
        graph.Output("strong", Mean(output => output.Strong), description.OutputFrames, description.Classes);
        graph.Output("weak", Mean(output => output.Weak), description.Classes);
        graph.Say("network", description.Summary());
        foreach (var (name, text) in properties ?? new Dictionary<string, string>())
            graph.Say(name, text);
        return graph.ToBytes();

        OnnxValue Mean(Func<(OnnxValue Strong, OnnxValue Weak), OnnxValue> output)
        {
            var sum = outputs.Select(output).Aggregate((left, right) => left + right);
            return outputs.Length == 1 ? sum : sum.Times(1.0 / outputs.Length);
        }
    }
}
