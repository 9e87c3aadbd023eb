using Sed.Core.Detection;
using Sed.Core.Networks;
using Sed.Core.Runtime;
using Sed.Core.Scoring;
using Sed.Core.Training.Clips;
using static TorchSharp.torch;

namespace Sed.Core.Training;

/// <summary>Runs a network over a set of clips and scores its output against the reference labels.</summary>
public sealed class Evaluator
{
    private readonly ClipSet clips;
    private readonly double hopSeconds;
    private readonly DetectionOptions options;

    /// <param name="clips">
    /// Clips with weak labels. Event metrics are defined only if every clip also has strong labels.
    /// </param>
    /// <param name="hopSeconds">
    /// Hop of the features, in seconds. A network that pools over time has a longer output hop.
    /// </param>
    /// <param name="options">Decoding of probabilities into events and tags.</param>
    public Evaluator(ClipSet clips, double hopSeconds, DetectionOptions options)
    {
        this.clips = clips;
        this.hopSeconds = hopSeconds;
        this.options = options;
    }

    /// <summary>Runs the network on every clip and decodes its output. Leaves the network in evaluation mode.</summary>
    /// <param name="network">A network with the clips' bands, frames and classes, on <paramref name="device"/>.</param>
    /// <param name="device">Device of the forward pass.</param>
    /// <param name="batchSize">Number of clips per forward pass.</param>
    /// <exception cref="TrainingException">An output is not finite; the message names the clip.</exception>
    public ScoredClips Evaluate(SedNetwork network, Device device, int batchSize)
    {
        var strong = new List<float[]>(clips.Count);
        var weak = new List<float[]>(clips.Count);
        foreach (var outputs in ClipProbabilities.Of(network, clips, device, batchSize))
        {
            if (!FiniteValues.Are(outputs.Strong) || !FiniteValues.Are(outputs.Weak))
                throw new TrainingException(
                    $"The network's outputs for the clip {clips.Names[outputs.Clip]} are not finite: the training has diverged. "
                        + "Lower the learning rate or limit the gradients (clipGradients)."
                );
            strong.Add(outputs.Strong);
            weak.Add(outputs.Weak);
        }
        var scores = ClipScores.OfLengths(
            clips.Names,
            [.. strong.Select(values => values.Length / clips.Classes.Count)],
            hopSeconds * network.Description.FrameStride,
            [.. strong.SelectMany(values => values)],
            [.. weak.SelectMany(values => values)]
        );
        return new ScoredClips(clips.Truth, scores, options);
    }
}
