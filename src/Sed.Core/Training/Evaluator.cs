using Sed.Core.Detection;
using Sed.Core.Networks;
using Sed.Core.Scoring;
using Sed.Core.Training.Clips;
using static TorchSharp.torch;

namespace Sed.Core.Training;

/// <summary>Runs a network over a set of clips and holds what it says against what is true.</summary>
public sealed class Evaluator
{
    private readonly ClipSet clips;
    private readonly double hopSeconds;
    private readonly DetectionOptions options;

    /// <param name="clips">
    /// Clips with weak labels. Where all of them have reference events too, events are scored; where any has none (for example
    /// in a split carved from weakly labelled clips), metrics of events are undefined.
    /// </param>
    /// <param name="hopSeconds">Distance between frames of the features; networks that pool over time say less often what they hear.</param>
    /// <param name="options">How probabilities become events and tags.</param>
    public Evaluator(ClipSet clips, double hopSeconds, DetectionOptions options)
    {
        this.clips = clips;
        this.hopSeconds = hopSeconds;
        this.options = options;
    }

    /// <summary>Asks a network, which is left in evaluation mode, about every clip, and decides.</summary>
    /// <param name="network">A network for these clips, on <paramref name="device"/>.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="batchSize">Clips per step.</param>
    public ScoredClips Evaluate(SedNetwork network, Device device, int batchSize)
    {
        var strong = new List<float[]>(clips.Count);
        var weak = new List<float[]>(clips.Count);
        foreach (var said in ClipProbabilities.Of(network, clips, device, batchSize))
        {
            strong.Add(said.Strong);
            weak.Add(said.Weak);
        }
        var frames = strong[0].Length / clips.Classes.Count;
        ClipScores scores = new(
            clips.Names,
            frames,
            hopSeconds * network.Description.FrameStride,
            [.. strong.SelectMany(values => values)],
            [.. weak.SelectMany(values => values)]
        );
        return new ScoredClips(clips.Truth, scores, options);
    }
}
