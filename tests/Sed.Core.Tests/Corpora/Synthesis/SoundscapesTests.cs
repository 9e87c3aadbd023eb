using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Layouts;
using Sed.Core.Corpora.Synthesis;
using Sed.Core.Runtime;
using Sed.Core.Tests.Audio;
using Sed.Core.Tests.Metrics;

namespace Sed.Core.Tests.Corpora.Synthesis;

public sealed class SoundscapesTests : IDisposable
{
    private static readonly SoundscapeOptions Small = new()
    {
        TrainingClips = 20,
        TestingClips = 18,
        EvaluationClips = 17,
    };
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_split_has_every_class_and_only_training_clips_have_no_strong_labels()
    {
        var corpus = Soundscapes.Synthesised(folder.Path, Small);
        Assert.Equal(17, corpus.Classes.Count);
        Assert.Empty(corpus.LeftOut);
        foreach (
            var (split, count) in new[]
            {
                (Split.Training, Small.TrainingClips),
                (Split.Testing, Small.TestingClips),
                (Split.Evaluation, Small.EvaluationClips),
            }
        )
        {
            Clip[] clips = [.. corpus.IndicesOf(split).Select(i => corpus.Clips[i])];
            Assert.Equal(count, clips.Length);
            Assert.Equal(17, clips.SelectMany(clip => clip.WeakLabels).Distinct().Count());
            Assert.All(clips, clip => Assert.Equal(split == Split.Training, clip.StrongEvents is null));
            Assert.All(clips, clip => Assert.Equal(10, clip.DurationSeconds));
        }
    }

    [Fact]
    public void Strong_labels_are_within_the_clip_and_agree_with_the_weak_labels()
    {
        var corpus = Soundscapes.Synthesised(folder.Path, Small);
        foreach (var clip in corpus.Clips.Where(clip => clip.StrongEvents is not null))
        {
            Assert.InRange(clip.StrongEvents!.Count, 1, 4);
            Assert.All(clip.StrongEvents, e => Assert.True(0 <= e.Onset && e.Onset < e.Offset && e.Offset <= 10));
            Assert.Equal(clip.WeakLabels.Order(), clip.StrongEvents.Select(e => e.Label).Distinct().Order());
        }
    }

    [Fact]
    public void The_events_of_training_clips_are_known_in_addition_to_their_labels_and_leave_the_hash_unchanged()
    {
        var corpus = Soundscapes.Synthesised(folder.Path, Small);
        Clip[] training = [.. corpus.Clips.Where(clip => clip.Split == Split.Training)];
        Assert.All(
            training,
            clip => Assert.Equal(clip.WeakLabels.Order(), clip.KnownEvents!.Select(e => e.Label).Distinct().Order())
        );
        Assert.All(corpus.Clips.Except(training), clip => Assert.Null(clip.MixedEvents));
        // Validation clips have weak labels only, as in a recorded corpus.
        Assert.All(
            Stratification.CarveValidation(corpus, 0.3, 1).Clips.Where(clip => clip.Split == Split.Validation),
            clip => Assert.Null(clip.StrongEvents)
        );
        var mixed = Assert.Single(Directory.GetDirectories(folder.Path));
        var collected = CorpusLayouts.Read(mixed, new CorpusOptions { Name = corpus.Corpus });
        Assert.Equal(corpus.Hash, collected.Hash);
        Assert.All(collected.Clips, clip => Assert.Null(clip.MixedEvents));
        // Without the list of events they are drawn again.
        File.Delete(Assert.Single(Directory.GetFiles(mixed, "mixed_events_*")));
        var checksums = Path.Combine(mixed, "checksums.tsv");
        File.WriteAllLines(checksums, [.. File.ReadLines(checksums).Where(line => !line.StartsWith("mixed_events_"))]);
        var older = Soundscapes.Synthesised(folder.Path, Small);
        foreach (var (clip, again) in corpus.Clips.Zip(older.Clips))
            Assert.Equal(clip.MixedEvents, again.MixedEvents);
    }

    [Fact]
    public void Equal_seeds_give_identical_files_and_different_seeds_different_ones()
    {
        SoundscapeOptions tiny = new()
        {
            TrainingClips = 2,
            TestingClips = 1,
            EvaluationClips = 1,
        };
        var first = Soundscapes.Synthesised(folder.File("a"), tiny);
        var second = Soundscapes.Synthesised(folder.File("b"), tiny);
        var third = Soundscapes.Synthesised(folder.File("c"), tiny with { Seed = 2 });
        Assert.Equal(first.Hash, second.Hash);
        for (var i = 0; i < first.Clips.Count; i++)
        {
            var bytes = File.ReadAllBytes(first.Clips[i].AudioPath);
            Assert.Equal(bytes, File.ReadAllBytes(second.Clips[i].AudioPath));
            Assert.NotEqual(bytes, File.ReadAllBytes(third.Clips[i].AudioPath));
        }
    }

