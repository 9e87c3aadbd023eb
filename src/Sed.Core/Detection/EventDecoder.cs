using Sed.Core.Annotations;

namespace Sed.Core.Detection;

/// <summary>Turns the frame probabilities of a clip into events.</summary>
public sealed class EventDecoder
{
    private readonly DetectionOptions options;
    private readonly ClassList classes;
    private readonly double framesPerSecond;

    /// <param name="classes">The classes, in the order of the network's outputs.</param>
    /// <param name="hopSeconds">Distance between frames; frame k stands for the time from k to k + 1 hops.</param>
    /// <param name="options">Threshold and steps.</param>
    /// <exception cref="ArgumentException">The options have problems, or the hop is not positive.</exception>
    public EventDecoder(ClassList classes, double hopSeconds, DetectionOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hopSeconds);
        if (options.Problems() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(options));
        this.classes = classes;
        this.options = options;
        // k / 50 is a whole second where it should be, k * 0.02 not always.
        framesPerSecond = 1 / hopSeconds;
    }

    /// <summary>The events of one clip, class by class, in order of their onsets.</summary>
    /// <param name="probabilities">Frame after frame, shape (frames, classes).</param>
    public List<SoundEvent> Decode(ReadOnlySpan<float> probabilities)
    {
        var frames = probabilities.Length / classes.Count;
        List<SoundEvent> events = [];
        var active = new bool[frames];
        var own = new float[frames];
        for (var k = 0; k < classes.Count; k++)
        {
            for (var frame = 0; frame < frames; frame++)
            {
                own[frame] = probabilities[frame * classes.Count + k];
                active[frame] = own[frame] >= options.Threshold;
            }
            foreach (var step in options.Steps)
                step.Apply(active, own, framesPerSecond);
            for (var frame = 0; frame < frames; frame++)
            {
                if (!active[frame])
                    continue;
                var onset = frame;
                while (frame < frames && active[frame])
                    frame++;
                events.Add(new SoundEvent(onset / framesPerSecond, frame / framesPerSecond, classes[k]));
            }
        }
        return events;
    }
}
