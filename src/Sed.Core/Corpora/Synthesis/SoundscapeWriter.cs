using System.Globalization;
using System.Text;
using Sed.Core.Annotations;
using Sed.Core.Annotations.Formats;
using Sed.Core.Audio;
using Sed.Core.Corpora.Layouts;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora.Synthesis;

/// <summary>
/// Writes a corpus of soundscapes as DCASE 2017 task 4 lays it out. It grows under another name and takes its own by one
/// renaming at the end, so a corpus with its name is a whole one.
/// </summary>
internal static class SoundscapeWriter
{
    private const string MixedEventsFile = "mixed_events_training_set.csv";
    private const string Making = "making";

    private static readonly (Split Split, string Word, string Id)[] Splits =
    [
        (Split.Training, "training", "trn"),
        (Split.Testing, "testing", "tst"),
        (Split.Evaluation, "evaluation", "evl"),
    ];

    /// <summary>Makes the corpus unless it is there already.</summary>
    /// <param name="target">The corpus's folder.</param>
    /// <param name="source">Events and backgrounds.</param>
    /// <param name="options">How clips are made.</param>
    /// <param name="progress">Told how many of all clips are done.</param>
    /// <param name="cancellation">Stops the making; nothing is left behind.</param>
    /// <returns>SHA-256 of the corpus's files by their full paths.</returns>
    /// <exception cref="CorpusException">It is there, and files of it are not as they were made.</exception>
    internal static IReadOnlyDictionary<string, string> Ensure(
        string target,
        ISoundSource source,
        SoundscapeOptions options,
        IProgress<(int Done, int All)>? progress,
        CancellationToken cancellation
    )
    {
        if (Directory.Exists(target))
            return RequireUnaltered(target);
        var parent = Path.GetDirectoryName(Path.GetFullPath(target))!;
        Directory.CreateDirectory(parent);
        RemoveAbandoned(target, parent);
        var growing = $"{target}.{Guid.NewGuid():N}.making";
        Directory.CreateDirectory(growing);
        try
        {
            // By it others see that the folder is not abandoned.
            using (FolderLock.Try(growing, Making))
                Write(growing, source, options, progress, cancellation);
            SoundscapeSeal.Write(growing);
            Publish(growing, target);
        }
        catch
        {
            Directory.Delete(growing, recursive: true);
            throw;
        }
        return RequireUnaltered(target);
    }

    private static IReadOnlyDictionary<string, string> RequireUnaltered(string target)
    {
        const int named = 5;
        const string remedy =
            "Remove the folder and it is made again; a corpus of your own belongs elsewhere, named by --data.";
        if (!Directory.EnumerateFileSystemEntries(target).Any())
            throw new CorpusException($"{target}: its files are gone. {remedy}");
        (var altered, var hashes) = SoundscapeSeal.Verify(target);
        if (altered.Count > 0)
            throw new CorpusException(
                $"{target}: {altered.Count} of its files are not as they were made "
                    + $"({string.Join(", ", altered.Take(named))}{(altered.Count > named ? ", ..." : "")}). "
                    + remedy
            );
        return hashes;
    }

    private static void Write(
        string folder,
        ISoundSource source,
        SoundscapeOptions options,
        IProgress<(int, int)>? progress,
        CancellationToken cancellation
    )
    {
        var all = Splits.Sum(split => options.ClipsOf(split.Split));
        var done = 0;
        WriteClasses(Path.Combine(folder, $"sound_event_list_{source.Classes.Count}_classes.txt"), source.Classes);
        foreach ((Split split, var word, var id) in Splits)
        {
            var audio = Path.Combine(folder, "audio", word);
            Directory.CreateDirectory(audio);
            IReadOnlyList<SoundEvent>[] events = new IReadOnlyList<SoundEvent>[options.ClipsOf(split)];
            Workers.Run(
                events.Length,
                index =>
                {
                    Soundscape clip = Soundscape.Make(source, options, split, index);
                    events[index] = clip.Events;
                    WavWriter.Write(Path.Combine(audio, $"Y{Name(id, index)}"), clip.Samples, Dcase2017.SampleRate);
                    progress?.Report((Interlocked.Increment(ref done), all));
                },
                cancellation
            );
            WriteLabels(folder, word, split, id, events);
        }
    }

    // Eleven characters, as YouTube's identifiers have.
    private static string Name(string id, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{id}{index:D8}_0.000_{Dcase2017.ClipSeconds:F3}.wav");

    private static void WriteClasses(string path, IReadOnlyList<(string Id, string Label)> classes)
    {
        StringBuilder text = new("Class_ID\tConfidence\tClass_Label\n");
        foreach ((var id, var label) in classes)
            text.Append(CultureInfo.InvariantCulture, $"{id}\t10\t{label}\n");
        File.WriteAllText(path, text.ToString());
    }

    private static void WriteLabels(
        string folder,
        string word,
        Split split,
        string id,
        IReadOnlyList<SoundEvent>[] events
    )
    {
        StringBuilder weak = new();
        StringBuilder strong = new();
        for (var index = 0; index < events.Length; index++)
        {
            var name = Name(id, index);
            foreach (var label in events[index].Select(e => e.Label).Distinct())
                weak.Append(CultureInfo.InvariantCulture, $"{name}\t0.000\t{Dcase2017.ClipSeconds:F3}\t{label}\n");
            foreach (SoundEvent e in events[index])
                strong.Append(CultureInfo.InvariantCulture, $"{name}\t{e.Onset:0.###}\t{e.Offset:0.###}\t{e.Label}\n");
        }
        File.WriteAllText(Path.Combine(folder, $"groundtruth_weak_label_{word}_set.csv"), weak.ToString());
        // Training clips have weak labels only for whoever reads this folder; what was mixed is kept beside them.
        var list = split == Split.Training ? MixedEventsFile : $"groundtruth_strong_label_{word}_set.csv";
        File.WriteAllText(Path.Combine(folder, list), strong.ToString());
    }

    /// <summary>What was mixed into the training clips of a made corpus.</summary>
    internal static EventList MixedEvents(string folder, ISoundSource source, SoundscapeOptions options)
    {
        var kept = Path.Combine(folder, MixedEventsFile);
        if (File.Exists(kept))
            return EventListFile.Read(kept);
        // A corpus without that list: its score depends on its seed alone, and is drawn again.
        IReadOnlyList<SoundEvent>[] drawn = new IReadOnlyList<SoundEvent>[options.TrainingClips];
        Workers.Run(
            drawn.Length,
            index => drawn[index] = [.. Score.Draw(source, options, Split.Training, index).Select(entry => entry.Event)]
        );
        return EventList.Of(drawn.Select((events, index) => (Name(Splits[0].Id, index), events)), kept);
    }

    private static void Publish(string growing, string target)
    {
        try
        {
            Directory.Move(growing, target);
        }
        catch (IOException) when (Directory.Exists(target))
        {
            // Another process made the same corpus meanwhile: the same seed gives the same bytes, so either will do.
            Directory.Delete(growing, recursive: true);
        }
    }

    private static void RemoveAbandoned(string target, string parent)
    {
        foreach (var folder in Directory.GetDirectories(parent, $"{Path.GetFileName(target)}.*.making"))
        {
            using FolderLock right = FolderLock.TryTakeOver(folder, Making);
            if (right.Outcome == LockOutcome.Acquired)
                Directory.Delete(folder, recursive: true);
        }
    }
}
