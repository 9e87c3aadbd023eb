using Sed.Core.Annotations;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Corpora;

/// <summary>A corpus: its classes and all clips with readable audio, with their labels and splits. Immutable.</summary>
public sealed class Manifest
{
    private readonly Lazy<string[]> audioHashes;
    private readonly Lazy<string> hash;
    private readonly Lazy<string> contentHash;

    /// <summary>
    /// Creates a manifest in memory. <c>CorpusLayouts.Read</c> creates one from the label files and audio of a folder.
    /// </summary>
    /// <param name="corpus">Display name of the corpus.</param>
    /// <param name="classes">The classes, in the order of network outputs and tables.</param>
    /// <param name="sampleRate">Samples per second (Hz); audio at other rates is resampled.</param>
    /// <param name="clipSeconds">Clip length (s); audio is cut or padded to it.</param>
    /// <param name="clips">The clips, in the order of feature store rows.</param>
    /// <param name="leftOut">Clips of the label files that have no readable audio.</param>
    /// <param name="hopSeconds">
    /// Time between the starts of consecutive windows (s); null for clips of fixed length.
    /// </param>
    /// <param name="masksPadding">See <see cref="MasksPadding"/>; always true with windows.</param>
    /// <exception cref="CorpusException">Two clips of one split have the same name, or a label is not one of the classes.</exception>
    public Manifest(
        string corpus,
        ClassList classes,
        int sampleRate,
        double clipSeconds,
        IReadOnlyList<Clip> clips,
        IReadOnlyList<LeftOutClip>? leftOut = null,
        double? hopSeconds = null,
        bool masksPadding = false
    )
        : this(
            corpus,
            classes,
            sampleRate,
            clipSeconds,
            hopSeconds,
            masksPadding,
            clips,
            leftOut ?? [],
            new Lazy<string[]>(() => HashAudio(clips))
        ) { }

