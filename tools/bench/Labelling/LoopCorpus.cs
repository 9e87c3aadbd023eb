using Sed.Core.Annotations;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Layouts;
using Sed.Core.Corpora.Synthesis;
using Sed.Core.Features.Encoders;
using Sed.Core.Features.Store;
using Sed.Core.Labelling;

namespace Sed.Bench;

/// <summary>
/// A corpus for the simulation of the labelling loop: stretches with known labels and the frozen vectors of an encoder.
/// </summary>
/// <param name="Name">Name of the corpus.</param>
/// <param name="Manifest">
/// The stretches as clips. Training clips are the pool; testing clips are the fixed test set.
/// </param>
/// <param name="Stretches">The stretch of each clip.</param>
/// <param name="Features">The features of each clip.</param>
/// <param name="HopSeconds">Hop of the features, in seconds.</param>
internal sealed record LoopCorpus(
    string Name,
    Manifest Manifest,
    IReadOnlyList<Stretch> Stretches,
    StretchFeatures Features,
    double HopSeconds
)
{
    /// <summary>
    /// Minimum number of events of a class, in the pool and in the test set each. Classes with fewer events are left out.
    /// </summary>
    private const int FewestEvents = 10;

    /// <summary>The names of the corpora.</summary>
    public static IReadOnlyList<string> Names { get; } = ["esc10", "esc10rare", "sprsound", "bl26lb16", "bird0"];

    /// <summary>Opens a corpus. Mixed audio and features are kept in <paramref name="folder"/>.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="data">The folder with esc10, sprsound and birdsong.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="folder">Folder of mixed audio and features.</param>
    public static LoopCorpus Open(string name, string data, Encoder encoder, string folder) =>
        name switch
        {
            "esc10" => Of(name, Mixed(data, folder), 10, encoder, folder),
            "esc10rare" => Of(name, WithRareClasses(Mixed(data, folder)), 10, encoder, folder),
            "sprsound" => Of(name, Breath(Path.Combine(data, "sprsound")), 10, encoder, folder),
            "bl26lb16" => Of(name, Song(Path.Combine(data, "birdsong", name), IsLastDay), 3, encoder, folder),
            "bird0" => Of(name, Song(Path.Combine(data, "birdsong", name), IsFourth), 3, encoder, folder),
            _ => throw new ArgumentException($"'{name}' is not one of {string.Join(", ", Names)}.", nameof(name)),
        };

    /// <summary>
    /// 600 soundscapes of 10 s for the pool and 200 for the test set, mixed as with `--data soundscapes:DIR`.
    /// </summary>
    private static Manifest Mixed(string data, string folder) =>
        Soundscapes.FromFolders(
            Path.Combine(data, "esc10"),
            Path.Combine(folder, "corpora"),
            new SoundscapeOptions
            {
                TrainingClips = 600,
                TestingClips = 200,
                EvaluationClips = 1,
            }
        );

    /// <summary>
    /// Makes the pool unbalanced: keeps every eighth of the training clips that contain one of the first three classes, and
    /// all other clips.
    /// </summary>
    private static Manifest WithRareClasses(Manifest all)
    {
        HashSet<string> rare = [.. all.Classes.Take(3)];
        var seen = 0;
        Clip[] kept =
        [
            .. all.Clips.Where(clip =>
                clip.Split != Split.Training || !clip.WeakLabels.Any(rare.Contains) || seen++ % 8 == 0
            ),
        ];
        return new(all.Corpus, all.Classes, all.SampleRate, all.ClipSeconds, kept, all.LeftOut);
    }

    /// <summary>
    /// Breath sounds. All kinds of crackles are one class; wheezes and rhonchi are another. The test set contains other
    /// patients than the pool.
    /// </summary>
    private static Manifest Breath(string path) =>
        CorpusLayouts.Read(
            path,
            new CorpusOptions
            {
                ClipSeconds = 10,
                HopSeconds = 5,
                Renamed = new Dictionary<string, string>
                {
                    ["Fine Crackle"] = "Crackle",
                    ["Coarse Crackle"] = "Crackle",
                    ["Wheeze+Crackle"] = "Crackle",
                    ["Rhonchi"] = "Wheeze",
                },
            }
        );

    private static Manifest Song(string path, Func<Clip, IReadOnlyList<Clip>, bool> isTest)
    {
        var all = CorpusLayouts.Read(path, new CorpusOptions { ClipSeconds = 10, HopSeconds = 5 });
        return all.WithSplits([.. all.Clips.Select(clip => isTest(clip, all.Clips) ? Split.Testing : Split.Training)]);
    }

    // Names are bl26lb16_DDMMYY_TIME_NUMBER. Month and year are the same in all names, so DDMMYY sorts by day.
    private static bool IsLastDay(Clip clip, IReadOnlyList<Clip> all) => DayOf(clip) == all.Max(DayOf);

    private static string? DayOf(Clip clip) => new NameField('_', 1).Of(clip.Name);

    private static bool IsFourth(Clip clip, IReadOnlyList<Clip> all) =>
        int.Parse(Path.GetFileNameWithoutExtension(clip.Name)) % 4 == 3;

    private static LoopCorpus Of(string name, Manifest recordings, double seconds, Encoder encoder, string folder)
    {
        using var store = FeatureStore.Open(recordings, encoder, Path.Combine(folder, "features"));
        List<(Stretch Stretch, Clip Clip)> pieces = [];
        List<float[]> features = [];
        for (var clip = 0; clip < recordings.Clips.Count; clip++)
        {
            var whole = recordings.Clips[clip];
            if (whole.Split is not (Split.Training or Split.Testing))
                continue;
            foreach (var stretch in Stretch.Divide(whole.Name, whole.DurationSeconds, seconds))
            {
                if (recordings.Classes.Any(label => !whole.KnownTimesOf(label).Contain(stretch.Onset, stretch.Offset)))
                    continue;
                var first = (int)Math.Round(stretch.Onset / encoder.HopSeconds);
                var end = Math.Min(store.FramesOf(clip), (int)Math.Round(stretch.Offset / encoder.HopSeconds));
                var own = new float[Math.Max(1, end - first) * store.Bands];
                store.Read(clip, first, own);
                features.Add(own);
                pieces.Add((stretch, Cut(whole, stretch)));
            }
        }
        ClassList classes = new(
            recordings.Classes.Where(label =>
                new[] { Split.Training, Split.Testing }.All(split =>
                    pieces
                        .Where(piece => piece.Clip.Split == split)
                        .Sum(piece => piece.Clip.StrongEvents!.Count(sound => sound.Label == label)) >= FewestEvents
                )
            )
        );
        StretchFeatures reader = new(features, encoder.Bands);
        return new(
            name,
            new Manifest(
                name,
                classes,
                encoder.SampleRate,
                reader.Frames * encoder.HopSeconds,
                [.. pieces.Select(piece => OfClasses(piece.Clip, classes))]
            ),
            [.. pieces.Select(piece => piece.Stretch)],
            reader,
            encoder.HopSeconds
        );
    }

    /// <summary>A stretch as a clip, with the events within the stretch.</summary>
    private static Clip Cut(Clip whole, Stretch stretch) =>
        whole with
        {
            Name = stretch.ToString(),
            DurationSeconds = stretch.Seconds,
            AnnotatedSpans = null,
            UnknownLabels = [],
            MixedEvents = null,
            StrongEvents =
            [
                .. whole
                    .KnownEvents!.Where(sound => sound.Onset < stretch.Offset && sound.Offset > stretch.Onset)
                    .Select(sound =>
                        sound with
                        {
                            Onset = Math.Max(0, sound.Onset - stretch.Onset),
                            Offset = Math.Min(stretch.Seconds, sound.Offset - stretch.Onset),
                        }
                    ),
            ],
        };

    private static Clip OfClasses(Clip clip, ClassList classes)
    {
        SoundEvent[] events = [.. clip.StrongEvents!.Where(sound => classes.IndexOf(sound.Label) >= 0)];
        return clip with
        {
            StrongEvents = events,
            WeakLabels = [.. classes.Where(label => events.Any(sound => sound.Label == label))],
        };
    }
}
