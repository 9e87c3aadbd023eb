using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Corpora.Layouts;

namespace Sed.Core.Corpora.Synthesis;

/// <summary>
/// Corpora that are made, not collected: 10 s, 44.1 kHz mono soundscapes with exact strong labels, which those of the training
/// split show only to networks that are to learn from them (<see cref="Clip.MixedEvents"/>). They are written as WAV
/// and label files in the layout of DCASE 2017 task 4 and read back by <see cref="CorpusLayouts.Read"/>; one that is there
/// already is used again.
/// </summary>
public static class Soundscapes
{
    /// <summary>
    /// The built-in corpus: the 17 classes of DCASE 2017 task 4, synthesised, over a street with wind, voices and music now
    /// and then, each clip through another microphone. As many events a clip as in the real data's testing split, and as
    /// long; sirens and horns share their timbre, engines theirs, and are told apart by how they move in time. The same
    /// seed gives the same bytes.
    /// </summary>
    /// <param name="directory">Where made corpora are kept, each in a folder of its own.</param>
    /// <param name="options">Seed, numbers of clips, levels; null takes the defaults.</param>
    /// <param name="progress">Told how many of all clips are done.</param>
    /// <param name="cancellation">Stops the making; nothing is left behind.</param>
    /// <exception cref="ArgumentException">The options cannot be used; all reasons are given.</exception>
    public static Manifest SmartCars(
        string directory,
        SoundscapeOptions? options = null,
        IProgress<(int Done, int All)>? progress = null,
        CancellationToken cancellation = default
    ) =>
        Make(
            "smartcars",
            "smartcars",
            new SynthesisedSounds(Dcase2017.SampleRate),
            directory,
            options,
            progress,
            cancellation
        );

    /// <summary>
    /// A corpus mixed from folders of real recordings: each folder is a class, some are backgrounds. The recordings of one
    /// fold (file names "fold-source-take") or, without folds, of one source serve one split only.
    /// </summary>
    /// <param name="recordings">The folder with one folder of recordings per class.</param>
    /// <param name="directory">
    /// The folder of mixed corpora, each in a folder of its own. Content hashes of the recordings are cached there too.
    /// </param>
    /// <param name="options">Seed, numbers of clips, levels, backgrounds; null takes the defaults.</param>
    /// <param name="progress">Told how many of all clips are done.</param>
    /// <param name="cancellation">Stops the making; nothing is left behind.</param>
    /// <exception cref="ArgumentException">The options cannot be used; all reasons are given.</exception>
    /// <exception cref="CorpusException">
    /// The folder is missing, empty or without folders that name classes, or a recording in it cannot be decoded.
    /// </exception>
    public static Manifest FromFolders(
        string recordings,
        string directory,
        SoundscapeOptions? options = null,
        IProgress<(int Done, int All)>? progress = null,
        CancellationToken cancellation = default
    )
    {
        options ??= new SoundscapeOptions();
        RecordedSounds source = RecordedSounds.Open(recordings, options, Dcase2017.SampleRate, directory);
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(recordings)));
        return Make(name, "recordings", source, directory, options, progress, cancellation);
    }

    private static Manifest Make(
        string name,
        string kind,
        ISoundSource source,
        string directory,
        SoundscapeOptions? options,
        IProgress<(int, int)>? progress,
        CancellationToken cancellation
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        options ??= new SoundscapeOptions();
        if (options.Problems() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(options));
        var folder = Path.Combine(directory, FolderName(kind, source, options));
        try
        {
            var hashes = SoundscapeWriter.Ensure(folder, source, options, progress, cancellation);
            EventList mixed = SoundscapeWriter.MixedEvents(folder, source, options);
            var listing = new Dcase2017Task4().Read(CorpusFolder.Open(folder)) with { Corpus = name };
            return ManifestBuilder
                .Build(
                    listing,
                    listing.FindAudio(),
                    path => AudioProbe.Of(path) with { Sha256 = hashes.GetValueOrDefault(path) }
                )
                .WithMixedEvents(mixed);
        }
        catch (AudioFormatException unreadable)
        {
            throw new CorpusException(unreadable.Message);
        }
    }

    // The name contains everything that determines the content, and no name or path of the recordings' folder.
    private static string FolderName(string kind, ISoundSource source, SoundscapeOptions options)
    {
        var recipe = string.Create(
            CultureInfo.InvariantCulture,
            $"{source.Fingerprint}|{options.Seed}|{options.TrainingClips}|{options.TestingClips}|{options.EvaluationClips}"
                + $"|{options.MinEvents}|{options.MaxEvents}|{options.MinSignalToNoiseDb:R}|{options.MaxSignalToNoiseDb:R}"
        );
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(recipe)))[..10];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{kind}-{options.Seed}-{options.TrainingClips}-{options.TestingClips}-{options.EvaluationClips}-{hash}"
        );
    }
}
