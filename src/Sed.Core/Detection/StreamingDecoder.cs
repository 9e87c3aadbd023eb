using System.Runtime.InteropServices;
using Sed.Core.Annotations;
using Sed.Core.Detection.Calibrations;
using Sed.Core.Detection.Steps;

namespace Sed.Core.Detection;

/// <summary>
/// Decodes frame probabilities that arrive in pieces. The events are the same as from <see cref="EventDecoder"/> for
/// the whole recording. The decoder keeps only frames that the decoding steps still need; if a step needs the whole
/// recording, it keeps all frames. The events of classes with a gate (<see cref="ClassDetection.Gate"/>) are returned
/// at the end of the recording, when its weak output is known. Not thread-safe.
/// </summary>
public sealed class StreamingDecoder
{
    private readonly double framesPerSecond;
    private readonly ClassDetection[] perClass;
    private readonly Calibrator calibrator;
    private readonly ClassDecoder[] decoders;
    private readonly List<SoundEvent>?[] held; // events of the classes with a gate; null for other classes

    /// <param name="classes">The classes, in the order of the network's outputs.</param>
    /// <param name="hopSeconds">Distance between frames, in seconds.</param>
    /// <param name="options">Thresholds and decoding steps.</param>
    /// <exception cref="ArgumentException">The options have problems, or the hop is not positive.</exception>
    public StreamingDecoder(ClassList classes, double hopSeconds, DetectionOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hopSeconds);
        options.ThrowIfUnusable(classes);
        framesPerSecond = 1 / hopSeconds;
        perClass = [.. classes.Select(options.Of)];
        calibrator = new Calibrator(classes, options.Calibration);
        decoders = [.. classes.Select((label, k) => new ClassDecoder(label, framesPerSecond, perClass[k]))];
        held = [.. perClass.Select(ofClass => ofClass.Gate is null ? null : new List<SoundEvent>())];
    }

    /// <summary>
    /// Maximum delay from the arrival of an event's last frame to the detection of the event, in seconds. Infinite if a
    /// decoding step or a gate needs the whole recording. With hysteresis, an event ends when the score falls below the
    /// lower threshold.
    /// </summary>
    public double DelaySeconds =>
        Array.Exists(held, events => events is not null)
            ? double.PositiveInfinity
            : (1 + decoders.Max(decoder => decoder.LookaheadFrames)) / framesPerSecond;

    /// <summary>
    /// The classes with a step or gate that needs the whole recording, each with a description of the first such step or,
    /// if there is none, of the gate.
    /// </summary>
    internal static IEnumerable<(string Label, string Step)> WholeRecordingSteps(
        ClassList classes,
        DetectionOptions options
    ) =>
        from label in classes
        let ofClass = options.Of(label)
        let step = ofClass.Steps.FirstOrDefault(NeedsWholeRecording)?.Summary
            ?? (ofClass.Gate is { } gate ? FormattableString.Invariant($"gate {gate:0.###} on the weak output") : null)
        where step is not null
        select (label, step);

    private static bool NeedsWholeRecording(DecodingStep step) =>
        double.IsInfinity(step.Stream(framesPerSecond: 1, threshold: 0.5).LookaheadFrames);

    /// <summary>Decodes the next frames.</summary>
    /// <param name="probabilities">Frame probabilities, shape (frames, classes).</param>
    /// <returns>The events that have ended and cannot be changed by later frames, ordered by class.</returns>
    public List<SoundEvent> Push(ReadOnlySpan<float> probabilities) => Push(probabilities, isLast: false, weak: []);

    /// <summary>Ends the recording.</summary>
    /// <param name="weak">
    /// Weak output of the recording, one probability per class. Required if a class has a gate
    /// (<see cref="ClassDetection.Gate"/>).
    /// </param>
    /// <returns>The remaining events, ordered by class.</returns>
    /// <exception cref="ArgumentException">A class has a gate, but there is no weak output.</exception>
    public List<SoundEvent> Finish(ReadOnlySpan<float> weak = default)
    {
        EventDecoder.RequireWeakOutput(perClass, weak);
        return Push([], isLast: true, weak);
    }

    private List<SoundEvent> Push(ReadOnlySpan<float> probabilities, bool isLast, ReadOnlySpan<float> weak)
    {
        List<SoundEvent> events = [];
        probabilities = calibrator.Frames(probabilities);
        weak = calibrator.Weak(weak);
        var ofClass = new float[probabilities.Length / decoders.Length];
        for (var k = 0; k < decoders.Length; k++)
        {
            for (var frame = 0; frame < ofClass.Length; frame++)
                ofClass[frame] = probabilities[frame * decoders.Length + k];
            decoders[k].Push(ofClass, isLast, held[k] ?? events);
            if (isLast && held[k] is { } waiting && !perClass[k].IsClosed(weak[k]))
                events.AddRange(waiting);
        }
        return events;
    }

    private sealed class ClassDecoder
    {
        private readonly string label;
        private readonly double framesPerSecond;
        private readonly double threshold;
        private readonly StepStream[] steps;
        private readonly DecodingStep.ChangePoints? boxing;
        private readonly List<float> whole = []; // scores of the recording, for boxes
        private long frames; // frames that have passed all steps
        private long onset = -1; // of the open event; -1 if there is none

        public ClassDecoder(string label, double framesPerSecond, ClassDetection options)
        {
            this.label = label;
            this.framesPerSecond = framesPerSecond;
            threshold = options.Threshold;
            boxing = options.Boxing;
            LookaheadFrames = options.Steps.Sum(step => step.Stream(framesPerSecond, threshold).LookaheadFrames);
            // The streaming form of a step preserves decisions at the threshold, not scores. Change points need the
            // scores.
            steps =
            [
                .. options.FrameSteps.Select(step =>
                    double.IsInfinity(LookaheadFrames)
                        ? new StepStream.WholeRecording(step, framesPerSecond)
                        : step.Stream(framesPerSecond, threshold)
                ),
            ];
        }

        /// <summary>Number of later frames that can change the decision on a frame.</summary>
        public double LookaheadFrames { get; }

        public void Push(ReadOnlySpan<float> scores, bool isLast, List<SoundEvent> events)
        {
            foreach (var step in steps)
            {
                List<float> output = [];
                step.Push(scores, isLast, output);
                scores = CollectionsMarshal.AsSpan(output);
            }
            if (boxing is not null)
            {
                whole.AddRange(scores);
                if (isLast)
                    events.AddRange(
                        EventDecoder.EventsOf(
                            boxing.Boxes(CollectionsMarshal.AsSpan(whole), framesPerSecond),
                            threshold,
                            label
                        )
                    );
                return;
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
