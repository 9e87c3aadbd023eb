using Sed.Core.Detection.Calibrations;

namespace Sed.Core.Tests.Detection.Calibrations;

public sealed class TemperatureScalingTests
{
    private static float Sigmoid(double logit) => (float)(1 / (1 + Math.Exp(-logit)));

    private static List<(float, bool)> Drawn(int seed, int count, double temperature)
    {
        Random random = new(seed);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ => 8 * random.NextDouble() - 5)
                .Select(logit => (Sigmoid(logit), random.NextDouble() < Sigmoid(logit / temperature))),
        ];
    }

    private static double Likelihood(List<(float Probability, bool IsPositive)> predictions, double temperature)
    {
        ProbabilityMap.Temperature map = new(temperature);
        return -predictions.Average(one =>
            Math.Log(one.IsPositive ? map.Of(one.Probability) : 1 - (double)map.Of(one.Probability))
        );
    }

    [Fact]
    public void It_equals_the_temperature_of_an_optimizer_in_scipy_and_of_lbfgs_in_torch()
    {
        double[] logits =
        [
            4.873,
            -1.835,
            -1.585,
            -3.219,
            2.596,
            -6.905,
            5.234,
            -2.284,
            0.957,
            -0.748,
            4.386,
            -6.18,
            -0.967,
            -1.152,
            3.401,
            -3.3,
            -0.517,
            -2.634,
            0.127,
            1.748,
            -3.302,
            3.434,
            2.705,
            1.507,
            2.703,
            -2.051,
            -0.369,
            -2.807,
            -0.804,
            1.591,
            -2.075,
            -1.19,
            -2.062,
            -2.536,
            -2.014,
            -0.038,
            -3.352,
            0.703,
            4.979,
            2.226,
        ];
        const string Labels = "1000101000101010000101111010011000010111";
        var map = TemperatureScaling.Fit([.. logits.Select((logit, k) => (Sigmoid(logit), Labels[k] == '1'))]);
        Assert.Equal(0.79444782, map.Value, 1e-7);
    }

    [Theory]
    [InlineData(0.4)]
    [InlineData(1)]
    [InlineData(2.5)]
    public void It_finds_the_temperature_of_the_labels(double temperature) =>
        Assert.Equal(temperature, TemperatureScaling.Fit(Drawn(1, 40_000, temperature)).Value, 0.05 * temperature);

    [Fact]
    public void No_other_temperature_gives_a_smaller_negative_log_likelihood()
    {
        var predictions = Drawn(2, 500, 1.6);
        var best = TemperatureScaling.Fit(predictions).Value;
        var least = Likelihood(predictions, best);
        Assert.True(least < Likelihood(predictions, 1));
        for (var factor = 0.5; factor < 2; factor += 0.01)
            Assert.True(least <= Likelihood(predictions, factor * best) + 1e-9);
    }

    [Fact]
    public void Perfectly_separated_predictions_get_the_smallest_temperature_and_reversed_ones_the_largest()
    {
        Assert.Equal(TemperatureScaling.Smallest, TemperatureScaling.Fit([(0.4f, false), (0.6f, true)]).Value, 1e-12);
        Assert.Equal(TemperatureScaling.Largest, TemperatureScaling.Fit([(0.4f, true), (0.6f, false)]).Value, 1e-9);
    }

    [Fact]
    public void Probabilities_stay_probabilities_in_the_same_order()
    {
        foreach (var temperature in new[] { 0.01, 0.5, 1, 3, 100 })
        {
            ProbabilityMap.Temperature map = new(temperature);
            Assert.Equal(0.5f, map.Of(0.5f));
            var last = -1f;
            for (var k = 0; k <= 1000; k++)
            {
                Assert.InRange(map.Of(k / 1000f), Math.Max(last, 0), 1);
                last = map.Of(k / 1000f);
            }
        }
        Assert.Equal(0.3f, new ProbabilityMap.Temperature(1).Of(0.3f), 1e-6f);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void A_temperature_that_is_not_positive_is_a_problem(double temperature) =>
        Assert.Contains(
            "must be positive",
            Assert.Single(new ProbabilityMap.Temperature(temperature).Problems()).ToString()
        );
}
