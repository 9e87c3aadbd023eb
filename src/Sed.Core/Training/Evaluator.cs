using Sed.Core.Annotations;
using Sed.Core.Detection;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Segments;
using Sed.Core.Metrics.Tags;
using Sed.Core.Networks;
using static TorchSharp.torch;

namespace Sed.Core.Training;

/// <summary>Runs a network over a split, turns its probabilities into events and tags, and scores them.</summary>
public sealed class Evaluator
{
    private readonly ClipSet clips;
    private readonly DetectionOptions options;
    private readonly EventDecoder decoder;

    /// <param name="clips">
    /// Clips with weak labels. Where all of them have reference events too, events are scored; where any has none (for example
    /// in a split carved from weakly labelled clips), the strong scores are undefined.
    /// </param>
    /// <param name="hopSeconds">Distance between frames.</param>
    /// <param name="options">How probabilities become events and tags.</param>
    public Evaluator(ClipSet clips, double hopSeconds, DetectionOptions options)
    {
        this.clips = clips;
        this.options = options;
        decoder = new EventDecoder(clips.Classes, hopSeconds, options);
    }

    /// <summary>Detects and scores with a network, which is left in evaluation mode.</summary>
    /// <param name="network">A network for these clips, on <paramref name="device"/>.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="batchSize">Clips per step.</param>
    public Evaluation Evaluate(SedNetwork network, Device device, int batchSize)
    {
        var decoded = new List<IReadOnlyList<SoundEvent>>(clips.Count);
        var tags = new bool[clips.Count * clips.Classes.Count];
        foreach (var (clip, strong, weak) in ClipProbabilities.Of(network, clips, device, batchSize))
        {
            decoded.Add(decoder.Decode(strong));
            Tag(tags.AsSpan(clip * clips.Classes.Count, clips.Classes.Count), decoded[^1], weak);
        }
        var events = EventList.Of(clips.Names.Zip(decoded));
        Scores scores = new(
            Tagging.Count(clips.Classes, clips.Tags, tags),
            clips.Events is { } reference ? SegmentBased.Count(EventPairs.Of(clips.Classes, reference, events)) : null
        );
        return new Evaluation(scores, events, TagList.Of(clips.Names.Zip(Labels(tags))));
    }

    private IEnumerable<IReadOnlyCollection<string>> Labels(bool[] tags) =>
        tags.Chunk(clips.Classes.Count).Select(clip => clips.Classes.Where((_, k) => clip[k]).ToArray());

    private void Tag(Span<bool> tags, IReadOnlyList<SoundEvent> events, float[] weak)
    {
        if (options.Tags == TagSource.Events)
            foreach (var sound in events)
                tags[clips.Classes.IndexOf(sound.Label)] = true;
        else
            for (var k = 0; k < tags.Length; k++)
                tags[k] = weak[k] >= options.Threshold;
    }
}
