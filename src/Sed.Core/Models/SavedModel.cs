using Sed.Core.Annotations;
using Sed.Core.Detection;
using Sed.Core.Features;
using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Runtime;

namespace Sed.Core.Models;

/// <summary>
/// The content of a model file (<see cref="ModelFile"/>): trained networks, definition of the features, decoding options
/// and provenance. Immutable.
/// </summary>
public sealed record SavedModel
{
    /// <summary>Name of the model, for example the name of its row in the results table.</summary>
    public required string Name { get; init; }

    /// <summary>The classes, in the order of the network's outputs.</summary>
    public required ClassList Classes { get; init; }

    /// <summary>Length of the network's input, in seconds.</summary>
    public required double ClipSeconds { get; init; }

    /// <summary>
    /// Number of the audio channel that the networks process, from 1. Null (default): the mean of all channels.
    /// </summary>
    public int? Channel { get; init; }

    /// <summary>Definition of the features that the networks take as input.</summary>
    public required FeatureSource Features { get; init; }

    /// <summary>Architecture of the networks.</summary>
    public required NetworkDescription Network { get; init; }

    /// <summary>The decoding options.</summary>
    public required DetectionOptions Detection { get; init; }

    /// <summary>Name of the training corpus.</summary>
    public required string Corpus { get; init; }

    /// <summary>Hash of the training corpus's manifest.</summary>
    public required string CorpusHash { get; init; }

    /// <summary>
    /// Whether the model was no better than a constant prediction (the same for every clip) by any decision metric when
    /// it was exported. Its detections are then of no use. Default false, also for models without this information.
    /// </summary>
    public bool IsNoBetterThanConstant { get; init; }

    /// <summary>
    /// The rounds of labelling and training that led to this model; the last one is the model's own round. Empty (the
    /// default) if the model was not scored on a test set.
    /// </summary>
    public IReadOnlyList<TrainingRound> Rounds { get; init; } = [];

    /// <summary>The trained networks, at least one. The model's output is the mean of their probabilities.</summary>
    public required IReadOnlyList<ModelMember> Members { get; init; }

    /// <summary>Number of samples per clip.</summary>
    public int ClipSamples => (int)Math.Round(ClipSeconds * Features.SampleRate);

    /// <summary>
    /// Builds the network of a member with its weights, on the CPU and in evaluation mode. The caller owns it.
    /// </summary>
    /// <param name="member">Index of the member.</param>
    /// <exception cref="InvalidDataException">
    /// The weights do not fit the network; the message lists all differences.
    /// </exception>
    public SedNetwork Build(int member)
    {
        Torch.Initialize();
        SedNetwork network = new(Network);
        try
        {
            NetworkWeights.Load(network, Members[member].Weights, Members[member].Name);
            network.eval();
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>All problems that prevent using or saving the model; empty if it is valid.</summary>
    public IReadOnlyList<Problem> Problems()
    {
        var problems = DescriptionProblems();
        if (Members.Count == 0)
            problems.Add(Problem.Of("the model has no members"));
        foreach (var name in Members.CountBy(member => member.Name).Where(name => name.Value > 1))
            problems.Add(new Problem(name.Key, $"{name.Value} members have this name"));
        foreach (var member in Members)
            problems.AddRange(member.Problems(Features));
        return problems;
    }

    /// <summary>The problems in <see cref="Problems"/> except those of the members.</summary>
    internal List<Problem> DescriptionProblems()
    {
        List<Problem> problems = [.. Features.Problems().Select(problem => problem.Within("features"))];
        problems.AddRange(Network.Problems());
        problems.AddRange(Network.Layers.Where(layer => !ModelJson.IsData(layer.GetType())).Select(HasCode));
        problems.AddRange(Detection.Problems(Classes).Select(problem => problem.Within("detection")));
        if (Network.Classes != Classes.Count)
            problems.Add(Problem.Of($"the network has {Network.Classes} classes, but the model lists {Classes.Count}"));
        if (problems.Count == 0)
            problems.AddRange(ClipProblems());
        return problems;
    }

    private static Problem HasCode(Layer layer) =>
        new(
            "network",
            $"the layer {layer} is defined by code in a script, which a model file cannot contain",
            "use built-in layers, or keep the script and the trial folder instead of a model file"
        );

    private IEnumerable<Problem> ClipProblems()
    {
        if (Channel < 1)
            yield return Problem.Of($"the channel is {Channel}", "channels are counted from 1");
        if (!(ClipSeconds > 0 && ClipSeconds * Features.SampleRate <= Array.MaxLength))
            yield return Problem.Of(
                FormattableString.Invariant($"the clip length is {ClipSeconds:R} s"),
                "it must be greater than 0 s and fit in memory"
            );
        else if (Features.FramesOf(ClipSamples) is var frames && frames != Network.Frames)
            yield return Problem.Of(
                FormattableString.Invariant(
                    $"a clip of {ClipSeconds:R} s has {frames} frames, but the network's input has {Network.Frames}"
                )
            );
        if (Features.Bands != Network.Bands)
            yield return Problem.Of(
                $"the features have {Features.Bands} bands, but the network's input has {Network.Bands}"
            );
    }
}

/// <summary>One trained network of a model.</summary>
/// <param name="Name">Unique name, for example "seed 1".</param>
/// <param name="Specification">All settings of its training, one per line.</param>
/// <param name="Scores">Metrics by split and name, with the default decoding (threshold 0.5, no steps).</param>
/// <param name="Statistics">Mean and standard deviation of each band, for standardisation.</param>
/// <param name="Weights">Parameters and buffers by their keys in PyTorch's state dict.</param>
public sealed record ModelMember(
    string Name,
    string Specification,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Scores,
    BandStatistics Statistics,
    IReadOnlyDictionary<string, NumpyArray> Weights
)
{
    internal IEnumerable<Problem> Problems(FeatureSource features)
    {
        var bands = features.Bands;
        if (Statistics.Kind != features.Standardisation)
            yield return new Problem(
                Name,
                $"the standardisation is {Statistics.Kind}, but the features have {features.Standardisation}"
            );
        if (Statistics.Means.Count != bands)
            yield return new Problem(
                Name,
                $"the standardisation has {Statistics.Means.Count} bands, but the features have {bands}"
            );
        if (!FiniteValues.Are([.. Statistics.Means, .. Statistics.Deviations]))
            yield return new Problem(Name, "a band's mean or deviation is not finite");
        foreach (var (name, array) in Weights)
            if (array.Type == NumpyArray.Float32 && !FiniteValues.Are(array.Floats))
                yield return new Problem(Name, $"{name} has values that are not finite");
    }
}
