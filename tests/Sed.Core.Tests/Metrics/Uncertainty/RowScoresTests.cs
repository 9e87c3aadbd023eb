using Sed.Core.Metrics.Counts;
using Sed.Core.Metrics.Uncertainty;

namespace Sed.Core.Tests.Metrics.Uncertainty;

public class RowScoresTests
{
    /// <summary>A trial whose score is the weighted mean of a value of each clip.</summary>
    private static Resampled Trial(double[] clips, SamplingUnits? units = null) =>
        Bootstrap.Resample(
            units ?? SamplingUnits.OfClips(clips.Length),
            weights => [new("mean", weights.Zip(clips, (weight, value) => weight * value).Sum() / weights.Sum())],
            new BootstrapOptions { Resamples = 2000 }
        );

    /// <summary>Clips around a mean; trainings add an offset.</summary>
    private static RowScores Row(params double[] offsets) =>
        RowScores.Of(
            [.. offsets.Select(offset => Trial([.. Enumerable.Range(0, 50).Select(k => offset + k % 5 * 0.1)]))],
            "mean"
        );

    [Fact]
    public void The_variances_of_clips_and_of_trainings_add_up()
    {
        // The clips' standard error is sqrt(0.02 / 49), the trainings' 0.01 / sqrt(3).
        var comparison = Row(0.49, 0.5, 0.51).CompareWith(Row(0.39, 0.4, 0.41));
        Assert.Equal(0.1, comparison.Difference, 1e-12);
        // Both rows vary alike over clips, so only the trainings differ. The bias of each row is 0, up to the error of
        // 2000 resamples.
        Assert.Equal(0.01 * Math.Sqrt(2 / 3.0), comparison.StandardError, 2e-4);
        var (low, high) = Row(0.49, 0.5, 0.51).Interval();
        var error = Math.Sqrt(0.02 / 49 + 0.0001 / 3);
        // Between 2.0 (nearly all of the variance is of clips) and the t value of 2 degrees of freedom.
        Assert.InRange((high.Value - low.Value) / 2 / error, 2.0, 2.4);
        Assert.True(low.Value < 0.7 && 0.7 < high.Value);
    }

    [Fact]
    public void An_interval_of_two_trainings_is_wide_because_two_values_show_little_of_their_variance()
    {
        double[] clips = [.. Enumerable.Range(0, 1000).Select(k => k % 2 * 0.001 - 5)];
        var two = RowScores.Of([Trial(clips), Trial([.. clips.Select(value => value + 0.02)])], "mean");
        var (low, high) = two.Interval();
        // Scores below 0 are no fractions, whose limits would end at 0. The t value of one degree of freedom is 12.7,
        // the standard error 0.01.
        Assert.Equal(0.127, (high.Value - low.Value) / 2, 0.002);
    }

    [Fact]
    public void The_interval_of_a_difference_extends_below_0_even_if_the_row_is_better_on_all_resamples_of_clips()
    {
        // All clips agree on the difference of 0.1; the variance of two training runs each is large.
        var comparison = Row(0.4, 0.6).CompareWith(Row(0.3, 0.5));
        Assert.Equal(0.1, comparison.Difference, 1e-12);
        Assert.False(comparison.Differs);
        Assert.True(comparison.Low.Value < -0.5, $"{comparison.Low.Value}");
        Assert.Equal(0.1, (comparison.Low.Value + comparison.High.Value) / 2, 0.01);
    }

    [Fact]
    public void One_training_is_compared_with_one_as_networks_and_never_with_several()
    {
        Assert.Equal(Compared.Networks, Row(0.5).CompareWith(Row(0.4)).Compared);
        Assert.Equal(Compared.Recipes, Row(0.5, 0.6).CompareWith(Row(0.4, 0.5)).Compared);
        var mixed = Row(0.5).CompareWith(Row(0.4, 0.5));
        Assert.Equal(Compared.Nothing, mixed.Compared);
        Assert.Equal("one of the two rows has only one trial, so its configuration cannot be compared", mixed.WhyNone);
        Assert.False(mixed.Differs);
    }

    [Fact]
    public void An_interval_contains_its_score()
    {
        double[] clips = [.. Enumerable.Range(0, 40).Select(k => k % 8 / 8.0)];
        var trial = Bootstrap.Resample(
            40,
            weights =>
                [
                    new(
                        "mean of distinct clips",
                        weights.Zip(clips).Where(one => one.First > 0).Average(one => one.Second)
                    ),
                ]
        );
        var interval = Assert.Single(trial.Intervals());
        Assert.True(interval.Low.Value <= interval.Value.Value && interval.Value.Value <= interval.High.Value);
    }

