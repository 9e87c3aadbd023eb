using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Corpora.Layouts;

namespace Sed.Core.Corpora.Synthesis;

/// <summary>
/// Mixes corpora of soundscapes: 10 s clips, 44.1 kHz, mono, with exact strong labels. They are written as WAV files
/// and label files in the layout of DCASE 2017 task 4 or of DESED; an existing corpus is used again. In the layout of
/// DCASE 2017 task 4, training clips have weak labels only; networks that learn from strong labels use
/// <see cref="Clip.MixedEvents"/>.
/// </summary>
public static class Soundscapes
{
    /// <summary>
    /// A built-in corpus: synthesised events of the 17 classes of DCASE 2017 task 4 over street noise. Numbers and
    /// durations of events match the task's testing set. Sirens and horns share a timbre, as do the engines, and differ
    /// in their temporal pattern. <see cref="SoundscapeOptions.Kind"/> selects the layout and the way of mixing: those
    /// of DCASE 2017 task 4 (default; the corpus is named "smartcars") or those of DESED ("likeDesed").
    /// </summary>
    /// <param name="directory">The parent folder of mixed corpora; each corpus has its own folder.</param>
    /// <param name="options">Seed, numbers of clips and levels; null for the defaults.</param>
    /// <param name="progress">Receives the number of mixed clips.</param>
    /// <param name="cancellation">Stops mixing and removes the incomplete corpus.</param>
    /// <exception cref="ArgumentException">The options are not valid; the message lists all problems.</exception>
    /// <exception cref="CorpusException">Files of the existing corpus were changed or removed.</exception>
    public static Manifest Synthesised(
        string directory,
        SoundscapeOptions? options = null,
        IProgress<(int Done, int All)>? progress = null,
        CancellationToken cancellation = default
    ) =>
        Mix(
            options?.Kind == SoundscapeKind.Desed ? "likeDesed" : "smartcars",
            options?.Kind == SoundscapeKind.Desed ? "desed" : "smartcars",
            new SynthesisedSounds(Dcase2017.SampleRate),
            directory,
            options,
            progress,
            cancellation
        );

    /// <summary>
    /// A corpus mixed from folders of recordings. Each folder is a class or contains backgrounds. All recordings of a
    /// fold are used in the same split (file names "fold-source-take"). If the names have no folds, all recordings of a
    /// source are used in the same split.
    /// </summary>
    /// <param name="recordings">The folder with one folder of recordings per class.</param>
    /// <param name="directory">
    /// The parent folder of mixed corpora; each corpus has its own folder. Content hashes of the recordings are cached
    /// there too.
    /// </param>
    /// <param name="options">Seed, numbers of clips, levels and backgrounds; null for the defaults.</param>
    /// <param name="progress">Receives the number of mixed clips.</param>
    /// <param name="cancellation">Stops mixing and removes the incomplete corpus.</param>
    /// <exception cref="ArgumentException">The options are not valid; the message lists all problems.</exception>
    /// <exception cref="CorpusException">
    /// The folder is missing or has no class folders, a recording cannot be decoded, or files of the existing corpus
    /// were changed.
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
        var source = RecordedSounds.Open(recordings, options, Dcase2017.SampleRate, directory);
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(recordings)));
        var kind = options.Kind == SoundscapeKind.Desed ? "desed-recordings" : "recordings";
        return Mix(name, kind, source, directory, options, progress, cancellation);
    }

    private static Manifest Mix(
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
            var layout = SoundscapeLayout.Of(options);
            var listing = layout.Read(folder) with { Corpus = name };
            var manifest = ManifestBuilder.Build(
                listing,
                listing.FindAudio(),
                path => AudioProbe.Of(path) with { Sha256 = hashes.GetValueOrDefault(path) }
            );
            return layout.MixedEvents(folder, source, options) is { } mixed
                ? manifest.WithMixedEvents(mixed)
                : manifest;
        }
        catch (AudioFormatException unreadable)
        {
            throw new CorpusException(unreadable.Message);
        }
    }

    // The name depends on everything that determines the content, but not on the name or path of the recordings'
    // folder.
    private static string FolderName(string kind, ISoundSource source, SoundscapeOptions options)
    {
        var recipe = string.Create(
            CultureInfo.InvariantCulture,
            $"{source.Fingerprint}|{options.Seed}|{options.TrainingClips}|{options.TestingClips}|{options.EvaluationClips}"
                + $"|{options.MinEvents}|{options.MaxEvents}|{options.MinSignalToNoiseDb:R}|{options.MaxSignalToNoiseDb:R}"
        );
        if (SoundscapeLayout.Of(options).Fingerprint is { Length: > 0 } layout)
            recipe += $"|{layout}";
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(recipe)))[..10];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{kind}-{options.Seed}-{options.TrainingClips}-{options.TestingClips}-{options.EvaluationClips}-{hash}"
        );
    }
}