    private Manifest(
        string corpus,
        ClassList classes,
        int sampleRate,
        double clipSeconds,
        double? hopSeconds,
        bool masksPadding,
        IReadOnlyList<Clip> clips,
        IReadOnlyList<LeftOutClip> leftOut,
        Lazy<string[]> audioHashes
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(corpus);
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(clips);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRate);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(clipSeconds);
        Corpus = corpus;
        Classes = classes;
        SampleRate = sampleRate;
        if (hopSeconds is not null)
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hopSeconds.Value, nameof(hopSeconds));
        ClipSeconds = clipSeconds;
        HopSeconds = hopSeconds;
        MasksPadding = masksPadding || hopSeconds is not null;
        Clips = clips;
        LeftOut = leftOut;
        Check();
        this.audioHashes = audioHashes;
        hash = new Lazy<string>(() => ManifestKey.Hash(this, audioHashes.Value));
        contentHash = new Lazy<string>(() =>
            HopSeconds is null ? Hash : ManifestKey.Hash(this, audioHashes.Value, withWindows: false)
        );
    }

    /// <summary>Display name of the corpus; not part of its identity.</summary>
    public string Corpus { get; }

    /// <summary>The classes, in the order of network outputs and tables.</summary>
    public ClassList Classes { get; }

    /// <summary>Samples per second (Hz); audio at other rates is resampled.</summary>
    public int SampleRate { get; }

    /// <summary>
    /// Clip length (s): the length of the network's input. If <see cref="HopSeconds"/> is set, this is the length of
    /// the windows of a recording. Otherwise, audio is cut or padded to this length.
    /// </summary>
    public double ClipSeconds { get; }

    /// <summary>
    /// Seconds between the starts of the overlapping windows in which recordings of any length are scored; null if every
    /// recording is one clip of fixed length.
    /// </summary>
    public double? HopSeconds { get; }

    /// <summary>
    /// Whether the padding of recordings shorter than <see cref="ClipSeconds"/> is excluded from scoring and, by
    /// default, from training. True with windows, and for corpora of recordings of varying length if any recording is
    /// padded. False for corpora with a stated clip length, such as DCASE 2017 Task 4 and mixed soundscapes.
    /// </summary>
    public bool MasksPadding { get; }

    /// <summary>The clips; row i of a feature store belongs to clip i.</summary>
    public IReadOnlyList<Clip> Clips { get; }

    /// <summary>Clips of the label files whose audio is missing or cannot be read.</summary>
    public IReadOnlyList<LeftOutClip> LeftOut { get; }

    /// <summary>
    /// Identity of the corpus's content, 64 lower-case hexadecimal digits: a hash of sample rate, clip length, hop,
    /// classes and each clip's split, name, source, channel, labels, events, confidences, annotated times and audio
    /// content. For recordings without windows, the hash also covers whether padding is masked, if any clip is padded.
    /// The hash does not depend on paths or on the corpus's name. The first use reads the audio files of clips without
    /// <see cref="Clip.AudioSha256"/>.
    /// </summary>
    /// <exception cref="IOException">An audio file cannot be read.</exception>
    public string Hash => hash.Value;

    /// <summary>
    /// Hash of the recordings and their labels that does not depend on the length and hop of windows. Equal to
    /// <see cref="Hash"/> for clips of fixed length.
    /// </summary>
    public string ContentHash => contentHash.Value;

    /// <summary>
    /// <see cref="ContentHash"/> of the clips of one split. It depends only on the classes that occur in these clips.
    /// </summary>
    public string ContentHashOf(Split split)
    {
        var own = IndicesOf(split);
        var present = own.SelectMany(i =>
                Clips[i].WeakLabels.Concat((Clips[i].StrongEvents ?? []).Select(sound => sound.Label))
            )
            .ToHashSet(StringComparer.Ordinal);
        return new Manifest(
            Corpus,
            present.Count == 0 ? Classes : new ClassList(Classes.Where(present.Contains)),
            SampleRate,
            ClipSeconds,
            HopSeconds,
            MasksPadding,
            [.. own.Select(i => present.Count == 0 ? Clips[i] : Restricted(Clips[i], present))],
            [],
            new Lazy<string[]>(() => [.. own.Select(i => audioHashes.Value[i])])
        ).ContentHash;
    }

    /// <summary>A clip without statements about other classes than the given ones.</summary>
    private static Clip Restricted(Clip clip, HashSet<string> classes) =>
        clip with
        {
            UnknownLabels = [.. clip.UnknownLabels.Where(classes.Contains)],
            AnnotatedSpans = clip.AnnotatedSpans is { } spans
                ? [.. spans.Where(span => span.Label is null || classes.Contains(span.Label))]
                : null,
            SoftTags = clip.SoftTags is { } tags ? [.. tags.Where(tag => classes.Contains(tag.Label))] : null,
            SoftEvents = clip.SoftEvents is { } events
                ? [.. events.Where(soft => classes.Contains(soft.Event.Label))]
                : null,
        };

    /// <summary>
    /// The numbers of clips that are used and left out, for example "600 training, 200 testing clips; left out: 12 missing, 1
    /// unreadable".
    /// </summary>
    public string Describe()
    {
        IEnumerable<string> used = Clips
            .Where(IsUsed)
            .CountBy(clip => clip.Split)
            .OrderBy(entry => entry.Key)
            .Select(entry => $"{entry.Value} {entry.Key.ToString().ToLowerInvariant()}");
        var missing = LeftOut.Count(clip => clip.Missing);
        string[] unused =
        [
            .. missing > 0 ? [$"{missing} missing"] : Array.Empty<string>(),
            .. LeftOut.Count > missing ? [$"{LeftOut.Count - missing} unreadable"] : Array.Empty<string>(),
        ];
        var text = $"{string.Join(", ", used)} clips";
        return unused.Length == 0 ? text : $"{text}; left out: {string.Join(", ", unused)}";
    }

    /// <summary>
    /// Indices of a split's clips in <see cref="Clips"/>, ascending. Clips without labels are part of the training split
    /// only, because they cannot be scored.
    /// </summary>
    public int[] IndicesOf(Split split) =>
        [.. Enumerable.Range(0, Clips.Count).Where(i => Clips[i].Split == split && IsUsed(Clips[i]))];

    /// <summary>
    /// The annotated events of the clips with the given indices; null if one of these clips has no strong labels.
    /// </summary>
    /// <param name="clips">Indices in <see cref="Clips"/>.</param>
    public EventList? EventsOf(IReadOnlyCollection<int> clips)
    {
        (string, IReadOnlyList<SoundEvent>)[] annotated =
        [
            .. clips
                .Select(index => Clips[index])
                .Where(clip => clip.StrongEvents is not null)
                .Select(clip => (clip.Name, clip.StrongEvents!)),
        ];
        return annotated.Length == clips.Count ? EventList.Of(annotated) : null;
    }

    /// <summary>
    /// The times at which the events of the clips with the given indices are annotated; null if all classes are
    /// annotated at all times of these clips.
    /// </summary>
    /// <param name="clips">Indices in <see cref="Clips"/>.</param>
    public KnownTimes? KnownTimesOf(IReadOnlyCollection<int> clips) =>
        KnownTimes.Of(
            clips
                .Select(index => Clips[index])
                .Where(clip => !clip.IsFullyKnown)
                .Select(clip => (clip.Name, Classes.Select(clip.KnownTimesOf).ToArray()))
        );

    /// <summary>
    /// Maps the name of each corpus of a union (<see cref="Clip.Part"/>) to one value per class: 1 if the corpus
    /// annotates the class, and 0 if the class is not annotated in any of its clips. Empty if every corpus annotates
    /// all classes, or if the manifest is not a union.
    /// </summary>
    internal IReadOnlyDictionary<string, float[]> AnnotatedClasses()
    {
        var annotated = Clips
            .GroupBy(clip => clip.Part ?? "")
            .ToDictionary(
                part => part.Key,
                part =>
                {
                    var unknown = part.Select(clip => clip.UnknownLabels.AsEnumerable())
                        .Aggregate((all, own) => all.Intersect(own))
                        .ToHashSet();
                    return Classes.Select(label => unknown.Contains(label) ? 0f : 1f).ToArray();
                }
            );
        return annotated.Count > 1 && annotated.Values.Any(classes => classes.Contains(0))
            ? annotated
            : new Dictionary<string, float[]>();
    }

    /// <summary>Returns a copy of the corpus with different splits, for example with a validation split.</summary>
    /// <param name="splits">The split of each clip.</param>
    public Manifest WithSplits(IReadOnlyList<Split> splits)
    {
        ArgumentNullException.ThrowIfNull(splits);
        if (splits.Count != Clips.Count)
            throw new ArgumentException(
                $"Each clip needs a split, but there are {splits.Count} splits for {Clips.Count} clips.",
                nameof(splits)
            );
        Clip[] clips = [.. Clips.Select((clip, i) => clip with { Split = splits[i] })];
        return With(clips);
    }

    /// <summary>
    /// Returns a copy of the corpus with the events of its training clips as <see cref="Clip.MixedEvents"/>. The hash
    /// stays the same.
    /// </summary>
    /// <param name="events">Events of the training clips.</param>
    internal Manifest WithMixedEvents(EventList events)
    {
        Clip[] clips =
        [
            .. Clips.Select(clip =>
                clip.Split == Split.Training ? clip with { MixedEvents = events.EventsOf(clip.Name).ToArray() } : clip
            ),
        ];
        return With(clips);
    }

    /// <summary>A copy with different properties of the same clips.</summary>
    private Manifest With(Clip[] clips) =>
        new(Corpus, Classes, SampleRate, ClipSeconds, HopSeconds, MasksPadding, clips, LeftOut, audioHashes);

    /// <summary>
    /// Whether a clip is padded to the clip length. Padding of less than a millisecond does not count.
    /// </summary>
    internal static bool IsShort(Clip clip, double clipSeconds) => clip.DurationSeconds < clipSeconds - 1e-3;

    /// <summary>Whether a clip is used in its split. Clips without labels are used for training only.</summary>
    private static bool IsUsed(Clip clip) =>
        clip.Split == Split.Training || clip.IsTagged || clip.StrongEvents is not null;

    private static string[] HashAudio(IReadOnlyList<Clip> clips)
    {
        var hashes = new string[clips.Count];
        Workers.Run(clips.Count, i => hashes[i] = clips[i].AudioSha256 ?? FileStamp.ContentHash(clips[i].AudioPath));
        return hashes;
    }

    private void Check()
    {
        List<Problem> problems = [];
        HashSet<(Split, string)> seen = [];
        foreach (var clip in Clips)
        {
            if (IsUsed(clip) && !seen.Add((clip.Split, clip.Name)))
                problems.Add(
                    new Problem(Corpus, $"there are two {CanonicalKey.Of(clip.Split)} clips named {clip.Name}")
                );
            var labels = clip.WeakLabels.Concat((clip.StrongEvents ?? []).Select(e => e.Label));
            foreach (var label in labels.Where(label => Classes.IndexOf(label) < 0).Distinct())
                problems.Add(
                    new Problem(
                        Corpus,
                        $"{clip.Name} is labelled '{label}', which is not one of the {Classes.Count} classes"
                    )
                );
        }
        if (problems.Count > 0)
            throw new CorpusException(problems);
    }
}
