using System.Text.Json.Nodes;
using Sed.Core.Features;
using Sed.Core.Features.Combined;
using Sed.Core.Features.Encoders;
using Sed.Core.Models;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using TorchSharp;

namespace Sed.Core.Labelling.Embeddings;

/// <summary>
/// The definition of the vectors by which stretches of recordings are compared. All vectors are scaled to length 1.
/// <list type="bullet">
/// <item>For an encoder, or a model with an encoder: the mean of the encoder's vectors in the stretch. Models that are
/// trained with the same encoder share these vectors.</item>
/// <item>For any other model: the mean output of the layer before the strong output in the model's first network. The
/// network processes each stretch separately.</item>
/// </list>
/// </summary>
public sealed class EmbeddingSource
{
    private readonly string? modelContent; // SHA-256 of the model file

    private EmbeddingSource(
        FeatureSource features,
        (int First, int Count) bands,
        int? channel,
        SedModel? model,
        string? modelContent
    )
    {
        (Features, Bands, Channel, Model, this.modelContent) = (features, bands, channel, model, modelContent);
        IsHidden = model is not null && bands.Count == 0;
        Width = IsHidden ? model!.Saved.Network.Hidden.Width : bands.Count;
    }

    /// <summary>
    /// Defines the vector of a stretch as the mean of an encoder's vectors, or of other features, over the stretch.
    /// </summary>
    /// <param name="features">The encoder or other source of features.</param>
    /// <exception cref="ArgumentException">The source has problems; the message lists all of them.</exception>
    public static EmbeddingSource OfEncoder(FeatureSource features)
    {
        ArgumentNullException.ThrowIfNull(features);
        return features.Problems() is { Count: > 0 } problems
            ? throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(features))
            : new EmbeddingSource(features, (0, features.Bands), null, null, null);
    }

    /// <summary>
    /// Defines vectors by a model. They are means of the vectors of the model's encoder or, if the model has no
    /// encoder, means of the outputs of a layer of its network.
    /// </summary>
    /// <param name="model">The model. It must not be disposed before the last use of the result.</param>
    /// <param name="path">
    /// Path of the model file. A hash of its content identifies the stores of the scores and of vectors from the
    /// network.
    /// </param>
    /// <exception cref="IOException">The model file cannot be read.</exception>
    public static EmbeddingSource OfModel(SedModel model, string path)
    {
        ArgumentNullException.ThrowIfNull(model);
        var features = model.Saved.Features;
        return new EmbeddingSource(
            features,
            EncoderBands(features),
            model.Saved.Channel,
            model,
            FeatureFile.HashOf(File.ReadAllBytes(path))
        );
    }

    /// <summary>Number of values per vector.</summary>
    public int Width { get; }

    /// <summary>The model; null if the vectors are defined without a model.</summary>
    public SedModel? Model { get; }

    /// <summary>
    /// Whether the vectors are from a layer of the model's network; false if they are means of features.
    /// </summary>
    public bool IsHidden { get; }

    /// <summary>A short description, for example "vectors of mn04.onnx".</summary>
    public string Title =>
        IsHidden ? $"the layer before the output of the model \"{OneLine.Of(Model!.Saved.Name)}\"" : Features.Title;

    /// <summary>The features from which the vectors are computed.</summary>
    internal FeatureSource Features { get; }

    /// <summary>The channel of the recordings that is used, from 1; null for the mean of all channels.</summary>
    internal int? Channel { get; }

    /// <summary>
    /// The range of the feature bands that are averaged; empty if the vectors are from a layer of the network.
    /// </summary>
    internal (int First, int Count) Bands { get; }

    /// <summary>All that the vectors depend on, except the recordings and the length of stretches.</summary>
    internal JsonObject VectorKey()
    {
        JsonObject key = new() { ["content"] = "mean vectors", ["channel"] = Channel };
        if (IsHidden)
            key["model"] = modelContent;
        else
        {
            key["features"] = CanonicalKey.Node(Features.WithStandardisation(Standardisation.TrainingSet));
            key["first"] = Bands.First;
            if (Features.ProviderOn(torch.CPU) is { } provider)
                key["provider"] = provider;
        }
        return key;
    }

    /// <summary>All that the class scores depend on, except the recordings and the length of stretches.</summary>
    internal JsonObject ScoreKey() => new() { ["content"] = "class scores", ["model"] = modelContent };

    /// <summary>
    /// The range of the bands of the first encoder among the features; empty if the features contain no encoder.
    /// </summary>
    private static (int First, int Count) EncoderBands(FeatureSource features)
    {
        if (features is Encoder)
            return (0, features.Bands);
        var first = 0;
        foreach (var part in (features as CombinedFeatures)?.Parts ?? [])
        {
            if (part.Source is Encoder)
                return (first, part.Source.Bands);
            first += part.Source.Bands;
        }
        return (0, 0);
    }
}
