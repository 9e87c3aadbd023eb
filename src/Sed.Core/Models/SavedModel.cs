using Sed.Core.Annotations;
using Sed.Core.Detection;
using Sed.Core.Features;
using Sed.Core.Networks;
using Sed.Core.Runtime;

namespace Sed.Core.Models;

/// <summary>
/// A trained network with all that it takes to use it and to know where it comes from, as data: what a model file holds
/// (<see cref="ModelFile"/>). Immutable.
/// </summary>
public sealed record SavedModel
{
    /// <summary>What it is called, for example the row of the table that it comes from.</summary>
    public required string Name { get; init; }

    /// <summary>The classes, in the order of the network's outputs.</summary>
    public required ClassList Classes { get; init; }

    /// <summary>Length of the clips that the network takes, in seconds.</summary>
    public required double ClipSeconds { get; init; }

    /// <summary>How sound becomes what the network takes.</summary>
    public required FeatureSource Features { get; init; }

    /// <summary>The network.</summary>
    public required NetworkDescription Network { get; init; }

    /// <summary>How probabilities become events and tags.</summary>
    public required DetectionOptions Detection { get; init; }

    /// <summary>What the corpus is called that it was trained on.</summary>
    public required string Corpus { get; init; }

    /// <summary>Hash of that corpus's manifest.</summary>
    public required string CorpusHash { get; init; }

    /// <summary>Trainings of the network, at least one. Where there are several, the mean of their probabilities counts.</summary>
    public required IReadOnlyList<ModelMember> Members { get; init; }

    /// <summary>Samples of a clip.</summary>
    public int ClipSamples => (int)Math.Round(ClipSeconds * Features.SampleRate);

    /// <summary>The network of a member, its weights read, on the CPU and in evaluation mode. The caller owns it.</summary>
    /// <param name="member">Position among the members.</param>
    /// <exception cref="InvalidDataException">The weights are others than the network's; all that differ are named.</exception>
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

    /// <summary>Every reason why this can be no model, in reading order; empty when it can be one.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = PaperProblems();
        if (Members.Count == 0)
            problems.Add("there is no member with weights");
        foreach (var name in Members.CountBy(member => member.Name).Where(name => name.Value > 1))
            problems.Add($"{name.Value} members are called {name.Key}");
        foreach (var member in Members)
            problems.AddRange(member.Problems(Features.Bands).Select(problem => $"{member.Name}: {problem}"));
        return problems;
    }

    /// <summary>The same of all but the members.</summary>
    internal List<string> PaperProblems()
    {
        List<string> problems = [.. Features.Problems().Select(problem => $"{problem.Within("features")}")];
        problems.AddRange(Network.Problems().Select(problem => problem.ToString()));
        problems.AddRange(Network.Layers.Where(layer => !ModelJson.IsData(layer.GetType())).Select(WithCode));
        problems.AddRange(Detection.Problems(Classes).Select(problem => $"detection: {problem}"));
        if (Network.Classes != Classes.Count)
            problems.Add($"the network has {Network.Classes} classes, the list {Classes.Count}");
        if (problems.Count == 0)
            problems.AddRange(ClipProblems());
        return problems;
    }

    private static string WithCode(Networks.Layers.Layer layer) =>
        $"the layer {layer} is code of a script, which a model file cannot carry; "
        + "build the network from the layers of the language, or keep the script and its trial's folder";

    private IEnumerable<string> ClipProblems()
    {
        if (!(ClipSeconds > 0 && ClipSeconds * Features.SampleRate <= Array.MaxLength))
            yield return FormattableString.Invariant($"a clip lasts {ClipSeconds:R} s");
        else if (Features.FramesOf(ClipSamples) is var frames && frames != Network.Frames)
            yield return FormattableString.Invariant(
                $"a clip of {ClipSeconds:R} s has {frames} frames, but the network takes {Network.Frames}"
            );
        if (Features.Bands != Network.Bands)
            yield return $"the features have {Features.Bands} bands, but the network takes {Network.Bands}";
    }
}

/// <summary>One training of a model's network.</summary>
/// <param name="Name">What tells it from the others, for example "seed 1".</param>
/// <param name="Specification">Everything that decided the training, line by line.</param>
/// <param name="Scores">Metrics by their names, split by split, with the usual decisions (threshold 0.5, no smoothing).</param>
/// <param name="Statistics">What the features are standardised with.</param>
/// <param name="Weights">Parameters and buffers by PyTorch's names.</param>
public sealed record ModelMember(
    string Name,
    string Specification,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Scores,
    BandStatistics Statistics,
    IReadOnlyDictionary<string, NumpyArray> Weights
)
{
    internal IEnumerable<string> Problems(int bands)
    {
        if (Statistics.Means.Count != bands)
            yield return $"{Statistics.Means.Count} bands are standardised instead of {bands}";
        if (Statistics.Means.Concat(Statistics.Deviations).Any(value => !float.IsFinite(value)))
            yield return "a mean or deviation of a band is no number";
        foreach (var (name, array) in Weights)
            if (
                array.Type == NumpyArray.Float32
                && array.Floats.ContainsAnyExceptInRange(float.MinValue, float.MaxValue)
            )
                yield return $"{name} holds what is no number";
    }
}
