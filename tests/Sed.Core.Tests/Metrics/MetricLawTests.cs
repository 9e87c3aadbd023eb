using Sed.Core.Annotations;
using Sed.Core.Metrics.Counts;
using Sed.Core.Metrics.Events;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Segments;
using Sed.Core.Metrics.Tags;

namespace Sed.Core.Tests.Metrics;

public class MetricLawTests
{
    private static readonly double[] Resolutions = [1.0, 0.1, 0.3];

    private static readonly EventOptions ByTime = new() { Order = EventOrder.ByTime };

    private static EventPairs PairsOf(RandomCorpus corpus, ClassList? classes = null) =>
        EventPairs.Of(classes ?? RandomCorpus.Classes, corpus.Reference, corpus.Estimate);

    [Fact]
    public void The_error_rate_is_zero_exactly_when_the_rolls_are_equal() =>
        RandomCorpus.Always(corpus =>
            Resolutions.All(resolution =>
            {
                var counts = SegmentBased.Count(PairsOf(corpus), new SegmentOptions { ResolutionSeconds = resolution });
                var equal = Rolls(corpus.Reference, resolution).SetEquals(Rolls(corpus.Estimate, resolution));
                return (counts.Scores().Overall.ErrorRates.ErrorRate.Value == 0) == equal;
            })
        );

    [Fact]
    public void Segment_counts_equal_those_of_an_event_roll() =>
        RandomCorpus.Always(corpus =>
            Resolutions.All(resolution =>
            {
                var counts = SegmentBased.Count(PairsOf(corpus), new SegmentOptions { ResolutionSeconds = resolution });
                return counts.Equals(PlainCounts(corpus, resolution));
            })
        );

    [Fact]
    public void Misses_are_substitutions_plus_deletions_and_false_positives_substitutions_plus_insertions() =>
        RandomCorpus.Always(corpus =>
        {
            var counts = SegmentBased.Count(PairsOf(corpus));
            var events = EventBased.Count(PairsOf(corpus));
            return counts.Substitutions + counts.Deletions == counts.Overall.FalseNegatives
                && counts.Substitutions + counts.Insertions == counts.Overall.FalsePositives
                && events.TruePositives + events.Substitutions + events.Deletions == events.Reference
                && events.TruePositives + events.Substitutions + events.Insertions == events.Estimated;
        });

    [Fact]
    public void Results_do_not_depend_on_the_order_of_files() =>
        RandomCorpus.Always(
            (corpus, random) =>
            {
                var order = Shuffled(Enumerable.Range(0, corpus.Files), random);
                RandomCorpus permuted = new(
                    [.. order.Select(k => corpus.Reference[k])],
                    [.. order.Select(k => corpus.Estimate[k])]
                );
                return SegmentBased.Count(PairsOf(corpus)).Equals(SegmentBased.Count(PairsOf(permuted)))
                    && EventBased.Count(PairsOf(corpus)).Equals(EventBased.Count(PairsOf(permuted)));
            }
        );

    [Fact]
    public void Results_with_events_ordered_by_time_do_not_depend_on_row_order() =>
        RandomCorpus.Always(
            (corpus, random) =>
            {
                RandomCorpus permuted = new(
                    [.. corpus.Reference.Select(file => Shuffled(file, random))],
                    [.. corpus.Estimate.Select(file => Shuffled(file, random))]
                );
                return SegmentBased.Count(PairsOf(corpus)).Equals(SegmentBased.Count(PairsOf(permuted)))
                    && EventBased.Count(PairsOf(corpus), ByTime).Equals(EventBased.Count(PairsOf(permuted), ByTime));
            }
        );

    [Fact]
    public void Only_substitutions_can_depend_on_row_order() =>
        RandomCorpus.Always(
            (corpus, random) =>
            {
                RandomCorpus permuted = new(
                    corpus.Reference,
                    [.. corpus.Estimate.Select(file => Shuffled(file, random))]
                );
                var (a, b) = (EventBased.Count(PairsOf(corpus)), EventBased.Count(PairsOf(permuted)));
                return a.TruePositives == b.TruePositives
                    && Enumerable.Range(0, a.Classes.Count).All(k => a[k] == b[k])
                    && a.Substitutions + a.Deletions == b.Substitutions + b.Deletions;
            }
        );

