using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Layouts;

namespace Sed.Core.Labelling;

/// <summary>
/// The annotations of a folder of recordings: the labels in its label files, in any corpus layout, and the labels from
/// its review. Immutable.
/// </summary>
public sealed class FolderLabels
{
    // Borders of stretches and of annotated times differ by rounding.
    private const double ToleranceSeconds = 0.1;

    private readonly Dictionary<string, LabelledClip> clips = new(StringComparer.Ordinal);
    private readonly string folder;
    private readonly ClassList classes;
    private readonly RecordingSplits splits;

    private FolderLabels(string folder, CorpusListing? listing)
    {
        (this.folder, classes) = (folder, listing?.Classes ?? new ClassList([]));
        // Recordings without a split are not held out. The splits of recordings with labels have been checked.
        var files = CorpusFolder.Open(folder);
        splits = RecordingSplits.Of(files, new LabelFiles());
        splits.Match(
            files.Files.Where(AudioFile.HasAudioExtension).Select(path => files.Relative(path).Replace('\\', '/')),
            new LabelFiles()
        );
        if (listing is null)
            return;
        foreach (var (clip, audio) in listing.Clips.Zip(listing.FindAudio()))
            if (audio is [var path, ..] && (clip.IsTagged || clip.StrongEvents is not null))
                clips[Path.GetFullPath(path)] = clip;
    }

    /// <summary>Number of recordings with labels.</summary>
    public int Count => clips.Count;

    /// <summary>
    /// Reads the labels of a folder. If the folder has no label files in a known layout and no review, the result has
    /// no labels.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="CorpusException">
    /// The folder is missing or empty, it matches several layouts, or its label files have invalid rows. The message
    /// gives the line numbers of invalid rows.
    /// </exception>
    public static FolderLabels Read(string folder)
    {
        var listing = CorpusLayouts.OpenIfLabelled(folder);
        return listing?.Problems is { Count: > 0 } problems
            ? throw new CorpusException(problems)
            : new FolderLabels(folder, listing);
    }

    /// <summary>
    /// Whether a recording is in a validation, test or evaluation split, according to its labels, splits.tsv or the
    /// names of its folders.
    /// </summary>
    /// <param name="path">Path of the audio file.</param>
    public bool IsHeldOut(string path) =>
        (
            clips.TryGetValue(Path.GetFullPath(path), out var clip)
                ? clip.Split
                : splits.Of(Path.GetRelativePath(folder, path).Replace('\\', '/'), new LabelFiles())
        ) != Split.Training;

    /// <summary>
    /// Whether a stretch is annotated for at least half of the classes of the folder. Tags of a recording count for all
    /// of its stretches. A time span in which events are annotated counts if it overlaps the stretch by more than 0.1 s
    /// or a tenth of the stretch, whichever is smaller.
    /// </summary>
    /// <param name="path">Path of the audio file.</param>
    /// <param name="stretch">The stretch.</param>
    public bool IsAnnotated(string path, Stretch stretch)
    {
        ArgumentNullException.ThrowIfNull(stretch);
        if (!clips.TryGetValue(Path.GetFullPath(path), out var clip))
            return false;
        if (clip.AnnotatedSpans is not { } spans)
            return 2 * classes.Count(label => !clip.UnknownLabels.Contains(label)) >= classes.Count;
        var tolerance = Math.Min(ToleranceSeconds, stretch.Seconds / 10);
        AnnotatedSpan[] own =
        [
            .. spans.Where(span =>
                Math.Min(span.Offset, stretch.Offset) - Math.Max(span.Onset, stretch.Onset) > tolerance
            ),
        ];
        // Spans of single classes come from events that begin in a different stretch, and from classes that were added
        // later.
        return own.Any(span => span.Label is null)
            || (own.Length > 0 && 2 * classes.Count(label => own.Any(span => span.Label == label)) >= classes.Count);
    }

    /// <summary>
    /// Whether the labels of a recording are tags of the whole recording, without times of events. False for a
    /// recording without labels.
    /// </summary>
    /// <param name="path">Path of the audio file.</param>
    public bool HasTagsOnly(string path) =>
        clips.TryGetValue(Path.GetFullPath(path), out var clip) && clip.StrongEvents is null;

    /// <summary>
    /// The classes that are annotated as present in a stretch, without duplicates. They are the classes of the events
    /// that overlap the stretch or, if the recording has tags only, the tags of the recording.
    /// </summary>
    /// <param name="path">Path of the audio file.</param>
    /// <param name="stretch">The stretch.</param>
    public IReadOnlyList<string> LabelsIn(string path, Stretch stretch)
    {
        ArgumentNullException.ThrowIfNull(stretch);
        if (!clips.TryGetValue(Path.GetFullPath(path), out var clip))
            return [];
        return clip.StrongEvents is not { } events
            ? clip.WeakLabels
            :
            [
                .. events
                    .Where(sound => sound.Onset < stretch.Offset && sound.Offset > stretch.Onset)
                    .Select(sound => sound.Label)
                    .Distinct(StringComparer.Ordinal),
            ];
    }
}
