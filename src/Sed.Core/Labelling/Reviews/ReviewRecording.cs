using System.Security.Cryptography;
using System.Text;
using Sed.Core.Annotations;
using Sed.Core.Corpora;

namespace Sed.Core.Labelling.Reviews;

/// <summary>A recording that can be reviewed, with the labels that it had before the review.</summary>
/// <param name="Name">Path relative to the folder of the recordings, with forward slashes.</param>
/// <param name="Path">Path of the audio file.</param>
/// <param name="Seconds">Length in seconds.</param>
/// <param name="SampleRate">Sampling rate in Hz.</param>
public sealed record ReviewRecording(string Name, string Path, double Seconds, int SampleRate)
{
    /// <summary>
    /// Events that were annotated before the review, each with a key that depends only on the events.
    /// </summary>
    public IReadOnlyList<(string Key, SoundEvent Event)> Events { get; init; } = [];

    /// <summary>
    /// The spans of time in which events were annotated before the review; null if only tags were annotated or there
    /// are no labels.
    /// </summary>
    public IReadOnlyList<AnnotatedSpan>? Annotated { get; init; }

    /// <summary>
    /// The presence of each class according to the tags from before the review. Classes with events are left out.
    /// </summary>
    public IReadOnlyDictionary<string, TagPresence> Tags { get; init; } = new Dictionary<string, TagPresence>();

    /// <summary>A copy with the labels of a clip, which must be the clip of this recording.</summary>
    internal ReviewRecording With(LabelledClip clip, ClassList classes)
    {
        Dictionary<string, int> equal = new(StringComparer.Ordinal);
        var events = (clip.StrongEvents ?? []).Where(sound => sound is { IsUnlocated: false } && sound.Onset < Seconds);
        var located = events.Select(sound => sound.Label).ToHashSet(StringComparer.Ordinal);
        Dictionary<string, TagPresence> tags = new(StringComparer.Ordinal);
        foreach (var label in classes)
            if (clip.WeakLabels.Contains(label))
                tags[label] = TagPresence.Present;
            else if (clip.UnknownLabels.Contains(label))
                tags[label] = TagPresence.Unknown;
            else if (clip is { IsTagged: true, StrongEvents: null })
                tags[label] = TagPresence.Absent;
        foreach (var label in located)
            tags.Remove(label);
        return this with
        {
            Events =
            [
                .. events
                    .Select(sound => sound with { Offset = Math.Min(sound.Offset, Seconds) })
                    .Where(sound => sound.Offset > sound.Onset)
                    .Select(sound => (KeyOf(sound, equal), sound)),
            ],
            Annotated =
                clip.StrongEvents is null ? null
                : clip.AnnotatedSpans is { } spans ? spans
                : [new AnnotatedSpan(0, Seconds)],
            Tags = tags,
        };
    }

    private static string KeyOf(SoundEvent sound, Dictionary<string, int> equal)
    {
        var text = FormattableString.Invariant($"{sound.Onset:R} {sound.Offset:R} {sound.Label}");
        var count = equal[text] = equal.GetValueOrDefault(text) + 1;
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{text} {count}"));
        return $"before:{Convert.ToHexStringLower(hash, 0, 8)}";
    }
}