    [Fact]
    public void The_order_of_classes_changes_only_the_order_of_their_results() =>
        RandomCorpus.Always(
            (corpus, random) =>
            {
                ClassList permuted = new(Shuffled(RandomCorpus.Classes, random));
                var (a, b) = (SegmentBased.Count(PairsOf(corpus)), SegmentBased.Count(PairsOf(corpus, permuted)));
                var (c, d) = (
                    EventBased.Count(PairsOf(corpus), ByTime),
                    EventBased.Count(PairsOf(corpus, permuted), ByTime)
                );
                return (a.Overall, a.Substitutions, a.Deletions, a.Insertions)
                        == (b.Overall, b.Substitutions, b.Deletions, b.Insertions)
                    && (c.TruePositives, c.Substitutions) == (d.TruePositives, d.Substitutions)
                    && RandomCorpus.Classes.All(label =>
                        a[a.Classes.IndexOf(label)] == b[permuted.IndexOf(label)]
                        && c[c.Classes.IndexOf(label)] == d[permuted.IndexOf(label)]
                    );
            }
        );

    [Fact]
    public void The_sum_of_the_counts_of_two_parts_equals_the_counts_of_the_corpus() =>
        RandomCorpus.Always(
            (corpus, random) =>
            {
                var cut = random.Next(corpus.Files + 1);
                RandomCorpus first = new([.. corpus.Reference.Take(cut)], [.. corpus.Estimate.Take(cut)]);
                RandomCorpus second = new([.. corpus.Reference.Skip(cut)], [.. corpus.Estimate.Skip(cut)]);
                var tags = (Tags(first) + Tags(second)).Equals(Tags(corpus));
                var segments = SegmentBased.Count(PairsOf(first)) + SegmentBased.Count(PairsOf(second));
                var events = EventBased.Count(PairsOf(first)) + EventBased.Count(PairsOf(second));
                return tags
                    && segments.Equals(SegmentBased.Count(PairsOf(corpus)))
                    && events.Equals(EventBased.Count(PairsOf(corpus)))
                    && SegmentBased
                        .CountEach(PairsOf(corpus))
                        .Aggregate(SegmentCounts.None(RandomCorpus.Classes), (x, y) => x + y)
                        .Equals(segments)
                    && EventBased
                        .CountEach(PairsOf(corpus))
                        .Aggregate(EventCounts.None(RandomCorpus.Classes), (x, y) => x + y)
                        .Equals(events);
            }
        );

    [Fact]
    public void Undefined_values_have_a_reason_and_defined_values_are_numbers() =>
        RandomCorpus.Always(corpus =>
            new[] { ScoringConventions.SedEval, Strict }.All(conventions =>
                SegmentBased
                    .Count(PairsOf(corpus))
                    .Scores(conventions)
                    .All()
                    .Concat(EventBased.Count(PairsOf(corpus)).Scores(conventions).All())
                    .Concat(Tags(corpus).Scores(conventions).All())
                    .All(measure =>
                        measure.Value.IsDefined != double.IsNaN(measure.Value.Value) && measure.Value.Why != ""
                    )
            )
        );

    [Fact]
    public void Counting_undefined_values_as_zero_defines_every_class_average_and_never_raises_one() =>
        RandomCorpus.Always(corpus =>
        {
            var counts = SegmentBased.Count(PairsOf(corpus));
            var left = counts.Scores().ClassAverage.FMeasure;
            var zero = counts
                .Scores(new ScoringConventions { UndefinedInAverage = UndefinedInAverage.CountedAsZero })
                .ClassAverage.FMeasure;
            return zero.F.IsDefined && (!left.F.IsDefined || zero.F.Value <= left.F.Value + 1e-15);
        });

