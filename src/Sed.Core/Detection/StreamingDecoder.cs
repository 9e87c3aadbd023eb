using System.Runtime.InteropServices;
using Sed.Core.Annotations;
using Sed.Core.Detection.Steps;

namespace Sed.Core.Detection;

/// <summary>
/// Turns frame probabilities that come in pieces into the events that <see cref="EventDecoder"/> finds in all of them. What it
/// holds are the frames that the steps of decoding look back at, or all where one looks at the whole recording. One thread at
/// a time.
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
        lines = [.. classes.Select(label => new Line(label, framesPerSecond, options.Of(label)))];
    }

    /// <summary>
    /// Time from an event's end until it is told, at most, in seconds, beside that until its frames come; infinite where a step
    /// of decoding looks at the whole recording. By hysteresis an event has ended when scores that follow it closely, and reach
    /// the lower threshold, no longer can belong to it.
    /// </summary>
    public double DelaySeconds => (1 + lines.Max(line => line.Reach)) / framesPerSecond;

    /// <summary>The classes whose steps look at the whole recording, each with the first of these steps.</summary>
    internal static IEnumerable<(string Label, DecodingStep Step)> WholeRecordingSteps(
        ClassList classes,
        DetectionOptions options
    ) =>
        from label in classes
        let step = options.Of(label).Steps.FirstOrDefault(IsUnending)
        where step is not null
        select (label, step);

    private static bool IsUnending(DecodingStep step) => double.IsInfinity(step.Stream(1, 0.5).Reach);

    /// <summary>Takes the next frames.</summary>
    /// <param name="probabilities">Frame after frame, shape (frames, classes).</param>
    /// <returns>Events that have ended and that nothing still to come can change, class by class.</returns>
    public List<SoundEvent> Push(ReadOnlySpan<float> probabilities) => Push(probabilities, isLast: false);

    /// <summary>The events that were still open, or not told, when the recording ended.</summary>
    public List<SoundEvent> Finish() => Push([], isLast: true);

    private List<SoundEvent> Push(ReadOnlySpan<float> probabilities, bool isLast)
    {
        List<SoundEvent> events = [];
        var own = new float[probabilities.Length / lines.Length];
        for (var k = 0; k < lines.Length; k++)
        {
            for (var frame = 0; frame < own.Length; frame++)
                own[frame] = probabilities[frame * lines.Length + k];
            lines[k].Push(own, isLast, events);
        }
        return events;
    }

    /// <summary>One class.</summary>
    private sealed class Line
    {
        private readonly string label;
        private readonly double framesPerSecond;
        private readonly double threshold;
        private readonly StepStream[] steps;
        private long frames; // with scores after all steps
        private long onset = -1;

        public Line(string label, double framesPerSecond, ClassDetection own)
        {
            this.label = label;
            this.framesPerSecond = framesPerSecond;
            threshold = own.Threshold;
            steps = [.. own.Steps.Select(step => step.Stream(framesPerSecond, threshold))];
            Reach = steps.Sum(step => step.Reach);
            // Change points look at more of a score than whether it reaches the threshold.
            if (double.IsInfinity(Reach))
                steps = [.. own.Steps.Select(step => new StepStream.Whole(step, framesPerSecond))];
        }

        /// <summary>Frames behind one that can change what is decided about it.</summary>
        public double Reach { get; }

        public void Push(ReadOnlySpan<float> scores, bool isLast, List<SoundEvent> events)
        {
            foreach (var step in steps)
            {
                List<float> made = [];
                step.Push(scores, isLast, made);
                scores = CollectionsMarshal.AsSpan(made);
            }
            foreach (var score in scores)
            {
                var isActive = score >= threshold;
                if (isActive && onset < 0)
                    onset = frames;
                else if (!isActive && onset >= 0)
                    End(events);
                frames++;
            }
            if (isLast && onset >= 0)
                End(events);
        }

        private void End(List<SoundEvent> events)
        {
            events.Add(new SoundEvent(onset / framesPerSecond, frames / framesPerSecond, label));
            onset = -1;
        }
    }
}
