using Sed.Core.Annotations;
using Sed.Core.Detection;

namespace Sed.Core.Models;

/// <summary>What has been heard of a recording so far. One thread at a time.</summary>
internal sealed class Listening(
    SavedModel model,
    DetectionOptions detection,
    double hopSeconds,
    FrameListener? listener,
    string path
)
{
    private readonly StreamingDecoder decoder = new(model.Classes, hopSeconds, detection);
    private readonly List<SoundEvent> events = [];
    private readonly float[] tags = new float[model.Classes.Count];
    private long frames;

    /// <param name="probabilities">The next frames, shape (frames, classes).</param>
    /// <param name="inside">How many of them are not wholly behind the recording's end; all of them by default.</param>
    public void Hear(ReadOnlySpan<float> probabilities, int? inside = null)
    {
        if (probabilities.IsEmpty)
            return;
        listener?.Invoke(
            path,
            frames,
            probabilities[..Math.Min((inside * model.Classes.Count) ?? int.MaxValue, probabilities.Length)]
        );
        events.AddRange(decoder.Push(probabilities));
        frames += probabilities.Length / model.Classes.Count;
    }

    public void HearTags(ReadOnlySpan<float> weak)
    {
        for (var k = 0; k < tags.Length; k++)
            tags[k] = Math.Max(tags[k], weak[k]);
    }

    /// <param name="seconds">
    /// Length of the recording, where its events end at the latest: one that is shorter than a clip is filled up with silence, of
    /// which the network may say anything, and the last frame may reach beyond the sound.
    /// </param>
    public Recording Finish(double seconds)
    {
        events.AddRange(decoder.Finish());
        events.RemoveAll(sound => sound.Onset >= seconds);
        for (var k = 0; k < events.Count; k++)
            events[k] = events[k] with { Offset = Math.Min(events[k].Offset, seconds) };
        var found = events.Select(sound => sound.Label).ToHashSet();
        return new Recording(
            seconds,
            [
                .. events
                    .OrderBy(sound => sound.Onset)
                    .ThenBy(sound => sound.Offset)
                    .ThenBy(sound => model.Classes.IndexOf(sound.Label)),
            ],
            [
                .. model.Classes.Where(
                    (label, k) =>
                        detection.Tags == TagSource.Events
                            ? found.Contains(label)
                            : tags[k] >= (float)detection.Of(label).WeakThreshold
                ),
            ],
            tags
        );
    }
}
