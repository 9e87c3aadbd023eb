using System.Globalization;
using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Layouts;
using Sed.Core.Runtime;

namespace Sed.Core.Labelling.Reviews;

/// <summary>
/// The recordings of a folder, with the labels in the folder's label files, but without the labels from its review.
/// </summary>
public sealed class ReviewRecordings
{
    private static readonly FileCache<Length> Lengths = new("lengths 1", Length.Of, Length.Format, Length.Parse);

    private ReviewRecordings(
        IReadOnlyList<ReviewRecording> all,
        IReadOnlyList<string> classes,
        IReadOnlyList<string> problems
    ) => (All, Classes, Problems) = (all, classes, problems);

    /// <summary>The recordings in ordinal order of their names.</summary>
    public IReadOnlyList<ReviewRecording> All { get; }

    /// <summary>The classes of the labels, in the order of the corpus; empty without labels.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>One sentence for each audio file that cannot be reviewed.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>
    /// Finds the audio files below a folder and reads their lengths. Files in compressed formats are decoded for this.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="cache">The folder that lengths are cached in; null (the default) caches nothing.</param>
    /// <param name="progress">Receives the number of finished files and the number of all files.</param>
    /// <param name="cancellation">Cancels before the next file.</param>
    /// <exception cref="CorpusException">
    /// The folder is missing or has no readable audio, or its label files have problems.
    /// </exception>
    /// <exception cref="AudioFormatException">A format needs ffmpeg, which is missing.</exception>
    public static ReviewRecordings Read(
        string folder,
        string? cache = null,
        IProgress<(int Done, int All)>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var listing = CorpusLayouts.OpenUnreviewed(folder);
        if (listing is { Problems.Count: > 0 })
            throw new CorpusException(listing.Problems);
        string[] files = [.. CorpusFolder.FilesBelow(folder).Where(AudioFile.HasAudioExtension)];
        if (files.Length == 0)
            throw new CorpusException(folder, "the folder contains no audio files");
        var lengths = Lengths.ValuesOf(folder, files, cache, progress, cancellation);
        ReviewRecording[] found =
        [
            .. files
                .Zip(lengths)
                .Where(file => file.Second.Problem is null)
                .Select(file => new ReviewRecording(
                    NameOf(folder, file.First),
                    file.First,
                    file.Second.Seconds,
                    file.Second.SampleRate
                )),
        ];
        string[] unwritable = [.. found.Select(one => ListNames.ProblemOf(one.Name)).OfType<string>()];
        string[] problems =
        [
            .. lengths.Select(length => length.Problem).OfType<string>(),
            .. unwritable.Select(problem => $"{OneLine.Of(problem)}. Rename the file to review it."),
        ];
        found = [.. found.Where(one => ListNames.ProblemOf(one.Name) is null)];
        if (found.Length == 0)
            throw new CorpusException(folder, $"no recording can be reviewed; the first error is: {problems[0]}");
        var clips = ClipsOf(listing);
        return new ReviewRecordings(
            [
                .. found
                    .Select(one => clips.TryGetValue(one.Path, out var clip) ? one.With(clip, listing!.Classes) : one)
                    .OrderBy(one => one.Name, StringComparer.Ordinal),
            ],
            listing is null ? [] : [.. listing.Classes],
            problems
        );
    }

    /// <summary>
    /// The clip of each audio file. If the corpus has several clips for a file, the first one is used.
    /// </summary>
    private static Dictionary<string, LabelledClip> ClipsOf(CorpusListing? listing)
    {
        Dictionary<string, LabelledClip> clips = new(StringComparer.Ordinal);
        if (listing is not null)
            foreach (var (clip, audio) in listing.Clips.Zip(listing.FindAudio()))
                if (audio is [var path, ..])
                    clips.TryAdd(path, clip);
        return clips;
    }

    private static string NameOf(string folder, string file) => Path.GetRelativePath(folder, file).Replace('\\', '/');

    /// <summary>Length and sampling rate of an audio file, or the reason why it cannot be read.</summary>
    private sealed record Length(double Seconds, int SampleRate, string? Problem = null)
    {
        internal static Length Of(string file, FileStamp stamp)
        {
            try
            {
                var probe = AudioProbe.Of(file);
                return probe.DurationSeconds > 0
                    ? new(probe.DurationSeconds, probe.SampleRate)
                    : new(0, 0, $"{file}: the recording is empty.");
            }
            catch (Exception unreadable)
                when (unreadable
                        is IOException
                            and not AudioFormatException { Fault: AudioFault.NoDecoder }
                            or UnauthorizedAccessException
                )
            {
                return new(0, 0, unreadable.Message);
            }
        }

        internal static string? Format(Length length) =>
            length.Problem is null ? FormattableString.Invariant($"{length.Seconds:R}\t{length.SampleRate}") : null;

        internal static Length? Parse(string text, FileStamp stamp) =>
            text.Split('\t') is [var seconds, var rate]
            && double.TryParse(seconds, CultureInfo.InvariantCulture, out var length)
            && int.TryParse(rate, CultureInfo.InvariantCulture, out var samples)
                ? new(length, samples)
                : null;
    }
}
