using Sed.Core.Labelling.Estimates;

namespace Sed.Core.Tests.Labelling.Estimates;

public class PrevalenceTests
{
    private static readonly int[] present = [432, 782, 857, 907, 932, 957, 982];

    /// <summary>1000 stretches with the scores 0, 0.001, ...; every 25th is drawn, and 7 of the 40 contain the class.</summary>
    private static ClassSample Systematic(int known = 0, int knownPresent = 0) =>
        new(
            [
                .. Enumerable
                    .Range(0, 1000)
                    .Where(k => k % 25 == 7)
                    .Select(k => new ReviewedStretch(k / 1000.0, present.Contains(k))),
            ],
            [.. Enumerable.Range(0, 1000).Where(k => k % 25 != 7).Select(k => new ScoredStretch(k / 1000.0))],
            known,
            knownPresent
        );

    // Computed with NumPy and SciPy from the formulas in the remarks of Prevalence: three bins with 20, 10 and 10 drawn
    // stretches, of which 1, 0 and 6 contain the class; 67.80 effective stretches.
    [Fact]
    public void The_prevalence_and_its_interval_follow_from_the_counts_in_three_bins_of_the_score()
    {
        var found = Prevalence.Of(Systematic());
        Assert.Equal(0.175, found.Share.Value, 12);
        Assert.Equal(0.09903881862677312, found.Share.Low, 9);
        Assert.Equal(0.27800198383587954, found.Share.High, 9);
        Assert.Equal(175, found.Stretches.Value, 9);
        Assert.False(found.IsCoarse);
    }

    [Fact]
    public void Stretches_with_known_labels_are_added_without_error()
    {
        var found = Prevalence.Of(Systematic(known: 200, knownPresent: 30));
        Assert.Equal(0.17083333333333334, found.Share.Value, 12);
        Assert.Equal(0.10753234885564426, found.Share.Low, 9);
        Assert.Equal(0.2566683198632329, found.Share.High, 9);
    }

    [Fact]
    public void Without_scores_the_interval_is_that_of_a_share_in_a_finite_population()
    {
        var found = Prevalence.Of(Systematic(), usesScores: false);
        Assert.Equal(0.175, found.Share.Value, 12);
        Assert.Equal(0.0832483525915254, found.Share.Low, 9);
        Assert.Equal(0.31005183454477525, found.Share.High, 9);
    }

    [Fact]
    public void A_collection_that_was_reviewed_completely_has_no_uncertainty()
    {
        ClassSample all = new([new(0.1, false), new(0.2, true), new(0.9, true)], [], 5, 1);
        Assert.Equal(new Estimate(3, 3, 3), Prevalence.Of(all).Stretches);
    }

    [Fact]
    public void A_sample_without_the_class_gives_0_and_an_upper_limit_and_is_coarse()
    {
        ClassSample none = new(
            [.. Enumerable.Range(0, 50).Select(k => new ReviewedStretch(k / 50.0, false))],
            [.. Enumerable.Range(0, 950).Select(k => new ScoredStretch(k / 950.0))]
        );
        var found = Prevalence.Of(none);
        Assert.Equal((0, 0), (found.Share.Value, found.Share.Low));
        Assert.InRange(found.Share.High, 0.03, 0.07);
        Assert.True(found.IsCoarse);
    }

    [Fact]
    public void The_interval_excludes_what_the_reviewed_stretches_rule_out()
    {
        ClassSample nearlyAll = new([new(0.1, false), new(0.5, true), new(0.6, true)], [new(0.7)], 10, 9);
        var found = Prevalence.Of(nearlyAll).Stretches;
        Assert.InRange(found.Low, 11, 12);
        Assert.InRange(found.High, 11, 12);
    }

    [Fact]
    public void Labels_of_stretches_that_were_not_drawn_limit_the_interval_only()
    {
        ReviewedStretch[] drawn = [.. Enumerable.Range(0, 20).Select(k => new ReviewedStretch(k / 20.0, k >= 15))];
        ScoredStretch[] others = [.. Enumerable.Range(0, 100).Select(k => new ScoredStretch(k / 100.0))];
        ScoredStretch[] known = [.. others.Select((one, k) => one with { IsPresent = k >= 70 ? k >= 80 : null })];
        var (plain, limited) = (Prevalence.Of(new(drawn, others)), Prevalence.Of(new(drawn, known)));
        Assert.Equal(plain.Stretches.Value, limited.Stretches.Value);
        Assert.True(plain.Stretches.Low < 25);
        Assert.Equal(25, limited.Stretches.Low);
        Assert.Equal(plain.Stretches.High, limited.Stretches.High);
    }

    [Fact]
    public void Stretches_with_different_inclusion_probabilities_count_by_their_number()
    {
        // 10 of 100 old stretches and 10 of 400 new ones were drawn; the shares are 0.5 and 0.1.
        ClassSample sample = new(
            [
                .. Enumerable.Range(0, 10).Select(k => new ReviewedStretch(0.5, k < 5, 0.1)),
                .. Enumerable.Range(0, 10).Select(k => new ReviewedStretch(0.5, k < 1, 0.025)),
            ],
            [
                .. Enumerable.Repeat(new ScoredStretch(0.5, 0.1), 90),
                .. Enumerable.Repeat(new ScoredStretch(0.5, 0.025), 390),
            ]
        );
        Assert.Equal(0.5 * 100 + 0.1 * 400, Prevalence.Of(sample).Stretches.Value, 9);
        var found = ThresholdEstimates.At(sample, 0.5);
        // The weights are 10 and 40.
        Assert.Equal((5 * 10.0 + 1 * 40) / (10 * 10 + 10 * 40), found.Precision.Value, 12);
        Assert.Equal(1, found.Recall.Value);
        var effective = 500.0 * 500 / (10 * 100 + 10 * 1600);
        Assert.Equal(BinomialInterval.Of(0.18 * effective, effective).Low, found.Precision.Low, 9);
    }

    [Fact]
    public void Equal_scores_make_one_bin()
    {
        ClassSample equal = new(
            [.. Enumerable.Range(0, 100).Select(k => new ReviewedStretch(0.5, k < 20))],
            [.. Enumerable.Repeat(new ScoredStretch(0.5), 900)]
        );
        Assert.Equal(Prevalence.Of(equal, usesScores: false).Share.Low, Prevalence.Of(equal).Share.Low, 12);
    }

    [Fact]
    public void No_sample_and_scores_that_are_not_finite_are_errors()
    {
        Assert.Throws<ArgumentException>(() => Prevalence.Of(new ClassSample([], [new(0.5)])));
        Assert.Throws<ArgumentException>(() => new ClassSample([], [new(double.NaN)]));
    }

    [Theory]
    [InlineData(50, 0.1, 0)]
    [InlineData(100, 0.02, 1.5)]
    [InlineData(100, 0.25, 3)]
    [InlineData(300, 0.05, 3)]
    public void The_interval_contains_the_prevalence_in_about_95_percent_of_samples(int drawn, double share, double d)
    {
        var random = new Random(7);
        var contained = 0;
        const int Samples = 500;
        for (var k = 0; k < Samples; k++)
        {
            var (sample, truth) = SimulatedClass.Draw(random, 2000, drawn, share, d);
            var found = Prevalence.Of(sample).Share;
            contained += found.Low <= truth && truth <= found.High ? 1 : 0;
        }
        // Three standard errors of a rate of 0.95 in 500 samples are 0.03; few drawn stretches with the class and
        // separable classes give wider intervals.
        Assert.InRange((double)contained / Samples, 0.92, 0.995);
    }
}
