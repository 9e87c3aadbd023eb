using Sed.Core.Annotations;
using Sed.Core.Corpora;

namespace Sed.Core.Scoring;

/// <summary>The reference labels of a set of clips: tags and, if all clips have strong labels, events.</summary>
/// <param name="Classes">The classes, in the order of the tag columns.</param>
/// <param name="Names">Names of the clips.</param>
/// <param name="Tags">Weak labels (tags), shape (clips, classes).</param>
/// <param name="Events">Strong labels (events); null if any clip has no strong labels.</param>
/// <param name="Units">
/// For each clip, the key of its independent unit, for example of its recording. Bootstrap resamples draw whole units.
/// Null (the default): each clip is a unit of its own.
/// </param>
public sealed record ClipTruth(
    ClassList Classes,
    IReadOnlyList<string> Names,
    bool[] Tags,
    EventList? Events,
    IReadOnlyList<string>? Units = null
)
{
    /// <summary>
    /// Whether each tag is annotated as present or absent, shape (clips, classes). Null (the default): all tags are.
    /// </summary>
    public bool[]? KnownTags { get; init; }

    /// <summary>The times at which events are annotated; null (default): all times.</summary>
    public KnownTimes? KnownTimes { get; init; }

    /// <summary>
    /// Returns the labels of the given clips of a corpus. The clips of a recording form one independent unit.
    /// </summary>
    /// <param name="manifest">Source of the labels.</param>
    /// <param name="clips">Manifest indices of the clips.</param>
    public static ClipTruth Of(Manifest manifest, IReadOnlyCollection<int> clips)
    {
        var classes = manifest.Classes;
        var tags = new bool[clips.Count * classes.Count];
        var unknown = new bool[tags.Length];
        var at = 0;
        foreach (var clip in clips)
        {
            foreach (var label in manifest.Clips[clip].WeakLabels)
                tags[at + classes.IndexOf(label)] = true;
            foreach (var label in manifest.Clips[clip].UnknownLabels)
                unknown[at + classes.IndexOf(label)] = true;
            at += classes.Count;
        }
        return new ClipTruth(
            classes,
            [.. clips.Select(clip => manifest.Clips[clip].Name)],
            tags,
            manifest.EventsOf(clips),
            [.. clips.Select(clip => manifest.Clips[clip].Source)]
        )
        {
            KnownTags = unknown.Contains(true) ? Array.ConvertAll(unknown, one => !one) : null,
            KnownTimes = manifest.KnownTimesOf(clips),
        };
    }
}
