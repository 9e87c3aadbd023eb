using System.Text.Json;
using Sed.Core.Features;
using Sed.Core.Features.LogMel;
using Sed.Core.Models;
using Sed.Core.Networks;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Onnx;

/// <summary>
/// Exports trained networks as ONNX models (operator set 17, or the operator set of an encoder if it is newer). The
/// input is either <c>samples</c>, shape (batch, samples), or the features before standardisation, shape (batch,
/// frames, bands). The name of the feature input depends on the kind of features: <c>log_mel</c>, <c>vectors</c> (an
/// encoder), <c>features</c> (combined features) or <c>frames</c> (waveforms, with the samples of a frame as bands).
/// The outputs are <c>strong</c>, shape (batch, frames, classes), and <c>weak</c>, shape (batch, classes). All are
/// float32; the batch can have any size. Several networks are exported as one model whose output is the mean of their
/// probabilities.
/// </summary>
public static class OnnxExport
{
    /// <summary>
    /// Exports a saved model; its output is the mean of the outputs of the model's members. The metadata contains the
    /// model's name, the classes (a JSON array), the clip length and the hop of the strong output in seconds, and the
    /// canonical key of the features.
    /// </summary>
    /// <param name="model">Model to export.</param>
    /// <param name="withFeatures">
    /// Whether the input is samples, from which the graph computes the features. Default false: the input is the
    /// features.
    /// </param>
    /// <returns>The content of an .onnx file.</returns>
    /// <exception cref="NotSupportedException">
    /// Some layers or features have no ONNX equivalent; the message lists all of them.
    /// </exception>
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

    /// <summary>
    /// Returns the version of the ONNX operator set that the model exported by <see cref="Of"/> uses.
    /// </summary>
    /// <inheritdoc cref="Of" path="/param"/>
    /// <exception cref="NotSupportedException">The features have no ONNX equivalent.</exception>
    public static int OperatorSet(SavedModel model, bool withFeatures = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        return withFeatures ? SetOf(model.Features) : OnnxGraph.DefaultOperatorSet;
    }

    /// <summary>Exports networks whose input is log-mel energies before standardisation.</summary>
    /// <param name="networks">
    /// At least one network with its standardisation; all have the same input and output shapes.
    /// </param>
    /// <param name="properties">Entries of the model's metadata, for example the classes.</param>
    /// <returns>The content of an .onnx file.</returns>
    /// <exception cref="NotSupportedException">
    /// Some layers have no ONNX equivalent; the message lists all of them.
    /// </exception>
    public static byte[] FromLogMel(
        IReadOnlyList<(SedNetwork Network, BandStatistics Standardisation)> networks,
        IReadOnlyDictionary<string, string>? properties = null
    ) => FromFeatures(networks, LogMelOptions.Dcase2017.OnnxInput, properties);

    /// <summary>Exports networks whose input is samples, from which the graph computes the features.</summary>
    /// <param name="networks">
    /// At least one network with its standardisation; all have the same input and output shapes.
    /// </param>
    /// <param name="features">Definition of the features on which the networks were trained.</param>
    /// <param name="samples">Number of samples per clip.</param>
    /// <param name="properties">Entries of the model's metadata, for example the classes.</param>
    /// <returns>The content of an .onnx file.</returns>
    /// <exception cref="NotSupportedException">
    /// Some layers or features have no ONNX equivalent; the message lists all of them.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// The features of a clip of this length differ from the networks' input in the number of frames or bands.
    /// </exception>
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
                    + $"but the network's input has {description.Frames} frames of {description.Bands} bands.",
                nameof(samples)
            );
        OnnxGraph graph = new() { OperatorSet = SetOf(features) };
        var waveforms = graph.Input("samples", samples);
        graph.SetMetadata("sample_rate", FormattableString.Invariant($"{features.SampleRate}"));
        return Finish(graph, features.Export(waveforms, samples), networks, properties);
    }

    private static int SetOf(FeatureSource features) => features.OnnxOperatorSet ?? OnnxGraph.DefaultOperatorSet;

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
            throw new ArgumentException("There must be at least one network.", nameof(networks));
        return networks[0].Network.Description;
    }

    private static byte[] Finish(
        OnnxGraph graph,
        OnnxValue features,
        IReadOnlyList<(SedNetwork Network, BandStatistics Standardisation)> networks,
        IReadOnlyDictionary<string, string>? properties
    )
    {
        var description = networks[0].Network.Description;
        var outputs = networks
            .Select(pair => pair.Network.Export(pair.Standardisation.Apply(features, description.Frames)))
            .ToArray();
        graph.Part = "mean";
        graph.Output("strong", Mean(output => output.Strong), description.OutputFrames, description.Classes);
        graph.Output("weak", Mean(output => output.Weak), description.Classes);
        graph.SetMetadata("network", description.Summary());
        foreach (var (name, text) in properties ?? new Dictionary<string, string>())
            graph.SetMetadata(name, text);
        return graph.ToBytes();

        OnnxValue Mean(Func<(OnnxValue Strong, OnnxValue Weak), OnnxValue> output)
        {
            var sum = outputs.Select(output).Aggregate((left, right) => left + right);
            return outputs.Length == 1 ? sum : sum.Times(1.0 / outputs.Length);
        }
    }
}
