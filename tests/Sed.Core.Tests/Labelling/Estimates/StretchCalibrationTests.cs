using Sed.Core.Detection.Calibrations;
using Sed.Core.Labelling.Estimates;

namespace Sed.Core.Tests.Labelling.Estimates;

public class StretchCalibrationTests
{
    /// <summary>Stretches with uniform scores s that contain the class with the probability p(s).</summary>
    private static ReviewedStretch[] Drawn(int count, Func<double, double> probability)
    {
        var random = new Random(11);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ => random.NextDouble())
                .Select(score => new ReviewedStretch(score, random.NextDouble() < probability(score))),
        ];
    }

    [Fact]
    public void Overconfident_scores_get_a_temperature_above_1_and_a_smaller_error()
    {
        // The logit of the probability is a third of the logit of the score.
        var found = StretchCalibration.Of(Drawn(400, score => 1 / (1 + Math.Pow((1 - score) / score, 1 / 3.0))))!;
        var temperature = Assert.IsType<ProbabilityMap.Temperature>(found.Map);
        Assert.InRange(temperature.Value, 2.2, 4.2);
        Assert.True(found.ErrorAfter < found.ErrorBefore, $"{found}");
    }

    [Fact]
    public void Scores_that_are_too_high_get_an_isotonic_regression()
    {
        var found = StretchCalibration.Of(Drawn(600, score => score < 0.8 ? 0.02 : 0.3))!;
        Assert.IsType<ProbabilityMap.Isotonic>(found.Map);
        Assert.True(found.ErrorBefore > 0.3 && found.ErrorAfter < 0.1, $"{found}");
        Assert.InRange(found.Map.Of(0.9f), 0.2f, 0.4f);
    }

    [Fact]
    public void Too_few_stretches_with_or_without_the_class_give_no_calibration()
    {
        var drawn = Enumerable.Range(0, 100).Select(k => new ReviewedStretch(k / 100.0, k >= 96)).ToArray();
        Assert.Null(StretchCalibration.Of(drawn));
        Assert.Null(StretchCalibration.Of([.. drawn.Select(one => one with { IsPresent = !one.IsPresent })]));
        Assert.NotNull(StretchCalibration.Of([.. drawn, new(0.99, true)]));
    }

    [Fact]
    public void Without_a_smaller_error_the_probabilities_are_kept()
    {
        ReviewedStretch[] perfect = [.. Enumerable.Range(0, 40).Select(k => new ReviewedStretch(k % 2, k % 2 == 1))];
        var found = StretchCalibration.Of(perfect)!;
        Assert.Null(found.Map);
        Assert.Equal((0, 0), (found.ErrorBefore, found.ErrorAfter));
    }
}
