using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Layouts;
using Sed.Core.Runtime;

namespace Sed.Core.Labelling.Reviews;

/// <summary>The recordings of a folder with the labels that the folder has without its review.</summary>
public sealed class ReviewRecordings
{
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
    /// <param name="progress">Receives the number of files that were read.</param>
    /// <param name="cancellation">Cancels before the next file.</param>
    /// <exception cref="CorpusException">
    /// The folder is missing or has no readable audio, or its label files have problems.
    /// </exception>
    /// <exception cref="AudioFormatException">A format needs ffmpeg, which is missing.</exception>
    public static ReviewRecordings Read(
        string folder,
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
        var found = new ReviewRecording?[files.Length];
        var problems = new string?[files.Length];
        var done = 0;
        Workers.Run(
            files.Length,
            k =>
            {
                (found[k], problems[k]) = Probe(folder, files[k]);
                progress?.Report((Interlocked.Increment(ref done), files.Length));
            },
            cancellation
        );
        string[] unusable = [.. problems.OfType<string>()];
        if (found.All(one => one is null))
            throw new CorpusException(folder, $"no recording can be reviewed; the first error is: {unusable[0]}");
        var clips = ClipsOf(listing);
        return new ReviewRecordings(
            [
                .. found
                    .OfType<ReviewRecording>()
                    .Select(one => clips.TryGetValue(one.Path, out var clip) ? one.With(clip, listing!.Classes) : one)
                    .OrderBy(one => one.Name, StringComparer.Ordinal),
            ],
            listing is null ? [] : [.. listing.Classes],
            unusable
        );
    }

    /// <summary>The clip of each audio file; the first of several.</summary>
    private static Dictionary<string, LabelledClip> ClipsOf(CorpusListing? listing)
    {
        Dictionary<string, LabelledClip> clips = new(StringComparer.Ordinal);
        if (listing is not null)
            foreach (var (clip, audio) in listing.Clips.Zip(listing.FindAudio()))
                if (audio is [var path, ..])
                    clips.TryAdd(path, clip);
        return clips;
    }

    private static (ReviewRecording? Recording, string? Problem) Probe(string folder, string file)
    {
        var name = Path.GetRelativePath(folder, file).Replace('\\', '/');
        if (ListNames.ProblemOf(name) is { } unwritable)
            return (null, $"{OneLine.Of(unwritable)}. Rename the file to review it.");
        try
        {
            var probe = AudioProbe.Of(file);
            return probe.DurationSeconds > 0
                ? (new ReviewRecording(name, file, probe.DurationSeconds, probe.SampleRate), null)
                : (null, $"{name}: the recording is empty.");
        }
        catch (Exception unreadable)
            when (unreadable
                    is IOException
                        and not AudioFormatException { Fault: AudioFault.NoDecoder }
                        or UnauthorizedAccessException
            )
        {
            return (null, unreadable.Message);
        }
    }
}
