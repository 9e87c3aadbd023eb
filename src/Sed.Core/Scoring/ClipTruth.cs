using Sed.Core.Annotations;
using Sed.Core.Corpora;

namespace Sed.Core.Scoring;

/// <summary>The reference labels of a set of clips: tags and, if known, events.</summary>
/// <param name="Classes">The classes, in the order of the tag columns.</param>
/// <param name="Names">Names of the clips.</param>
/// <param name="Tags">Weak labels (tags), shape (clips, classes).</param>
/// <param name="Events">Strong labels (events); null if any clip has none.</param>
public sealed record ClipTruth(ClassList Classes, IReadOnlyList<string> Names, bool[] Tags, EventList? Events)
{
    /// <summary>The labels of some clips of a corpus.</summary>
    /// <param name="manifest">Source of the labels.</param>
    /// <param name="clips">Manifest indices of the clips.</param>
    public static ClipTruth Of(Manifest manifest, IReadOnlyCollection<int> clips)
    {
        var classes = manifest.Classes;
        var tags = new bool[clips.Count * classes.Count];
        var at = 0;
        foreach (var clip in clips)
        {
            foreach (var label in manifest.Clips[clip].WeakLabels)
                tags[at + classes.IndexOf(label)] = true;
            at += classes.Count;
        }
        return new ClipTruth(
            classes,
            [.. clips.Select(clip => manifest.Clips[clip].Name)],
            tags,
            manifest.EventsOf(clips)
        );
    }
}