    [Fact]
    public void A_metric_with_a_large_bootstrap_bias_has_no_interval()
    {
        // The number of distinct clips of a resample is 63 % of all.
        var trial = Bootstrap.Resample(50, weights => [new("distinct", weights.Count(weight => weight > 0))]);
        Assert.Equal(
            "there are too few clips for this metric (its bootstrap bias exceeds half a standard error)",
            Assert.Single(trial.Intervals()).Low.Why
        );
    }

    [Fact]
    public void The_squared_bias_widens_an_interval_and_the_squared_biases_of_both_rows_a_comparison()
    {
        // The mean of squared weights is 1 for all clips and 2 - 1 / 50 for resamples, on average.
        static RowScores Biased(int values, double bias) =>
            RowScores.Of(
                [
                    Bootstrap.Resample(
                        50,
                        weights =>
                            [
                                new(
                                    "mean",
                                    weights.Select((weight, k) => weight * (k % values * 0.1)).Sum() / 50
                                        + weights.Sum(weight => weight * weight) / 50.0 * bias
                                ),
                            ],
                        new BootstrapOptions { Resamples = 20_000 }
                    ),
                ],
                "mean"
            );
        static double Half((Rate Low, Rate High) limits) => (limits.High.Value - limits.Low.Value) / 2;
        var bias = 0.4 * Math.Sqrt(0.02 / 49);
        Assert.Equal(Math.Sqrt(1 + 0.16), Half(Biased(5, bias).Interval()) / Half(Biased(5, 0).Interval()), 0.02);
        double Variance(double bias) => Math.Pow(Biased(5, bias).CompareWith(Biased(4, bias)).StandardError, 2);
        Assert.Equal(2 * bias * bias, Variance(bias) - Variance(0), 0.3 * bias * bias);
    }

    [Fact]
    public void Rows_with_infinite_resamples_are_not_compared()
    {
        static RowScores Infinite(double mean) =>
            RowScores.Of(
                [
                    Bootstrap.Resample(
                        50,
                        weights =>
                            [new("d", weights[0] == 0 ? double.PositiveInfinity : mean * weights[0] / weights.Length)]
                    ),
                ],
                "d"
            );
        var comparison = Infinite(1).CompareWith(Infinite(2));
        Assert.Equal("a resample has an infinite value", comparison.WhyNone);
        Assert.False(comparison.Differs);
    }

    [Fact]
    public void Windows_of_a_recording_are_drawn_together()
    {
        // 25 recordings of 8 equal windows vary as 25 clips do, not as 200.
        double[] recordings = [.. Enumerable.Range(0, 25).Select(k => k % 5 * 0.1)];
        double[] windows = [.. Enumerable.Range(0, 200).Select(k => recordings[k / 8])];
        var units = SamplingUnits.Of([.. Enumerable.Range(0, 200).Select(k => $"recording {k / 8}")]);
        Assert.Equal(25, units.Count);
        Assert.Equal(
            Trial(recordings).Intervals()[0].StandardError.Value,
            Trial(windows, units).Intervals()[0].StandardError.Value,
            1e-12
        );
        Assert.True(
            Trial(windows).Intervals()[0].StandardError.Value
                < 0.5 * Trial(recordings).Intervals()[0].StandardError.Value
        );
    }

    [Fact]
    public void All_pairs_are_corrected_together_and_a_named_reference_only_for_its_comparisons()
    {
        RowScores[] rows = [Row(0.50, 0.51, 0.52), Row(0.505, 0.51, 0.525), Row(0.1, 0.11, 0.12)];
        var all = RowComparisons.AllPairs(rows);
        var named = RowComparisons.With(rows[0], [rows[1], rows[2]]);
        Assert.Equal(6, all.Count);
        Assert.Equal(-all[(2, 0)].Difference, all[(0, 2)].Difference);
        Assert.True(all[(2, 0)].Differs && all[(0, 2)].Differs && !all[(1, 0)].Differs);
        Assert.Equal(named[1].PValue.Value, all[(2, 0)].PValue.Value);
        Assert.True(named[1].Adjusted.Value < all[(2, 0)].Adjusted.Value);
    }
}
