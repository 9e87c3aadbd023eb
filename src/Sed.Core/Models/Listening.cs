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

    public void Hear(ReadOnlySpan<float> probabilities)
    {
        if (probabilities.IsEmpty)
            return;
        listener?.Invoke(path, frames, probabilities);
        events.AddRange(decoder.Push(probabilities));
        frames += probabilities.Length / model.Classes.Count;
    }

    public void HearTags(ReadOnlySpan<float> weak)
    {
        for (var k = 0; k < tags.Length; k++)
            tags[k] = Math.Max(tags[k], weak[k]);
    }

    public Recording Finish(double seconds)
    {
        events.AddRange(decoder.Finish());
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
                            : tags[k] >= (float)detection.Of(label).Threshold
                ),
            ],
            tags
        );
    }
}