    [Fact]
    public void An_existing_corpus_is_used_again_and_temporary_folders_of_killed_processes_are_removed()
    {
        SoundscapeOptions tiny = new()
        {
            TrainingClips = 1,
            TestingClips = 1,
            EvaluationClips = 1,
        };
        var first = Soundscapes.Synthesised(folder.Path, tiny);
        var written = File.GetLastWriteTimeUtc(first.Clips[0].AudioPath);
        Assert.Equal(written, File.GetLastWriteTimeUtc(Soundscapes.Synthesised(folder.Path, tiny).Clips[0].AudioPath));

        var corpus = Assert.Single(Directory.GetDirectories(folder.Path));
        Directory.Move(corpus, corpus + ".0123.mixing");
        Directory.CreateDirectory(corpus + ".4567.mixing");
        using FolderLock alive = FolderLock.Try(corpus + ".4567.mixing", "mixing");
        LockRecord ended = new("ended", LockOwner.Here with { Started = "before" });
        File.WriteAllText(Path.Combine(corpus + ".0123.mixing", "mixing"), ended.Text(0));
        var again = Soundscapes.Synthesised(folder.Path, tiny);
        Assert.Equal(first.Hash, again.Hash);
        Assert.Equal([corpus, corpus + ".4567.mixing"], Directory.GetDirectories(folder.Path).Order());
    }

    [Fact]
    public void A_changed_file_of_a_mixed_corpus_is_named_and_one_with_another_time_is_not()
    {
        SoundscapeOptions tiny = new()
        {
            TrainingClips = 1,
            TestingClips = 1,
            EvaluationClips = 1,
        };
        Clip[] clips = [.. Soundscapes.Synthesised(folder.Path, tiny).Clips];
        File.SetLastWriteTimeUtc(clips[0].AudioPath, DateTime.UtcNow.AddDays(-1));
        Soundscapes.Synthesised(folder.Path, tiny);

        var sound = File.ReadAllBytes(clips[0].AudioPath);
        sound[^1] ^= 1;
        File.WriteAllBytes(clips[0].AudioPath, sound);
        File.Delete(clips[2].AudioPath);
        var error = Assert.Throws<CorpusException>(() => Soundscapes.Synthesised(folder.Path, tiny));

        Assert.Contains(": 2 files of this mixed corpus were changed or removed (audio/", error.Message);
        foreach (var index in new[] { 0, 2 })
            Assert.Contains(Path.GetFileName(clips[index].AudioPath), error.Message);
        Assert.EndsWith(
            "remove the folder to mix the corpus again; keep corpora of your own in a different folder and select it with --data",
            error.Message
        );
    }

    [Fact]
    public void The_empty_folder_of_a_mixed_corpus_is_an_error_with_its_remedy()
    {
        SoundscapeOptions tiny = new()
        {
            TrainingClips = 1,
            TestingClips = 1,
            EvaluationClips = 1,
        };
        Soundscapes.Synthesised(folder.Path, tiny);
        var mixed = Assert.Single(Directory.GetDirectories(folder.Path));
        Directory.Delete(mixed, recursive: true);
        Directory.CreateDirectory(mixed);
        var error = Assert.Throws<CorpusException>(() => Soundscapes.Synthesised(folder.Path, tiny));
        Assert.Equal(
            $"{mixed}: the folder of this mixed corpus is empty; remove the folder to mix the corpus again; keep corpora of "
                + "your own in a different folder and select it with --data",
            error.Message
        );
    }

    [Fact]
    public void Cancelling_leaves_nothing_behind()
    {
        using CancellationTokenSource stop = new();
        Progress when = new(() => stop.Cancel());
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Soundscapes.Synthesised(folder.Path, Small, when, stop.Token)
        );
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void All_problems_of_options_are_reported_together()
    {
        SoundscapeOptions wrong = new()
        {
            TrainingClips = 0,
            MinEvents = 3,
            MaxEvents = 2,
            MaxSignalToNoiseDb = -1,
        };
        Assert.Equal(
            [
                "TrainingClips must be at least 1, was 0.",
                "MaxEvents must be at least MinEvents (3), was 2.",
                "MaxSignalToNoiseDb must be at least MinSignalToNoiseDb (0 dB), was -1 dB.",
            ],
            wrong.Problems()
        );
    }

