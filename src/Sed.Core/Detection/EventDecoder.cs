using Sed.Core.Annotations;

namespace Sed.Core.Detection;

/// <summary>Decodes the frame probabilities of a clip into events.</summary>
public sealed class EventDecoder
{
    private readonly ClassDetection[] perClass;
    private readonly ClassList classes;
    private readonly double framesPerSecond;

    /// <param name="classes">The classes, in the order of the network's outputs.</param>
    /// <param name="hopSeconds">Distance between frames, in seconds. Frame k covers the time from k to k + 1 hops.</param>
    /// <param name="options">Thresholds and decoding steps.</param>
    /// <exception cref="ArgumentException">The options have problems, or the hop is not positive.</exception>
    public EventDecoder(ClassList classes, double hopSeconds, DetectionOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hopSeconds);
        options.ThrowIfUnusable(classes);
        this.classes = classes;
        perClass = [.. classes.Select(options.Of)];
        // Division by 50 gives exact whole seconds, multiplication by 0.02 does not.
        framesPerSecond = 1 / hopSeconds;
    }

    /// <summary>Whether no class has a decoding step, so that scores equal probabilities.</summary>
    internal bool HasNoSteps => perClass.All(ofClass => ofClass.Steps.Count == 0);

    /// <summary>Applies the decoding steps. The thresholds apply to the scores that it returns.</summary>
    /// <param name="probabilities">Frame probabilities of one clip, shape (frames, classes).</param>
    /// <returns>Scores in the same shape.</returns>
    public float[] Scores(ReadOnlySpan<float> probabilities)
    {
        var scores = probabilities.ToArray();
        if (HasNoSteps)
            return scores;
        var ofClass = new float[probabilities.Length / classes.Count];
        for (var k = 0; k < classes.Count; k++)
        {
            if (perClass[k].Steps.Count == 0)
                continue;
            for (var frame = 0; frame < ofClass.Length; frame++)
                ofClass[frame] = scores[frame * classes.Count + k];
            foreach (var step in perClass[k].Steps)
                step.Apply(ofClass, framesPerSecond);
            for (var frame = 0; frame < ofClass.Length; frame++)
                scores[frame * classes.Count + k] = ofClass[frame];
        }
        return scores;
    }

    /// <summary>The events of one clip, ordered by class, then by onset.</summary>
    /// <param name="probabilities">Frame probabilities, shape (frames, classes).</param>
    public List<SoundEvent> Decode(ReadOnlySpan<float> probabilities) => EventsOf(Scores(probabilities));

    /// <summary>Thresholds the scores of <see cref="Scores"/>.</summary>
    internal List<SoundEvent> EventsOf(ReadOnlySpan<float> scores)
    {
        var frames = scores.Length / classes.Count;
        List<SoundEvent> events = [];
        for (var k = 0; k < classes.Count; k++)
        {
            var threshold = perClass[k].Threshold;
            for (var frame = 0; frame < frames; frame++)
            {
                if (!(scores[frame * classes.Count + k] >= threshold))
                    continue;
                var onset = frame;
                while (frame < frames && scores[frame * classes.Count + k] >= threshold)
                    frame++;
                events.Add(new SoundEvent(onset / framesPerSecond, frame / framesPerSecond, classes[k]));
            }
        }
        return events;
    }
}
