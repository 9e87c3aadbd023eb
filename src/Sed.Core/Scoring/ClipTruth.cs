using Sed.Core.Annotations;
using Sed.Core.Corpora;

namespace Sed.Core.Scoring;

/// <summary>What is true of the clips that are scored.</summary>
/// <param name="Classes">The classes.</param>
/// <param name="Names">The clips.</param>
/// <param name="Tags">Whether each clip has each class, clip after clip, shape (clips, classes).</param>
/// <param name="Events">Their events; null where those of any clip are unknown.</param>
public sealed record ClipTruth(ClassList Classes, IReadOnlyList<string> Names, bool[] Tags, EventList? Events)
{
    /// <summary>What a corpus knows of some of its clips.</summary>
    /// <param name="manifest">The corpus.</param>
    /// <param name="clips">Positions in it.</param>
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
