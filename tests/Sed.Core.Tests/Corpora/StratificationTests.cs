using Sed.Core.Corpora;

namespace Sed.Core.Tests.Corpora;

public sealed class StratificationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Folds_have_equal_shares_of_every_class_and_no_source_in_common(int clipsPerSource)
    {
        var corpus = TinyCorpus.Random(1000, 1, clipsPerSource);
        var folds = Stratification.Folds(corpus, 5, 1);

        Assert.Equal(Enumerable.Range(0, 1000), folds.SelectMany(fold => fold).Order());
        foreach (var fold in folds)
            Assert.InRange(fold.Length, 185, 215);
        foreach (var label in corpus.Classes)
        {
            int[] counts = [.. folds.Select(fold => fold.Count(i => corpus.Clips[i].WeakLabels.Contains(label)))];
            Assert.True(counts.Max() - counts.Min() <= 1 + clipsPerSource, $"{label}: {string.Join(' ', counts)}");
        }
        string[][] sources = [.. folds.Select(fold => fold.Select(i => corpus.Clips[i].Source).Distinct().ToArray())];
        Assert.Equal(sources.Sum(own => own.Length), sources.SelectMany(own => own).Distinct().Count());
    }

    [Fact]
    public void A_validation_split_is_held_out_of_the_training_clips_only()
    {
        var training = TinyCorpus.Random(500, 2, 2);
        var test = TinyCorpus.Clip("test.wav", "other", ["a"], Split.Testing);
        Manifest corpus = new("mixed", training.Classes, 44_100, 10, [.. training.Clips, test]);

        var carved = Stratification.CarveValidation(corpus, 0.2, 7);

        Assert.InRange(carved.IndicesOf(Split.Validation).Length, 90, 110);
        Assert.Equal(Split.Testing, carved.Clips[^1].Split);
        Assert.Equal(corpus.Clips.Select(clip => clip.Name), carved.Clips.Select(clip => clip.Name));
        Assert.Empty(
            carved
                .IndicesOf(Split.Validation)
                .Select(i => carved.Clips[i].Source)
                .Intersect(carved.IndicesOf(Split.Training).Select(i => carved.Clips[i].Source))
        );
    }

    [Fact]
    public void Unlabelled_clips_of_a_held_out_source_leave_training()
    {
        var labelled = TinyCorpus.Random(60, 1, 2);
        var sources = labelled.Clips.Select(clip => clip.Source).Distinct().Append("another");
        var unlabelled = sources.Select(source =>
            TinyCorpus.Clip($"unlabelled {source}", source, []) with
            {
                IsTagged = false,
            }
        );
        Manifest corpus = new("mixed", labelled.Classes, 44_100, 10, [.. labelled.Clips, .. unlabelled]);
        foreach (
            var held in new[]
            {
                Stratification.CarveValidation(corpus, 0.2, 1),
                Stratification.WithFold(corpus, Stratification.Folds(corpus, 3, 1)[0]),
            }
        )
        {
            Clip[] training = [.. held.IndicesOf(Split.Training).Select(i => held.Clips[i])];
            Clip[] validation = [.. held.IndicesOf(Split.Validation).Select(i => held.Clips[i])];
            Assert.Empty(training.Select(clip => clip.Source).Intersect(validation.Select(clip => clip.Source)));
            Assert.Contains(training, clip => clip is { IsTagged: false, Source: "another" });
            Assert.All(validation, clip => Assert.True(clip.IsTagged));
            Assert.Equal(corpus.Clips.Count, held.Clips.Count);
        }
    }

    [Fact]
    public void Equal_seeds_give_equal_folds_and_different_seeds_different_ones()
    {
        var corpus = TinyCorpus.Random(300, 3);
        Assert.Equal(Stratification.Folds(corpus, 3, 5), Stratification.Folds(corpus, 3, 5));
        Assert.NotEqual(Stratification.Folds(corpus, 3, 5)[0], Stratification.Folds(corpus, 3, 6)[0]);
    }

    [Fact]
    public void Too_few_sources_are_an_error()
    {
        var corpus = TinyCorpus.Random(10, 1, clipsPerSource: 10);
        var error = Assert.Throws<CorpusException>(() => Stratification.Folds(corpus, 3, 1));
        Assert.Equal(
            $"{corpus.Corpus}: the training clips are from fewer than 3 sources; use fewer folds",
            error.Message
        );
        error = Assert.Throws<CorpusException>(() => Stratification.CarveValidation(corpus, 1e-5, 1));
        Assert.Equal(
            $"{corpus.Corpus}: 0.0010 % of 10 training clips cannot be held out for validation, since clips from the same source "
                + "stay together; hold out a different share or add clips from other sources",
            error.Message
        );
    }
}
