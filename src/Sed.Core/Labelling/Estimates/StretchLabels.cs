using Sed.Core.Annotations;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Layouts;

namespace Sed.Core.Labelling.Estimates;

/// <summary>The labels of stretches, read from the label files and the review of the folder of recordings.</summary>
public sealed class StretchLabels
{
    // Times in lists are rounded, and decoders disagree about the end of a recording.
    private const double ToleranceSeconds = 0.05;
    private const double ShortestEvent = 1e-3;

    private readonly Dictionary<string, LabelledClip> clips = new(StringComparer.Ordinal);
    private readonly ClassList classes;

    private StretchLabels(CorpusListing? listing, string folder)
    {
        classes = listing?.Classes ?? new ClassList([]);
        if (listing is null)
            return;
        foreach (var (clip, audio) in listing.Clips.Zip(listing.FindAudio()))
            if (audio is [var path, ..])
                clips[Path.GetRelativePath(folder, path).Replace('\\', '/')] = clip;
    }

    /// <summary>
    /// Reads the labels of a folder in any corpus layout, including those of its review. Audio is not decoded. In a folder
    /// without label files, no label is known.
    /// </summary>
    /// <param name="folder">The folder, to which the names of recordings are relative.</param>
    /// <exception cref="CorpusException">The labels are invalid.</exception>
    public static StretchLabels Read(string folder)
    {
        var listing = CorpusLayouts.OpenIfLabelled(folder);
        return listing?.Problems is { Count: > 0 } problems
            ? throw new CorpusException(problems)
            : new StretchLabels(listing, folder);
    }

    /// <summary>
    /// Whether a stretch contains a class; null if this is unknown. The presence of the class is known in each of the
    /// following cases: the events of the class are annotated in the whole stretch; the class is absent from the whole
    /// recording according to the tags; the recording has the class as a tag and the stretch is the whole recording. If
    /// no label in the folder has the class, its presence is known only where all classes are annotated, or where the
    /// class is explicitly labelled as absent.
    /// </summary>
    /// <param name="stretch">The stretch.</param>
    /// <param name="label">The class.</param>
    /// <param name="isWhole">Whether the stretch is the whole recording.</param>
    public bool? Of(Stretch stretch, string label, bool isWhole)
    {
        ArgumentNullException.ThrowIfNull(stretch);
        if (!clips.TryGetValue(stretch.Recording, out var clip))
            return null;
        if (clip.StrongEvents is not { } events)
            return !clip.IsTagged || IsUnknown(clip, label) ? null
                : !clip.WeakLabels.Contains(label) ? false
                : isWhole ? true
                : null;
        var known =
            clip.AnnotatedSpans is { } spans ? AnnotatedSpan.Of(label, spans)
            : IsUnknown(clip, label) ? KnownSpans.Never
            : KnownSpans.Always;
        return
            known.SecondsIn(stretch.Onset, stretch.Offset)
            < stretch.Seconds - Math.Min(ToleranceSeconds, stretch.Seconds / 10)
            ? null
            : events.Any(sound =>
                sound.Label == label
                && Math.Min(sound.Offset, stretch.Offset) - Math.Max(sound.Onset, stretch.Onset)
                    > Math.Min(ShortestEvent, (sound.Offset - sound.Onset) / 2)
            );
    }

    // If no label in the folder has the class, the annotators may not have known that they had to label it.
    private bool IsUnknown(LabelledClip clip, string label) =>
        classes.IndexOf(label) >= 0 ? clip.UnknownLabels.Contains(label) : !clip.AbsentLabels.Contains(label);
}
