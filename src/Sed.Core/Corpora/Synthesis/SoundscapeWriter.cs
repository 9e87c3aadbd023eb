using System.Globalization;
using System.Text;
using Sed.Core.Annotations;
using Sed.Core.Annotations.Formats;
using Sed.Core.Audio;
using Sed.Core.Corpora.Layouts;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora.Synthesis;

/// <summary>
/// Writes corpora of soundscapes in the layout of DCASE 2017 task 4. A corpus is written to a temporary folder, which is renamed
/// when it is complete.
/// </summary>
internal static class SoundscapeWriter
{
    private const string MixedEventsFile = "mixed_events_training_set.csv";
    private const string LockName = "mixing";

    private static readonly (Split Split, string Word, string Id)[] Splits =
    [
        (Split.Training, "training", "trn"),
        (Split.Testing, "testing", "tst"),
        (Split.Evaluation, "evaluation", "evl"),
    ];

    /// <summary>Mixes the corpus unless it exists, and compares its files with their checksums.</summary>
    /// <param name="target">The corpus's folder.</param>
    /// <param name="source">Source of events and backgrounds.</param>
    /// <param name="options">Options for mixing.</param>
    /// <param name="progress">Receives the number of mixed clips.</param>
    /// <param name="cancellation">Stops mixing and removes the temporary folder.</param>
    /// <returns>SHA-256 of the corpus's files, by their full paths.</returns>
    /// <exception cref="CorpusException">Files of the existing corpus were changed or removed.</exception>
    internal static IReadOnlyDictionary<string, string> Ensure(
        string target,
        ISoundSource source,
        SoundscapeOptions options,
        IProgress<(int Done, int All)>? progress,
        CancellationToken cancellation
    )
    {
        if (Directory.Exists(target))
            return RequireUnchanged(target);
        var parent = Path.GetDirectoryName(Path.GetFullPath(target))!;
        Directory.CreateDirectory(parent);
        RemoveAbandoned(target, parent);
        var temporary = $"{target}.{Guid.NewGuid():N}.mixing";
        Directory.CreateDirectory(temporary);
        try
        {
            // The lock shows other processes that the folder is in use.
            using (FolderLock.Try(temporary, LockName))
                Write(temporary, source, options, progress, cancellation);
            ChecksumList.Write(temporary);
            Publish(temporary, target);
        }
        catch
        {
            Directory.Delete(temporary, recursive: true);
            throw;
        }
        return RequireUnchanged(target);
    }

    private static IReadOnlyDictionary<string, string> RequireUnchanged(string target)
    {
        const int named = 5;
        const string remedy =
            "remove the folder to mix the corpus again, keep your own corpora in a different folder, and select it with --data";
        if (!Directory.EnumerateFileSystemEntries(target).Any())
            throw new CorpusException(target, "the folder of this mixed corpus is empty", remedy);
        (var changed, var hashes) = ChecksumList.Verify(target);
        if (changed.Count > 0)
            throw new CorpusException(
                target,
                $"{changed.Count} files of this mixed corpus were changed or removed "
                    + $"({string.Join(", ", changed.Take(named))}{(changed.Count > named ? ", ..." : "")})",
                remedy
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
            var events = new IReadOnlyList<SoundEvent>[options.ClipsOf(split)];
            Workers.Run(
                events.Length,
                index =>
                {
                    var clip = Soundscape.Mix(source, options, split, index);
                    events[index] = clip.Events;
                    WavWriter.Write(Path.Combine(audio, $"Y{Name(id, index)}"), clip.Samples, Dcase2017.SampleRate);
                    progress?.Report((Interlocked.Increment(ref done), all));
                },
                cancellation
            );
            WriteLabels(folder, word, split, id, events);
        }
    }

    // The identifier has eleven characters, like YouTube identifiers.
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
            foreach (var e in events[index])
                strong.Append(CultureInfo.InvariantCulture, $"{name}\t{e.Onset:0.###}\t{e.Offset:0.###}\t{e.Label}\n");
        }
        File.WriteAllText(Path.Combine(folder, $"groundtruth_weak_label_{word}_set.csv"), weak.ToString());
        // Training clips have weak labels only; their events are kept in a list that readers of the layout ignore.
        var list = split == Split.Training ? MixedEventsFile : $"groundtruth_strong_label_{word}_set.csv";
        File.WriteAllText(Path.Combine(folder, list), strong.ToString());
    }

    /// <summary>The events of a mixed corpus's training clips.</summary>
    internal static EventList MixedEvents(string folder, ISoundSource source, SoundscapeOptions options)
    {
        var list = Path.Combine(folder, MixedEventsFile);
        if (File.Exists(list))
            return EventListFile.Read(list);
        // Without the list, the events are drawn again from the seed.
        var drawn = new IReadOnlyList<SoundEvent>[options.TrainingClips];
        Workers.Run(
            drawn.Length,
            index =>
                drawn[index] = [
                    .. SoundscapePlan.Draw(source, options, Split.Training, index).Select(planned => planned.Event),
                ]
        );
        return EventList.Of(drawn.Select((events, index) => (Name(Splits[0].Id, index), events)), list);
    }

    private static void Publish(string temporary, string target)
    {
        try
        {
            Directory.Move(temporary, target);
        }
        catch (IOException) when (Directory.Exists(target))
        {
            // Another process has mixed the same corpus in the meantime, with identical files.
            Directory.Delete(temporary, recursive: true);
        }
    }

    private static void RemoveAbandoned(string target, string parent)
    {
        foreach (var folder in Directory.GetDirectories(parent, $"{Path.GetFileName(target)}.*.mixing"))
        {
            using FolderLock right = FolderLock.TryTakeOver(folder, LockName);
            if (right.Outcome == LockOutcome.Acquired)
                Directory.Delete(folder, recursive: true);
        }
    }
}
