using Sed.Core.Annotations;
using Sed.Core.Corpora;

namespace Sed.Core.Scoring;

/// <summary>The reference of a set of clips: tags and, where known, events.</summary>
/// <param name="Classes">The classes.</param>
/// <param name="Names">The names of the clips.</param>
/// <param name="Tags">Whether each clip has each class (weak labels), shape (clips, classes).</param>
/// <param name="Events">The events (strong labels); null when those of any clip are unknown.</param>
public sealed record ClipTruth(ClassList Classes, IReadOnlyList<string> Names, bool[] Tags, EventList? Events)
{
    /// <summary>The labels of some clips of a corpus.</summary>
    /// <param name="manifest">The corpus.</param>
    /// <param name="clips">The positions of the clips in the corpus.</param>
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