    [Fact]
    public void The_optimal_matching_has_at_least_as_many_pairs_as_the_greedy_one() =>
        RandomCorpus.Always(corpus =>
            EventBased.Count(PairsOf(corpus)).TruePositives
            >= EventBased.Count(PairsOf(corpus), new EventOptions { Matching = EventMatching.Greedy }).TruePositives
        );

    [Fact]
    public void A_system_equal_to_the_reference_is_perfect() =>
        RandomCorpus.Always(corpus =>
        {
            var pairs = EventPairs.Of(RandomCorpus.Classes, corpus.Reference, corpus.Reference);
            var (segments, events) = (SegmentBased.Count(pairs), EventBased.Count(pairs));
            return segments.Overall is { FalsePositives: 0, FalseNegatives: 0 }
                && events.TruePositives == events.Reference;
        });

    private static ScoringConventions Strict { get; } =
        new()
        {
            EmptyReference = EmptyReference.Undefined,
            EmptyEstimate = EmptyEstimate.ZeroPrecision,
            UndefinedInAverage = UndefinedInAverage.CountedAsZero,
        };

    private static TaggingCounts Tags(RandomCorpus corpus) =>
        Tagging.Count(
            RandomCorpus.Classes,
            [.. corpus.Reference.Select(file => file.Select(sound => sound.Label).ToArray())],
            [.. corpus.Estimate.Select(file => file.Select(sound => sound.Label).ToArray())]
        );

    private static T[] Shuffled<T>(IEnumerable<T> items, Random random)
    {
        T[] shuffled = [.. items];
        random.Shuffle(shuffled);
        return shuffled;
    }

    /// <summary>Every active segment of every class in every file.</summary>
    private static HashSet<(int File, int Segment, string Label)> Rolls(
        IReadOnlyList<IReadOnlyList<SoundEvent>> files,
        double resolution
    )
    {
        HashSet<(int, int, string)> active = [];
        for (var file = 0; file < files.Count; file++)
            foreach (var (onset, offset, label) in files[file])
                for (
                    var segment = (int)Math.Floor(onset / resolution);
                    segment < (int)Math.Ceiling(offset / resolution);
                    segment++
                )
                    active.Add((file, segment, label));
        return active;
    }

    /// <summary>The counts by definition, segment by segment.</summary>
    private static SegmentCounts PlainCounts(RandomCorpus corpus, double resolution)
    {
        var (truth, guess) = (Rolls(corpus.Reference, resolution), Rolls(corpus.Estimate, resolution));
        var values = new long[SegmentCounts.Header + SegmentCounts.PerClass * RandomCorpus.Classes.Count];
        for (var file = 0; file < corpus.Files; file++)
        {
            values[4]++;
            var last = corpus
                .Reference[file]
                .Concat(corpus.Estimate[file])
                .Select(sound => sound.Offset)
                .DefaultIfEmpty(0)
                .Max();
            for (var segment = 0; segment < (int)Math.Ceiling(last / resolution); segment++)
            {
                values[3]++;
                var (inTruth, inGuess, hits) = (0, 0, 0);
                for (var k = 0; k < RandomCorpus.Classes.Count; k++)
                {
                    var isTrue = truth.Contains((file, segment, RandomCorpus.Classes[k]));
                    var isGuessed = guess.Contains((file, segment, RandomCorpus.Classes[k]));
                    var outcome = isTrue ? (isGuessed ? 0 : 2) : (isGuessed ? 1 : 3);
                    values[SegmentCounts.Header + SegmentCounts.PerClass * k + outcome]++;
                    (inTruth, inGuess) = (inTruth + (isTrue ? 1 : 0), inGuess + (isGuessed ? 1 : 0));
                    hits += isTrue && isGuessed ? 1 : 0;
                }
                values[0] += Math.Min(inTruth, inGuess) - hits;
                values[1] += Math.Max(0, inTruth - inGuess);
                values[2] += Math.Max(0, inGuess - inTruth);
            }
        }
        return new SegmentCounts(
            RandomCorpus.Classes,
            new SegmentOptions { ResolutionSeconds = resolution },
            values,
            0
        );
    }
}
