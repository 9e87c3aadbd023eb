using Sed.Core.Labelling;
using Sed.Core.Runtime;

namespace Sed.Core.Tests.Labelling;

public class SelectionTests
{
    private static readonly Candidate[] pool = Pool(200);

    [Fact]
    public void The_choices_have_the_stated_number_and_share_of_random_draws()
    {
        var choices = Choose(new() { Count = 40, RandomShare = 0.25 });
        Assert.Equal(40, choices.Count);
        Assert.Equal(40, choices.Select(one => one.Candidate).Distinct().Count());
        var random = choices.Where(one => one.Reason == "random").ToArray();
        Assert.Equal(10, random.Length);
        Assert.All(random, one => Assert.Equal((null, 10.0 / 200), (one.Score, one.Inclusion)));
        Assert.All(choices.Except(random), one => Assert.True(one.Score >= 0 && one.Inclusion is null));
        Assert.Equal(["diverse", "random", "rare", "uncertain"], choices.Select(one => one.Reason).Distinct().Order());
    }

    [Fact]
    public void Every_part_of_the_queue_has_its_share_of_random_draws()
    {
        var choices = Choose(new() { Count = 40, RandomShare = 0.25 });
        Assert.All(choices.Chunk(4), part => Assert.Single(part, one => one.Reason == "random"));
    }

    [Fact]
    public void The_seed_and_the_round_determine_the_random_draws()
    {
        SelectionOptions options = new() { Count = 40 };
        Assert.Equal(Choose(options), Choose(options));
        Assert.NotEqual(Drawn(Choose(options)), Drawn(Choose(options, seed: 2)));
        Assert.NotEqual(Drawn(Choose(options)), Drawn(Choose(options with { Round = 2 })));

        static IEnumerable<int> Drawn(IReadOnlyList<Choice> choices) =>
            choices.Where(one => one.Reason == "random").Select(one => one.Candidate).Order();
    }

    [Fact]
    public void The_total_length_of_the_choices_is_limited()
    {
        var choices = Choose(new() { Seconds = 95 });
        Assert.InRange(choices.Sum(one => pool[one.Candidate].Stretch.Seconds), 90, 95);
        Assert.Equal(2, choices.Count(one => one.Reason == "random"));
    }

    [Fact]
    public void Without_a_limit_all_candidates_are_chosen() => Assert.Equal(200, Choose(new()).Count);

    [Fact]
    public void Annotated_stretches_can_only_be_drawn_at_random_and_do_not_count()
    {
        Candidate[] partly = [.. pool.Select((one, k) => one with { IsAnnotated = k % 2 == 0 })];
        var choices = Choose(new() { Count = 40, RandomShare = 0.5 }, partly);
        Assert.Equal(20, choices.Count(one => one.Reason == "random"));
        Assert.All(
            choices.Where(one => one.Reason != "random"),
            one => Assert.False(partly[one.Candidate].IsAnnotated)
        );
        Assert.Equal(40, choices.Count(one => !partly[one.Candidate].IsAnnotated));
        Assert.Contains(choices, one => partly[one.Candidate].IsAnnotated);
    }

    [Fact]
    public void The_first_rare_choice_probably_contains_the_class_with_the_fewest_annotations()
    {
        var choices = Choose(new() { Count = 10, RandomShare = 0 }, counts: [50, 50, 0]);
        var rare = choices.First(one => one.Reason == "rare");
        Assert.True(pool[rare.Candidate].Scores.Span[2] > 0.8);
    }

    [Fact]
    public void Diverse_choices_are_far_from_annotated_ones()
    {
        // Two groups of embeddings; the first group is annotated.
        Candidate[] groups =
        [
            .. Enumerable
                .Range(0, 20)
                .Select(k => new Candidate(
                    new($"{k}.wav", 0, 10),
                    new float[] { 0 },
                    new float[] { k < 10 ? 1 : 0, k < 10 ? 0 : 1, 0.01f * k }
                )),
        ];
        var choices = Selection.Choose(
            groups,
            [groups[0].Embedding],
            [1],
            new() { Count = 5, RandomShare = 0 },
            seed: 1
        );
        Assert.True(choices.First(one => one.Reason == "diverse").Candidate >= 10);
    }

    [Fact]
    public void Embeddings_may_be_empty() =>
        Assert.Equal(
            10,
            Selection
                .Choose(
                    [.. pool.Select(one => one with { Embedding = default })],
                    [],
                    [0, 0, 0],
                    new() { Count = 10 },
                    seed: 1
                )
                .Count
        );

    [Fact]
    public void Without_candidates_nothing_is_chosen() =>
        Assert.Empty(Selection.Choose([], [], [], new() { Count = 10 }, seed: 1));

    [Fact]
    public void All_problems_of_the_options_are_reported() =>
        Assert.Equal(
            string.Join(
                Environment.NewLine,
                "the number of stretches is -1; it must be 0 or more",
                "the total length is 0 s; it must be greater than 0 s",
                "the share of random stretches is 1.5; it must be from 0 to 1",
                "the number of random stretches is -2; it must be 0 or more",
                "the round is 0; rounds are counted from 1 (Parameter 'options')"
            ),
            Assert
                .Throws<ArgumentException>(() =>
                    Choose(
                        new()
                        {
                            Count = -1,
                            Seconds = 0,
                            RandomShare = 1.5,
                            RandomCount = -2,
                            Round = 0,
                        }
                    )
                )
                .Message
        );

    [Fact]
    public void Scores_and_embeddings_of_different_lengths_are_errors()
    {
        Assert.StartsWith(
            "0.wav, 0 s to 10 s has 3 scores, but there are 2 classes.",
            Assert.Throws<ArgumentException>(() => Choose(new(), counts: [1, 2])).Message
        );
        Assert.StartsWith(
            "The embeddings have different lengths (8 and 2).",
            Assert
                .Throws<ArgumentException>(() => Choose(new(), [pool[0], pool[1] with { Embedding = new float[2] }]))
                .Message
        );
        Assert.StartsWith(
            "The embedding of an annotated stretch has 3 values, but the embeddings of the candidates have 8.",
            Assert
                .Throws<ArgumentException>(() => Selection.Choose(pool, [new float[3]], [0, 0, 0], new(), seed: 1))
                .Message
        );
    }

    private static IReadOnlyList<Choice> Choose(
        SelectionOptions options,
        Candidate[]? candidates = null,
        int[]? counts = null,
        long seed = 1
    ) => Selection.Choose(candidates ?? pool, [], counts ?? [3, 2, 1], options, seed);

    private static Candidate[] Pool(int count)
    {
        var random = RandomSource.For(1, "pool");
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(k => new Candidate(
                    new($"{k}.wav", 0, 10),
                    new[] { random.NextSingle(), random.NextSingle(), random.NextSingle() },
                    Enumerable.Range(0, 8).Select(_ => random.NextSingle()).ToArray()
                )),
        ];
    }
}
