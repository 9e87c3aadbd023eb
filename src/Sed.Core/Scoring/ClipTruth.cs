using Sed.Core.Annotations;
using Sed.Core.Corpora;

namespace Sed.Core.Scoring;

/// <summary>The reference labels of a set of clips: tags and, if known, events.</summary>
/// <param name="Classes">The classes, in the order of the tag columns.</param>
/// <param name="Names">Names of the clips.</param>
/// <param name="Tags">Weak labels (tags), shape (clips, classes).</param>
/// <param name="Events">Strong labels (events); null if any clip has none.</param>
/// <param name="Units">
/// For each clip the key of its independent unit, for example its recording. Bootstrap resamples draw whole units. Default:
/// null, every clip is independent.
/// </param>
public sealed record ClipTruth(
    ClassList Classes,
    IReadOnlyList<string> Names,
    bool[] Tags,
    EventList? Events,
    IReadOnlyList<string>? Units = null
)
{
    /// <summary>Whether each tag is known, shape (clips, classes); null (default): all are.</summary>
    public bool[]? KnownTags { get; init; }

    /// <summary>The times at which events are annotated; null (default): all times.</summary>
    public KnownTimes? KnownTimes { get; init; }

    /// <summary>The labels of some clips of a corpus. Clips of one recording are one independent unit.</summary>
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
