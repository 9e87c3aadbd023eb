using Sed.Core.Annotations;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora;

/// <summary>The label files and audio files of a corpus, before clips are matched with audio.</summary>
/// <param name="Corpus">Name of the corpus.</param>
/// <param name="Folder">Folder of the corpus.</param>
/// <param name="Classes">Classes of the corpus, in the order of all class-wise results.</param>
/// <param name="SampleRate">
/// Sampling rate at which clips are read, in Hz; null for the most common rate of the recordings.
/// </param>
/// <param name="ClipSeconds">Length of a clip in seconds; null if it depends on the lengths of the recordings.</param>
/// <param name="Clips">The labelled clips.</param>
/// <param name="Audio">The audio files below the folder.</param>
internal sealed record CorpusListing(
    string Corpus,
    string Folder,
    ClassList Classes,
    int? SampleRate,
    double? ClipSeconds,
    IReadOnlyList<LabelledClip> Clips,
    AudioFinder Audio
)
{
    private const int UsualRate = 44_100;
    private const double UsualSeconds = 10;
    private const double LeastAlike = 0.9;
    private const double LongestAlike = 60; // longer inputs are rarely intended, and memory use grows with them

    /// <summary>Title of the layout of the label files.</summary>
    internal string Layout { get; init; } = "";

    /// <summary>
    /// Hop between windows in seconds, if recordings can have any length; null if every recording is a clip of fixed
    /// length.
    /// </summary>
    internal double? HopSeconds { get; init; }

    /// <summary>
    /// Whether recordings that are not split into windows can differ in length, so that any padding is masked
    /// (<see cref="Manifest.MasksPadding"/>).
    /// </summary>
    internal bool MasksPadding { get; init; }

    /// <summary>The lengths of clips and windows in words, for example "clips of 10 s".</summary>
    internal string Lengths =>
        HopSeconds is { } hop
            ? FormattableString.Invariant(
                $"recordings of any length in windows of {ClipSeconds} s that start every {hop} s"
            )
            : FormattableString.Invariant($"clips of {ClipSeconds} s");

    /// <summary>The channel that is read from each recording, from 1; null for the mean of all channels.</summary>
    internal int? Channel { get; init; }

    /// <summary>The lists of the folder, used and ignored.</summary>
    internal IReadOnlyList<ListUse> Lists { get; init; } = [];

    /// <summary>
    /// Invalid rows and lists, which were left out. A corpus with problems can be checked, but not used.
    /// </summary>
    internal IReadOnlyList<Problem> Problems { get; init; } = [];

    /// <summary>
    /// Completes the listing with a sampling rate and a clip length. Values that are already set are kept. Otherwise,
    /// the rate is the most common rate of the recordings, and the clip length is the length of the longest recording
    /// if all lengths differ by at most 10 % and are at most 60 s; otherwise recordings are read in windows of 10 s
    /// with a hop of 5 s.
    /// </summary>
    /// <param name="recordings">Length in seconds and sampling rate in Hz of each readable recording.</param>
    internal CorpusListing For(IReadOnlyCollection<(double Seconds, int SampleRate)> recordings)
    {
        var rate =
            SampleRate
            ?? recordings
                .CountBy(one => one.SampleRate)
                .OrderByDescending(entry => entry.Value)
                .ThenByDescending(entry => entry.Key)
                .Select(entry => entry.Key)
                .FirstOrDefault(UsualRate);
        if (ClipSeconds is not null)
            return this with { SampleRate = rate };
        var (shortest, longest) =
            recordings.Count == 0
                ? (UsualSeconds, UsualSeconds)
                : (recordings.Min(one => one.Seconds), recordings.Max(one => one.Seconds));
        return shortest >= LeastAlike * longest && longest <= LongestAlike
            ? this with
            {
                SampleRate = rate,
                ClipSeconds = Math.Round(longest, 3),
                MasksPadding = true,
            }
            : this with
            {
                SampleRate = rate,
                ClipSeconds = UsualSeconds,
                HopSeconds = HopSeconds ?? UsualSeconds / 2,
            };
    }

    /// <summary>
    /// Finds the audio files that match each clip, best match first. The list of a clip without audio is empty.
    /// </summary>
    internal IReadOnlyList<string>[] FindAudio()
    {
        var clipsOfSource = Clips
            .GroupBy(clip => clip.Source, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        IReadOnlyList<string>[] found =
        [
            .. Clips.Select(clip => Audio.Find(clip.Name, clip.Split, clipsOfSource[clip.Source] == 1)),
        ];
        // A file that is in the folder stated by the name of a clip belongs to this clip. A clip whose name states a
        // different folder cannot use the file. A clip whose name states no folder uses it only if no other file
        // matches.
        HashSet<string> owned =
        [
            .. Clips
                .Zip(found)
                .Where(one => one.First.Name.Contains('/'))
                .SelectMany(one => one.Second.Where(path => Audio.IsInFolderOf(path, one.First.Name))),
        ];
        return [.. Clips.Zip(found).Select(one => NotOwned(one.First.Name, one.Second))];

        IReadOnlyList<string> NotOwned(string name, IReadOnlyList<string> paths)
        {
            var hasFolder = name.Contains('/');
            if (hasFolder && paths.Any(path => Audio.IsInFolderOf(path, name)))
                return paths;
            string[] free = [.. paths.Where(path => !owned.Contains(path))];
            return hasFolder || free.Length > 0 ? free : paths;
        }
    }
}

/// <summary>How a list in the folder of a corpus is used.</summary>
/// <param name="File">Path within the folder.</param>
/// <param name="Split">
/// The split of the list's clips. Null for ignored lists and for lists of splits, annotated times, class names or
/// reviewed labels.
/// </param>
/// <param name="Content">
/// Content of the list: "weak labels", "strong labels", "no labels", "splits", "annotated times", "class names",
/// "reviewed events", "reviewed times" or "reviewed tags"; empty for a list that is ignored.
/// </param>
/// <param name="Clips">Number of clips in the list.</param>
/// <param name="Note">
/// For an ignored list, the reason. For a used list, the parts that are not used and, unless the name of the list
/// states the split, how the split was determined. May be empty.
/// </param>
internal sealed record ListUse(string File, Split? Split, string Content, int Clips, string Note)
{
    /// <summary>Title of the list's annotation format; empty for lists of tags and names.</summary>
    internal string Format { get; init; } = "";

    /// <summary>Whether the list is not used.</summary>
    internal bool IsIgnored => Content.Length == 0;

    /// <summary>Creates the description of a list that is not used.</summary>
    internal static ListUse Ignored(string file, string reason) => new(file, null, "", 0, reason);
}

/// <summary>A clip as the label files describe it, before its audio is found.</summary>
/// <param name="Name">Name in the label files.</param>
/// <param name="Source">The recording that the clip was cut from.</param>
/// <param name="Split">Split of the clip.</param>
/// <param name="WeakLabels">Clip-level labels, in the order of the classes.</param>
/// <param name="StrongEvents">Events with times; null if they are not annotated.</param>
/// <param name="IsTagged">Whether the clip-level labels are annotated.</param>
internal sealed record LabelledClip(
    string Name,
    string Source,
    Split Split,
    IReadOnlyList<string> WeakLabels,
    IReadOnlyList<SoundEvent>? StrongEvents,
    bool IsTagged = true
)
{
    /// <summary>Classes whose presence in the clip is unknown.</summary>
    internal IReadOnlyList<string> UnknownLabels { get; init; } = [];

    /// <summary>Classes that a list states to be absent from the clip.</summary>
    internal IReadOnlyList<string> AbsentLabels { get; init; } = [];

    /// <summary>All events with their confidences; null if the labels have no confidences.</summary>
    internal IReadOnlyList<SoftEvent>? SoftEvents { get; init; }

    /// <summary>Clip-level labels with confidences; null if the labels have no confidences.</summary>
    internal IReadOnlyList<SoftTag>? SoftTags { get; init; }

    /// <summary>The times at which events are annotated; null: all times.</summary>
    internal IReadOnlyList<AnnotatedSpan>? AnnotatedSpans { get; init; }

    /// <summary>Whether the clip has a label with a confidence above 0.</summary>
    internal bool HasLabels =>
        WeakLabels.Count > 0
        || SoftTags?.Any(tag => tag.Confidence > 0) == true
        || SoftEvents?.Any(sound => sound.Confidence > 0) == true;

    /// <summary>
    /// In a clip with strong labels, the clip-level labels of classes that have neither an event nor an annotated time;
    /// otherwise none.
    /// </summary>
    internal IEnumerable<string> TagsWithoutTimes() =>
        StrongEvents is { } events && AnnotatedSpans is { } spans
            ? WeakLabels
                .Except(events.Select(sound => sound.Label))
                .Where(label => AnnotatedSpan.Of(label, spans) == KnownSpans.Never)
            : [];

    /// <summary>Distinct labels in the order of the classes.</summary>
    internal static IReadOnlyList<string> InOrder(IEnumerable<string> labels, ClassList classes) =>
        [.. labels.Where(label => label.Length > 0).Distinct(StringComparer.Ordinal).OrderBy(classes.IndexOf)];

    /// <summary>
    /// The recording that a clip was cut from: the YouTube id in its name or, if there is no such id, its path without
    /// extension. Files of the same name in different folders are different recordings. Clips of the same video belong
    /// to the same recording, whatever their folders.
    /// </summary>
    internal static string SourceOf(string name)
    {
        var stem = AudioNames.StemOf(name.Replace('\\', '/'));
        return YouTubeName.Parse(Path.GetFileName(stem))?.Id ?? stem;
    }

    /// <summary>Creates a problem for each label that is not a class.</summary>
    internal static IEnumerable<Problem> LabelProblems(
        string? source,
        IEnumerable<string>? labels,
        ClassList classes
    ) =>
        (labels ?? [])
            .Where(label => classes.IndexOf(label) < 0)
            .Select(label => new Problem(
                source ?? "",
                $"'{label}' is not one of the classes ({classes})",
                classes.FirstOrDefault(known => SimilarNames.AreSimilar(known, label)) is { } similar
                    ? $"'{similar}' differs only in {SimilarNames.Difference(similar, label)}"
                    : ""
            ));
}
