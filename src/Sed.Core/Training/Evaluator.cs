using Sed.Core.Annotations;
using Sed.Core.Detection;
using Sed.Core.Metrics;
using Sed.Core.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Training;

/// <summary>Runs a network over a split, turns its probabilities into events and tags, and scores them.</summary>
public sealed class Evaluator
{
    private readonly ClipSet clips;
    private readonly DetectionOptions options;
    private readonly EventDecoder decoder;
    private readonly IReadOnlyList<SoundEvent>[]? reference; // null where the events of any clip are unknown

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
        IReadOnlyList<SoundEvent>[] known = [.. clips.Events.OfType<IReadOnlyList<SoundEvent>>()];
        reference = known.Length == clips.Count ? known : null;
    }

    /// <summary>Detects and scores with a network, which is left in evaluation mode.</summary>
    /// <param name="network">A network for these clips, on <paramref name="device"/>.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="batchSize">Clips per step.</param>
    public Evaluation Evaluate(SedNetwork network, Device device, int batchSize)
    {
        network.eval();
        using var noGradients = no_grad();
        var events = new List<IReadOnlyList<SoundEvent>>(clips.Count);
        var tags = new bool[clips.Count * clips.Classes.Count];
        int[] all = [.. Enumerable.Range(0, clips.Count)];
        foreach (var batch in clips.Batches(all, batchSize, device))
        {
            using var step = NewDisposeScope();
            var output = network.call(batch.Features());
            var strong = output.Strong.cpu().contiguous();
            var weak = output.Weak.cpu().contiguous();
            for (var i = 0; i < batch.Clips.Length; i++)
            {
                events.Add(decoder.Decode(strong[i].data<float>().ToArray()));
                Tag(tags.AsSpan(batch.Clips[i] * clips.Classes.Count, clips.Classes.Count), events[^1], weak[i]);
            }
        }
        Scores scores = new(
            Tagging.Count(clips.Classes, clips.Tags, tags),
            reference is null ? null : SegmentBased.Count(EventPairs.Of(clips.Classes, reference, events))
        );
        return new Evaluation(scores, EventList.Of(clips.Names.Zip(events)), TagList.Of(clips.Names.Zip(Labels(tags))));
    }

    private IEnumerable<IReadOnlyCollection<string>> Labels(bool[] tags) =>
        tags.Chunk(clips.Classes.Count).Select(clip => clips.Classes.Where((_, k) => clip[k]).ToArray());

    private void Tag(Span<bool> tags, IReadOnlyList<SoundEvent> events, Tensor weak)
    {
        if (options.Tags == TagSource.Events)
            foreach (var sound in events)
                tags[clips.Classes.IndexOf(sound.Label)] = true;
        else
            for (var k = 0; k < tags.Length; k++)
                tags[k] = weak[k].item<float>() >= options.Threshold;
    }
}
