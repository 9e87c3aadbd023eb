using Sed.Core.Annotations;
using Sed.Core.Detection;
using Sed.Core.Detection.Calibrations;

namespace Sed.Core.Models;

/// <summary>
/// Builds the prediction of a recording from the outputs of the network, frame by frame. Not thread-safe.
/// </summary>
internal sealed class PredictionBuilder(
    SavedModel model,
    DetectionOptions detection,
    double hopSeconds,
    FrameProbabilityHandler? handler,
    string path
)
{
    private readonly Calibrator calibrator = new(model.Classes, detection.Calibration);

    // The decoder gets probabilities that are already calibrated.
    private readonly StreamingDecoder decoder = new(model.Classes, hopSeconds, detection with { Calibration = null });
    private readonly List<SoundEvent> events = [];
    private readonly float[] tags = new float[model.Classes.Count];

    // All frame probabilities, for the confidence of events: 2 bytes per frame and class, for example 6 MB for three
    // hours in frames of 0.1 s with 30 classes.
    private readonly List<Half> probabilitiesOfFrames = [];
    private long frames;

    /// <summary>Adds the next frames. The handler receives calibrated probabilities.</summary>
    /// <exception cref="ModelOutputException">A probability is not finite.</exception>
    /// <param name="probabilities">Frame probabilities, shape (frames, classes).</param>
    /// <param name="reported">
    /// Number of frames to report to the handler: those before the padding. Default: all frames.
    /// </param>
    public void Add(ReadOnlySpan<float> probabilities, int? reported = null)
    {
        if (probabilities.IsEmpty)
            return;
        ModelOutputException.RequireFinite(model.Name, path, probabilities);
        probabilities = calibrator.Frames(probabilities);
        handler?.Invoke(
            path,
            frames,
            probabilities[..Math.Min((reported * model.Classes.Count) ?? int.MaxValue, probabilities.Length)]
        );
        foreach (var probability in probabilities)
            probabilitiesOfFrames.Add((Half)probability);
        events.AddRange(decoder.Push(probabilities));
        frames += probabilities.Length / model.Classes.Count;
    }

    /// <summary>
    /// Adds the weak output of a window. The recording's weak output is the maximum over all windows.
    /// </summary>
    public void AddTags(ReadOnlySpan<float> weak)
    {
        ModelOutputException.RequireFinite(model.Name, path, weak);
        weak = calibrator.Weak(weak);
        for (var k = 0; k < tags.Length; k++)
            tags[k] = Math.Max(tags[k], weak[k]);
    }

    /// <summary>Ends the recording.</summary>
    /// <param name="seconds">
    /// Length of the recording in seconds. Events are truncated to this length, because padding and the last frame can
    /// extend beyond the recording.
    /// </param>
    public Prediction Finish(double seconds)
    {
        events.AddRange(decoder.Finish(tags));
        events.RemoveAll(sound => sound.Onset >= seconds);
        for (var k = 0; k < events.Count; k++)
            events[k] = events[k] with { Offset = Math.Min(events[k].Offset, seconds) };
        var detected = events.Select(sound => sound.Label).ToHashSet();
        SoundEvent[] ordered =
        [
            .. events
                .OrderBy(sound => sound.Onset)
                .ThenBy(sound => sound.Offset)
                .ThenBy(sound => model.Classes.IndexOf(sound.Label)),
        ];
        return new Prediction(
            seconds,
            ordered,
            [
                .. model.Classes.Where(
                    (label, k) =>
                        detection.Tags == TagSource.Events
                            ? detected.Contains(label)
                            : tags[k] >= (float)detection.Of(label).WeakThreshold
                ),
            ],
            tags
        )
        {
            Detections = [.. ordered.Select(sound => new SoftEvent(sound, Confidence(sound)))],
        };
    }

    /// <summary>The mean probability of an event's class in its frames.</summary>
    private double Confidence(SoundEvent sound)
    {
        var (k, classes) = (model.Classes.IndexOf(sound.Label), model.Classes.Count);
        var first = Math.Clamp((long)Math.Round(sound.Onset / hopSeconds), 0, frames - 1);
        var end = Math.Clamp((long)Math.Round(sound.Offset / hopSeconds), first + 1, frames);
        double sum = 0;
        for (var frame = first; frame < end; frame++)
            sum += (double)probabilitiesOfFrames[(int)(frame * classes + k)];
        return sum / (end - first);
    }
}
