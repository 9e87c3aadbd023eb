using Sed.Core.Labelling.Estimates;

namespace Sed.Core.Tests.Labelling.Estimates;

public class ThresholdEstimatesTests
{
    private static ClassSample Sample(params (double Score, bool IsPresent)[] drawn) =>
        new(
            [.. drawn.Select(one => new ReviewedStretch(one.Score, one.IsPresent))],
            [new(0.05), new(0.45), new(0.55), new(0.85), new(0.95)]
        );

    [Fact]
    public void Precision_and_recall_are_counted_in_the_sample_and_detections_in_all_stretches()
    {
        var sample = Sample((0.9, true), (0.8, false), (0.7, true), (0.5, true), (0.4, true), (0.3, false));
        var found = ThresholdEstimates.At(sample, 0.5);
        Assert.Equal(BinomialInterval.Of(3, 4), found.Precision);
        Assert.Equal(BinomialInterval.Of(3, 4), found.Recall);
        Assert.Equal((7, 4), (found.Detected, found.DrawnDetected));
        Assert.False(ThresholdEstimates.At(sample, 2).Precision.IsDefined);
    }

    [Fact]
    public void The_lowest_threshold_that_reaches_a_precision_is_a_score_of_the_sample()
    {
        // The precision is 4.5/5 at 0.6 and 4.5/6 at 0.5; 5.5/7 and 6.5/8 at 0.4 and 0.3; 6.5/9 at 0.2.
        var sample = Sample(
            (0.9, true),
            (0.8, true),
            (0.7, true),
            (0.6, true),
            (0.5, false),
            (0.4, true),
            (0.3, true),
            (0.2, false)
        );
        Assert.Equal(0.6, ThresholdEstimates.Lowest(sample, 0.9)!.Threshold);
        Assert.Equal(0.3, ThresholdEstimates.Lowest(sample, 0.8)!.Threshold);
        Assert.Null(ThresholdEstimates.Lowest(sample, 0.95));
    }

    [Fact]
    public void Stretches_with_equal_scores_are_detected_together()
    {
        var sample = Sample((0.9, true), (0.9, true), (0.9, true), (0.9, true), (0.9, false));
        Assert.Null(ThresholdEstimates.Lowest(sample, 0.85));
        Assert.Equal(0.9, ThresholdEstimates.Lowest(sample, 0.75)!.Threshold);
    }

    [Fact]
    public void The_interval_of_the_precision_allows_for_the_choice_of_the_threshold()
    {
        // Scores that are unrelated to the class: the precision is 0.5 at every threshold.
        var random = new Random(3);
        var (plain, corrected, chosen) = (0, 0, 0);
        for (var k = 0; k < 300; k++)
        {
            var (sample, _) = SimulatedClass.Draw(random, 1000, 50, 0.5, 0);
            if (ThresholdEstimates.Lowest(sample, 0.8) is not { } found)
                continue;
            chosen++;
            plain += ThresholdEstimates.At(sample, found.Threshold).Precision.Low <= 0.5 ? 1 : 0;
            corrected += found.Precision.Low <= 0.5 ? 1 : 0;
        }
        Assert.InRange(chosen, 50, 300);
        Assert.InRange((double)plain / chosen, 0.3, 0.7);
        Assert.InRange((double)corrected / chosen, 0.75, 1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void The_wanted_precision_lies_between_0_and_1(double precision) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ThresholdEstimates.Lowest(Sample((0.5, true)), precision));
}
