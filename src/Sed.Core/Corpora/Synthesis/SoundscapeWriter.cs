using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Corpora.Layouts;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora.Synthesis;

/// <summary>
/// Writes corpora of soundscapes. A corpus is written to a temporary folder, which is renamed when it is complete.
/// </summary>
internal static class SoundscapeWriter
{
    private const string LockName = "mixing";

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
            "remove the folder to mix the corpus again; keep corpora of your own in a different folder and select it with --data";
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
        var layout = SoundscapeLayout.Of(options);
        var parts = layout.Parts(options);
        var all = parts.Sum(part => part.Clips);
        var done = 0;
        List<(SoundscapePart, IReadOnlyList<SoundEvent>[])> mixed = [];
        foreach (var part in parts)
        {
            var audio = Path.Combine(folder, part.Folder);
            Directory.CreateDirectory(audio);
            var events = new IReadOnlyList<SoundEvent>[part.Clips];
            Workers.Run(
                events.Length,
                index =>
                {
                    var clip = layout.Mix(source, options, part, index);
                    events[index] = clip.Events;
                    WavWriter.Write(
                        Path.Combine(audio, layout.FileOf(part, index)),
                        clip.Samples,
                        Dcase2017.SampleRate
                    );
                    progress?.Report((Interlocked.Increment(ref done), all));
                },
                cancellation
            );
            mixed.Add((part, events));
        }
        layout.WriteLists(folder, source, mixed);
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
