using Sed.Core.Annotations;

namespace Sed.Core.Detection;

/// <summary>Turns the frame probabilities of a clip into events.</summary>
public sealed class EventDecoder
{
    private readonly ClassDetection[] perClass;
    private readonly ClassList classes;
    private readonly double framesPerSecond;

    /// <param name="classes">The classes, in the order of the network's outputs.</param>
    /// <param name="hopSeconds">Distance between frames; frame k stands for the time from k to k + 1 hops.</param>
    /// <param name="options">Thresholds and steps.</param>
    /// <exception cref="ArgumentException">
    /// The options have problems or name a class that is not there, or the hop is not positive.
    /// </exception>
    public EventDecoder(ClassList classes, double hopSeconds, DetectionOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hopSeconds);
        if (options.Problems(classes) is { Length: > 0 } problems)
            throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(options));
        this.classes = classes;
        perClass = [.. classes.Select(options.Of)];
        // k / 50 is a whole second where it should be, k * 0.02 not always.
        framesPerSecond = 1 / hopSeconds;
    }

    /// <summary>Whether no class has a step, so that scores are probabilities.</summary>
    internal bool IsPlain => perClass.All(own => own.Steps.Count == 0);

    /// <summary>The scores that are held against the thresholds: probabilities after all steps, of one clip.</summary>
    /// <param name="probabilities">Frame after frame, shape (frames, classes).</param>
    /// <returns>In the same shape.</returns>
    public float[] Scores(ReadOnlySpan<float> probabilities)
    {
        var scores = probabilities.ToArray();
        if (IsPlain)
            return scores;
        var own = new float[probabilities.Length / classes.Count];
        for (var k = 0; k < classes.Count; k++)
        {
            if (perClass[k].Steps.Count == 0)
                continue;
            for (var frame = 0; frame < own.Length; frame++)
                own[frame] = scores[frame * classes.Count + k];
            foreach (var step in perClass[k].Steps)
                step.Apply(own, framesPerSecond);
            for (var frame = 0; frame < own.Length; frame++)
                scores[frame * classes.Count + k] = own[frame];
        }
        return scores;
    }

    /// <summary>The events of one clip, class by class, in order of their onsets.</summary>
    /// <param name="probabilities">Frame after frame, shape (frames, classes).</param>
    public List<SoundEvent> Decode(ReadOnlySpan<float> probabilities) => EventsOf(Scores(probabilities));

    /// <summary>The events that scores after all steps give.</summary>
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
