using Sed.Core.Annotations;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora;

/// <summary>What is really there of a corpus: every clip whose audio can be read, and what is known about it. Immutable.</summary>
public sealed class Manifest
{
    private readonly Lazy<string[]> audioHashes;
    private readonly Lazy<string> hash;

    /// <summary>Puts a corpus together; the readers of this folder do that from files.</summary>
    /// <param name="corpus">The corpus's name.</param>
    /// <param name="classes">The classes, in the order in which networks and tables have them.</param>
    /// <param name="sampleRate">Samples per second at which clips are read (Hz).</param>
    /// <param name="clipSeconds">Length to which every clip is cut or padded (s).</param>
    /// <param name="clips">The clips, in the order that rows of feature stores have.</param>
    /// <param name="leftOut">The clips that label files name and that cannot be used.</param>
    /// <exception cref="CorpusException">Two clips of one split share a name, or a clip has a label that is no class.</exception>
    public Manifest(
        string corpus,
        ClassList classes,
        int sampleRate,
        double clipSeconds,
        IReadOnlyList<Clip> clips,
        IReadOnlyList<LeftOutClip>? leftOut = null
    )
        : this(
            corpus,
            classes,
            sampleRate,
            clipSeconds,
            clips,
            leftOut ?? [],
            new Lazy<string[]>(() => HashAudio(clips))
        ) { }

    private Manifest(
        string corpus,
        ClassList classes,
        int sampleRate,
        double clipSeconds,
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
        ClipSeconds = clipSeconds;
        Clips = clips;
        LeftOut = leftOut;
        Check();
        this.audioHashes = audioHashes;
        hash = new Lazy<string>(() => ManifestKey.Hash(this, audioHashes.Value));
    }

    /// <summary>The corpus's name.</summary>
    public string Corpus { get; }

    /// <summary>The classes, in the order in which networks and tables have them.</summary>
    public ClassList Classes { get; }

    /// <summary>Samples per second at which clips are read (Hz).</summary>
    public int SampleRate { get; }

    /// <summary>Length to which every clip is cut or padded (s).</summary>
    public double ClipSeconds { get; }

    /// <summary>The clips; row i of a feature store belongs to clip i.</summary>
    public IReadOnlyList<Clip> Clips { get; }

    /// <summary>The clips that label files name and that cannot be used: missing or broken.</summary>
    public IReadOnlyList<LeftOutClip> LeftOut { get; }

    /// <summary>
    /// Identity of the corpus's content, 64 lower-case hexadecimal digits: a hash of sample rate, clip length, classes and each
    /// clip's split, name, source, labels, events and audio content. Neither folders nor the corpus's name change it.
    /// Clips without <see cref="Clip.AudioSha256"/> have their audio files read on first use.
    /// </summary>
    /// <exception cref="IOException">An audio file cannot be read.</exception>
    public string Hash => hash.Value;

    /// <summary>
    /// What was used and what was not, in a line for the foot of a table: "600 training, 200 testing clips; left out: 12
    /// missing, 1 unreadable".
    /// </summary>
    public string Describe()
    {
        IEnumerable<string> used = Clips
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

    /// <summary>The positions in <see cref="Clips"/> of one split's clips, in order.</summary>
    public int[] IndicesOf(Split split) => [.. Enumerable.Range(0, Clips.Count).Where(i => Clips[i].Split == split)];

    /// <summary>The reference events of some clips; null where nobody wrote down those of any of them.</summary>
    /// <param name="clips">Positions in <see cref="Clips"/>.</param>
    public EventList? EventsOf(IReadOnlyCollection<int> clips)
    {
        (string, IReadOnlyList<SoundEvent>)[] known =
        [
            .. clips
                .Select(index => Clips[index])
                .Where(clip => clip.StrongEvents is not null)
                .Select(clip => (clip.Name, clip.StrongEvents!)),
        ];
        return known.Length == clips.Count ? EventList.Of(known) : null;
    }

    /// <summary>The same corpus with other splits, for example after carving a validation split.</summary>
    /// <param name="splits">One for each clip.</param>
    public Manifest WithSplits(IReadOnlyList<Split> splits)
    {
        ArgumentNullException.ThrowIfNull(splits);
        if (splits.Count != Clips.Count)
            throw new ArgumentException($"{splits.Count} splits for {Clips.Count} clips.", nameof(splits));
        Clip[] clips = [.. Clips.Select((clip, i) => clip with { Split = splits[i] })];
        return new Manifest(Corpus, Classes, SampleRate, ClipSeconds, clips, LeftOut, audioHashes);
    }

    /// <summary>The same corpus, in which it is known what was mixed into its training clips; its hash stays.</summary>
    /// <param name="events">The events of training clips.</param>
    internal Manifest WithMixedEvents(EventList events)
    {
        Clip[] clips =
        [
            .. Clips.Select(clip =>
                clip.Split == Split.Training ? clip with { MixedEvents = events.EventsOf(clip.Name).ToArray() } : clip
            ),
        ];
        return new Manifest(Corpus, Classes, SampleRate, ClipSeconds, clips, LeftOut, audioHashes);
    }

    private static string[] HashAudio(IReadOnlyList<Clip> clips)
    {
        var hashes = new string[clips.Count];
        Workers.Run(clips.Count, i => hashes[i] = clips[i].AudioSha256 ?? FileStamp.ContentHash(clips[i].AudioPath));
        return hashes;
    }

    private void Check()
    {
        List<string> problems = [];
        HashSet<(Split, string)> seen = [];
        foreach (Clip clip in Clips)
        {
            if (!seen.Add((clip.Split, clip.Name)))
                problems.Add($"{Corpus}: the {clip.Split} clip {clip.Name} is there twice.");
            IEnumerable<string> labels = clip.WeakLabels.Concat((clip.StrongEvents ?? []).Select(e => e.Label));
            foreach (var label in labels.Where(label => Classes.IndexOf(label) < 0).Distinct())
                problems.Add(
                    $"{Corpus}: {clip.Name} is labelled '{label}', which is not one of the {Classes.Count} classes."
                );
        }
        if (problems.Count > 0)
            throw new CorpusException(problems);
    }
}

/// <summary>A clip that the label files name and that cannot be used.</summary>
/// <param name="Name">The clip's name as the label files write it.</param>
/// <param name="Split">Where it would have belonged.</param>
/// <param name="Missing">True where there is no audio file at all, false where there is one that cannot be read.</param>
/// <param name="Reason">Why it is left out.</param>
public sealed record LeftOutClip(string Name, Split Split, bool Missing, string Reason);
