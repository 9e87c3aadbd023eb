using System.Runtime.InteropServices;
using Sed.Core.Annotations;
using Sed.Core.Detection.Steps;

namespace Sed.Core.Detection;

/// <summary>
/// Turns frame probabilities that come in pieces into the events that <see cref="EventDecoder"/> finds in all of them. What it
/// holds are the frames since each class was last quiet for as long as the steps of decoding reach. One thread at a time.
/// </summary>
public sealed class StreamingDecoder
{
    private readonly double framesPerSecond;
    private readonly Line[] lines;

    /// <param name="classes">The classes, in the order of the network's outputs.</param>
    /// <param name="hopSeconds">Distance between frames.</param>
    /// <param name="options">How probabilities become events.</param>
    /// <exception cref="ArgumentException">
    /// The options have problems or name a class that is not there, or the hop is not positive.
    /// </exception>
    public StreamingDecoder(ClassList classes, double hopSeconds, DetectionOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hopSeconds);
        if (options.Problems(classes) is { Length: > 0 } problems)
            throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(options));
        framesPerSecond = 1 / hopSeconds;
        lines = [.. classes.Select(label => new Line(label, hopSeconds, options))];
    }

    /// <summary>
    /// Time from an event's end until it is told, at most, in seconds, beside that until its frames come; infinite where a step
    /// of decoding looks at the whole recording.
    /// </summary>
    public double DelaySeconds => lines.Max(line => line.Reach) / framesPerSecond;

    /// <summary>The classes whose steps look at the whole recording, each with the first of these steps.</summary>
    internal static IEnumerable<(string Label, DecodingStep Step)> Unending(
        ClassList classes,
        DetectionOptions options
    ) =>
        from label in classes
        let step = options.Of(label).Steps.FirstOrDefault(step => double.IsInfinity(step.ReachSeconds))
        where step is not null
        select (label, step);

    /// <summary>Takes the next frames.</summary>
    /// <param name="probabilities">Frame after frame, shape (frames, classes).</param>
    /// <returns>Events that have ended and that nothing still to come can change, class by class.</returns>
    public List<SoundEvent> Push(ReadOnlySpan<float> probabilities)
    {
        List<SoundEvent> events = [];
        for (var k = 0; k < lines.Length; k++)
            lines[k].Push(probabilities, k, lines.Length, events);
        return events;
    }

    /// <summary>The events that were still open when the recording ended.</summary>
    public List<SoundEvent> Finish()
    {
        List<SoundEvent> events = [];
        foreach (var line in lines)
            line.Decode(events);
        return events;
    }

    /// <summary>One class.</summary>
    private sealed class Line
    {
        private readonly EventDecoder decoder;
        private readonly double quietBelow;
        private readonly double framesPerSecond;
        private readonly List<float> held = [];
        private long start;
        private int quiet;
        private bool isActive;

        public Line(string label, double hopSeconds, DetectionOptions options)
        {
            var own = options.Of(label);
            decoder = new EventDecoder(
                new ClassList([label]),
                hopSeconds,
                new DetectionOptions { Threshold = own.Threshold, Steps = own.Steps }
            );
            framesPerSecond = 1 / hopSeconds;
            quietBelow = own
                .Steps.OfType<DecodingStep.Hysteresis>()
                .Select(step => step.Low)
                .Append(own.Threshold)
                .Min();
            // Each step's frames are rounded up, and a median's window to an odd number.
            Reach =
                1
                + own.Steps.Sum(step =>
                    step.ReachSeconds > 0 ? Math.Ceiling(step.ReachSeconds * framesPerSecond) + 1 : 0
                );
        }

        /// <summary>Quiet frames that part what is before from what is behind them.</summary>
        public double Reach { get; }

        public void Push(ReadOnlySpan<float> probabilities, int k, int classes, List<SoundEvent> events)
        {
            for (var at = k; at < probabilities.Length; at += classes)
            {
                var probability = probabilities[at];
                held.Add(probability);
                isActive |= probability >= quietBelow;
                quiet = probability >= quietBelow ? 0 : quiet + 1;
                if (quiet >= Reach)
                    Decode(events);
            }
        }

        public void Decode(List<SoundEvent> events)
        {
            if (isActive)
                foreach (var sound in decoder.Decode(CollectionsMarshal.AsSpan(held)))
                    events.Add(sound with { Onset = Moved(sound.Onset), Offset = Moved(sound.Offset) });
            start += held.Count;
            held.Clear();
            (quiet, isActive) = (0, false);
        }

        private double Moved(double seconds) => (start + Math.Round(seconds * framesPerSecond)) / framesPerSecond;
    }
}