    [Fact]
    public void A_corpus_mixed_from_recordings_has_the_folders_as_classes()
    {
        AudioFileTests.RequireFfmpeg();
        var recordings = SharedFolder.Require("data", "esc10");
        SoundscapeOptions few = new()
        {
            TrainingClips = 7,
            TestingClips = 7,
            EvaluationClips = 7,
            MaxEvents = 1,
        };
        var corpus = Soundscapes.FromFolders(recordings, folder.Path, few);
        Assert.Equal(
            ["baby_cry", "chainsaw", "clock_tick", "dog_bark", "helicopter", "person_sneeze", "rooster"],
            corpus.Classes
        );
        Assert.Equal(21, corpus.Clips.Count);
        Assert.Equal(
            7,
            corpus.Clips.Where(c => c.Split == Split.Testing).SelectMany(c => c.WeakLabels).Distinct().Count()
        );
    }

    [Fact]
    public void Mixed_recordings_are_identified_by_their_content()
    {
        SoundscapeOptions tiny = new()
        {
            TrainingClips = 1,
            TestingClips = 1,
            EvaluationClips = 1,
        };
        for (var fold = 1; fold <= 3; fold++)
        {
            var tone = Enumerable.Range(0, 22_050).Select(i => 0.5f * (float)Math.Sin(i * 0.1 * fold)).ToArray();
            WavWriter.Write(folder.File("recordings", "dog", $"{fold}-100-A.wav"), tone, 44_100);
        }
        var mixed = folder.File("mixed");
        var first = Soundscapes.FromFolders(folder.File("recordings"), mixed, tiny);
        Directory.Move(folder.File("recordings"), folder.File("elsewhere", "renamed"));
        var renamed = Path.GetRelativePath(Environment.CurrentDirectory, folder.File("elsewhere", "renamed"));
        var second = Soundscapes.FromFolders(renamed, mixed, tiny);
        Assert.Equal(first.Hash, second.Hash);
        Assert.Equal(first.Clips[0].AudioPath, second.Clips[0].AudioPath);
        Assert.Single(Directory.GetDirectories(mixed));
        Assert.Equal(("recordings", "renamed"), (first.Corpus, second.Corpus));

        var recording = folder.File("elsewhere", "renamed", "dog", "1-100-A.wav");
        var bytes = File.ReadAllBytes(recording);
        bytes.AsSpan(10_000, 10_000).Clear();
        File.WriteAllBytes(recording, bytes);
        var edited = Soundscapes.FromFolders(renamed, mixed, tiny);
        Assert.NotEqual(first.Hash, edited.Hash);
        Assert.Equal(
            first.Hash,
            ManifestBuilder
                .Build(
                    CorpusLayouts.Open(
                        Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(first.Clips[0].AudioPath)))!
                    )
                )
                .Hash
        );
    }

    [Fact]
    public void A_folder_without_class_folders_is_an_error_that_describes_the_layout()
    {
        File.WriteAllText(folder.File("notes.txt"), "");
        var error = Assert.Throws<CorpusException>(() => Soundscapes.FromFolders(folder.Path, folder.File("mixed")));
        Assert.Equal(
            $"{folder.Path}: none of its folders contains audio; put the recordings into one folder per class, named by "
                + "the label, as in dog_bark/1-100032-A.ogg",
            error.Message
        );
    }

    [Fact]
    public void A_recording_that_cannot_be_decoded_is_named()
    {
        foreach (var fold in Enumerable.Range(1, 3))
            File.WriteAllText(folder.File("recordings", "dog", $"{fold}-100-A.wav"), "no audio in it");
        var error = Assert.Throws<CorpusException>(() =>
            Soundscapes.FromFolders(folder.File("recordings"), folder.File("mixed"))
        );
        Assert.EndsWith("this is text instead of a recording: it starts with 'no audio in...'.", error.Message);
    }

    [Theory]
    [InlineData("missing", "there is no such folder")]
    [InlineData("", "the folder is empty")]
    public void A_missing_or_empty_folder_is_an_error(string name, string cause)
    {
        var recordings = Path.Combine(folder.Path, name).TrimEnd('/');
        var error = Assert.Throws<CorpusException>(() => Soundscapes.FromFolders(recordings, folder.Path));
        Assert.Equal($"{recordings}: {cause}", error.Message);
    }

    private sealed class Progress(Action first) : IProgress<(int Done, int All)>
    {
        public void Report((int Done, int All) value) => first();
    }
}
