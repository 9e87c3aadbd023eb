using Sed.Core.Annotations;
using Sed.Core.Detection.Calibrations;
using Sed.Core.Detection.Steps;

namespace Sed.Core.Detection;

/// <summary>Decodes the frame probabilities of a clip into events.</summary>
public sealed class EventDecoder
{
    private readonly ClassDetection[] perClass;
    private readonly Calibrator calibrator;
    private readonly ClassList classes;
    private readonly double hopSeconds;
    private readonly double framesPerSecond;

    /// <param name="classes">The classes, in the order of the network's outputs.</param>
    /// <param name="hopSeconds">
    /// Distance between frames, in seconds. Frame k covers the time from k to k + 1 hops.
    /// </param>
    /// <param name="options">Thresholds and decoding steps.</param>
    /// <exception cref="ArgumentException">The options have problems, or the hop is not positive.</exception>
    public EventDecoder(ClassList classes, double hopSeconds, DetectionOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hopSeconds);
        options.ThrowIfUnusable(classes);
        this.classes = classes;
        this.hopSeconds = hopSeconds;
        perClass = [.. classes.Select(options.Of)];
        calibrator = new Calibrator(classes, options.Calibration);
        // Division by 50 gives exact whole seconds; multiplication by 0.02 does not.
        framesPerSecond = 1 / hopSeconds;
    }

    /// <summary>
    /// True if no class has a decoding step or a gate, so that the scores equal the calibrated probabilities.
    /// </summary>
    internal bool HasNoSteps => perClass.All(ofClass => ofClass.Steps.Count == 0 && ofClass.Gate is null);

    /// <summary>Whether any class is decoded into boxes (change points).</summary>
    internal bool HasBoxes => perClass.Any(ofClass => ofClass.Boxing is not null);

    /// <summary>Applies the calibration and the decoding steps, on the grid of frames.</summary>
    /// <param name="probabilities">Frame probabilities of one clip, shape (frames, classes).</param>
    /// <param name="weak">
    /// Weak output of the clip, one probability per class. Required if a class has a gate
    /// (<see cref="ClassDetection.Gate"/>).
    /// </param>
    /// <exception cref="ArgumentException">A class has a gate, but there is no weak output.</exception>
    /// <returns>
    /// Scores in the same shape. The thresholds apply to them, except for classes with change points: their scores are
    /// the confidence of the box at the centre of each frame, or 0, and <see cref="ScoresOverTime"/> has the exact
    /// borders.
    /// </returns>
    public float[] Scores(ReadOnlySpan<float> probabilities, ReadOnlySpan<float> weak = default) =>
        Apply(probabilities, weak).Frames;

    /// <summary>Applies the calibration and the decoding steps. The thresholds apply to the returned scores.</summary>
    /// <param name="probabilities">Frame probabilities of one clip, shape (frames, classes).</param>
    /// <param name="weak">
    /// Weak output of the clip, one probability per class. Required if a class has a gate
    /// (<see cref="ClassDetection.Gate"/>).
    /// </param>
    /// <exception cref="ArgumentException">A class has a gate, but there is no weak output.</exception>
    /// <returns>
    /// Scores over time, constant within each frame or box. Borders of boxes can lie within frames. Outside
    /// the boxes of a class, its score is negative infinity.
    /// </returns>
    public FrameScores ScoresOverTime(ReadOnlySpan<float> probabilities, ReadOnlySpan<float> weak = default) =>
        Apply(probabilities, weak).OverTime(classes.Count, hopSeconds);

    /// <summary>Applies the calibration, the decoding steps and the gates.</summary>
    internal DecodedClip Apply(ReadOnlySpan<float> probabilities, ReadOnlySpan<float> weak)
    {
        RequireWeakOutput(perClass, weak);
        weak = calibrator.Weak(weak);
        var scores = calibrator.Frames(probabilities).ToArray();
        var boxes = HasBoxes ? new IReadOnlyList<EventBox>?[classes.Count] : [];
        if (HasNoSteps)
            return new(scores, boxes);
        var ofClass = new float[probabilities.Length / classes.Count];
        for (var k = 0; k < classes.Count; k++)
        {
            if (perClass[k].Gate is not null && perClass[k].IsClosed(weak[k]))
            {
                for (var frame = 0; frame < ofClass.Length; frame++)
                    scores[frame * classes.Count + k] = 0;
                if (perClass[k].Boxing is not null)
                    boxes[k] = [];
                continue;
            }
            if (perClass[k].Steps.Count == 0)
                continue;
            for (var frame = 0; frame < ofClass.Length; frame++)
                ofClass[frame] = scores[frame * classes.Count + k];
            foreach (var step in perClass[k].FrameSteps)
                step.Apply(ofClass, framesPerSecond);
            if (perClass[k].Boxing is { } boxing)
            {
                var found = boxing.Boxes(ofClass, framesPerSecond);
                DecodingStep.ChangePoints.Fill(ofClass, found, framesPerSecond);
                boxes[k] = found;
            }
            for (var frame = 0; frame < ofClass.Length; frame++)
                scores[frame * classes.Count + k] = ofClass[frame];
        }
        return new(scores, boxes);
    }

    /// <summary>The events of one clip, ordered by class, then by onset.</summary>
    /// <param name="probabilities">Frame probabilities, shape (frames, classes).</param>
    /// <param name="weak">
    /// Weak output of the clip, one probability per class. Required if a class has a gate
    /// (<see cref="ClassDetection.Gate"/>).
    /// </param>
    /// <exception cref="ArgumentException">A class has a gate, but there is no weak output.</exception>
    public List<SoundEvent> Decode(ReadOnlySpan<float> probabilities, ReadOnlySpan<float> weak = default)
    {
        var (frames, boxes) = Apply(probabilities, weak);
        return EventsOf(frames, boxes);
    }

    /// <exception cref="ArgumentException">A class has a gate, but there is no weak output.</exception>
    internal static void RequireWeakOutput(ClassDetection[] perClass, ReadOnlySpan<float> weak)
    {
        if (weak.Length != perClass.Length && perClass.Any(ofClass => ofClass.Gate is not null))
            throw new ArgumentException(
                $"Decoding with a gate needs one weak output for each of the {perClass.Length} classes, but {weak.Length} values were given.",
                nameof(weak)
            );
    }

    /// <summary>Applies the thresholds to the scores and boxes that <see cref="Apply"/> returns.</summary>
    internal List<SoundEvent> EventsOf(ReadOnlySpan<float> scores, IReadOnlyList<EventBox>?[] boxes)
    {
        var frames = scores.Length / classes.Count;
        List<SoundEvent> events = [];
        for (var k = 0; k < classes.Count; k++)
        {
            var threshold = perClass[k].Threshold;
            if (perClass[k].Boxing is not null)
            {
                events.AddRange(EventsOf(boxes[k]!, threshold, classes[k]));
                continue;
            }
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

    /// <summary>The events of a class: the boxes whose confidence reaches the threshold.</summary>
    internal static IEnumerable<SoundEvent> EventsOf(IReadOnlyList<EventBox> boxes, double threshold, string label) =>
        boxes.Where(box => box.Confidence >= threshold).Select(box => new SoundEvent(box.Onset, box.Offset, label));
}
