using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Layouts;
using Sed.Core.Corpora.Synthesis;

namespace Sed.Core.Tests.Corpora.Synthesis;

public sealed class DesedSoundscapesTests : IDisposable
{
    private static readonly SoundscapeOptions Small = new()
    {
        Kind = SoundscapeKind.Desed,
        TrainingClips = 70,
        TestingClips = 18,
        EvaluationClips = 17,
    };
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_quarter_of_the_training_clips_has_events_a_quarter_has_tags_and_the_rest_has_no_labels()
    {
        var corpus = Soundscapes.Synthesised(folder.Path, Small);
        Assert.Empty(corpus.LeftOut);
        Clip[] training = [.. corpus.IndicesOf(Split.Training).Select(index => corpus.Clips[index])];
        Clip[] strong = [.. training.Where(clip => clip.StrongEvents is not null)];
        Clip[] weak = [.. training.Where(clip => clip.StrongEvents is null && clip.IsTagged)];
        Clip[] unlabelled = [.. training.Where(clip => !clip.IsTagged)];
        Assert.Equal([17, 17, 36], [strong.Length, weak.Length, unlabelled.Length]);
        Assert.All(strong, clip => Assert.StartsWith("synthetic", clip.Name));
        Assert.All(unlabelled, clip => Assert.Empty(clip.WeakLabels));
        foreach (var part in new[] { strong, weak })
            Assert.Equal(17, part.SelectMany(clip => clip.WeakLabels).Distinct().Count());
        // Class names with commas are single labels.
        Assert.Contains("Air horn, truck horn", corpus.Classes);
    }

    [Fact]
    public void Validation_testing_and_evaluation_clips_have_events_and_come_from_the_lists_of_DESED()
    {
        var corpus = Soundscapes.Synthesised(folder.Path, Small);
        foreach (
            var (split, count, prefix) in new[]
            {
                (Split.Validation, 18, "validation"),
                (Split.Testing, 18, "testing"),
                (Split.Evaluation, 17, "public"),
            }
        )
        {
            Clip[] clips = [.. corpus.IndicesOf(split).Select(index => corpus.Clips[index])];
            Assert.Equal(count, clips.Length);
            Assert.All(clips, clip => Assert.NotNull(clip.StrongEvents));
            Assert.All(clips, clip => Assert.StartsWith(prefix, clip.Name));
        }
    }

    [Fact]
    public void The_written_corpus_is_read_like_any_folder_in_the_layout_of_DESED()
    {
        var corpus = Soundscapes.Synthesised(folder.Path, Small);
        var mixed = Assert.Single(Directory.GetDirectories(folder.Path));
        var collected = CorpusLayouts.Read(mixed, new CorpusOptions { Name = corpus.Corpus });
        Assert.Equal(corpus.Hash, collected.Hash);
        Assert.Equal(
            ["public.tsv", "soundscapes.tsv", "soundscapes.tsv", "unlabel_in_domain.tsv", "validation.tsv", "weak.tsv"],
            Directory
                .GetFiles(Path.Combine(mixed, "metadata"), "*.tsv", SearchOption.AllDirectories)
                .Select(Path.GetFileName)
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Synthetic_backgrounds_have_the_loudness_that_DESED_states()
    {
        var corpus = Soundscapes.Synthesised(folder.Path, Small);
        foreach (var clip in corpus.Clips.Where(clip => clip.Name.StartsWith("synthetic", StringComparison.Ordinal)))
        {
            var loudness = Loudness.Of(AudioFile.Read(clip.AudioPath, corpus.SampleRate), corpus.SampleRate);
            // Events are 6 to 30 LU above the background of -50 LUFS; several may add, and short ones are averaged out.
            Assert.InRange(loudness, -50.5, -15);
        }
    }

    [Fact]
    public void Training_clips_are_too_few_for_three_kinds_of_labels()
    {
        var few = Assert.Single((Small with { TrainingClips = 2 }).Problems());
        Assert.Equal("TrainingClips must be at least 3 in the layout of DESED, was 2.", few);
    }
}
