using Sed.Core.Annotations;

namespace Sed.Core.Detection;

/// <summary>Turns the frame probabilities of a clip into events.</summary>
public sealed class EventDecoder
{
    private readonly DetectionOptions options;
    private readonly ClassList classes;
    private readonly double framesPerSecond;
    private readonly int medianFrames;

    /// <param name="classes">The classes, in the order of the network's outputs.</param>
    /// <param name="hopSeconds">Distance between frames; frame k stands for the time from k to k + 1 hops.</param>
    /// <param name="options">Threshold and smoothing.</param>
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
        medianFrames = (int)Math.Round(options.MedianSeconds / hopSeconds) | 1; // odd, so that it has a middle
    }

    /// <summary>The events of one clip, class by class, in order of their onsets.</summary>
    /// <param name="probabilities">Frame after frame, shape (frames, classes).</param>
    public List<SoundEvent> Decode(ReadOnlySpan<float> probabilities)
    {
        var frames = probabilities.Length / classes.Count;
        List<SoundEvent> events = [];
        Span<bool> active = new bool[frames];
        for (var k = 0; k < classes.Count; k++)
        {
            for (var frame = 0; frame < frames; frame++)
                active[frame] = probabilities[frame * classes.Count + k] >= options.Threshold;
            if (medianFrames > 1)
                active = Median(active);
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

    /// <summary>Whether most frames of the window around each frame are active; outside the clip none are.</summary>
    private bool[] Median(ReadOnlySpan<bool> active)
    {
        var smooth = new bool[active.Length];
        var reach = medianFrames / 2;
        var count = 0;
        for (var ahead = 0; ahead < Math.Min(reach, active.Length); ahead++)
            count += active[ahead] ? 1 : 0;
        for (var frame = 0; frame < active.Length; frame++)
        {
            if (frame + reach < active.Length && active[frame + reach])
                count++;
            if (frame - reach - 1 >= 0 && active[frame - reach - 1])
                count--;
            smooth[frame] = count > reach;
        }
        return smooth;
    }
}
