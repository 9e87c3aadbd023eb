using Sed.Core.Detection.Calibrations;

namespace Sed.Core.Tests.Detection.Calibrations;

public sealed class IsotonicRegressionTests
{
    private static List<(float, bool)> Drawn(int seed, int count, int values)
    {
        Random random = new(seed);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ => (float)random.Next(values + 1) / values)
                .Select(probability => (probability, random.NextDouble() < probability * probability)),
        ];
    }

    /// <summary>
    /// The regression by its max-min formula (Robertson, Wright and Dykstra 1988): at each input, the maximum over starts
    /// up to it of the minimum over ends from it of the mean label between start and end.
    /// </summary>
    private static double MaxMin(List<(float Probability, bool IsPositive)> predictions, float at)
    {
        var starts = predictions.Select(one => one.Probability).Where(value => value <= at).Distinct();
        var ends = predictions.Select(one => one.Probability).Where(value => value >= at).Distinct().ToArray();
        return starts.Max(start =>
            ends.Min(end =>
                predictions
                    .Where(one => one.Probability >= start && one.Probability <= end)
                    .Average(one => one.IsPositive ? 1.0 : 0.0)
            )
        );
    }

    [Theory]
    [InlineData(1, 60, 1000)]
    [InlineData(2, 80, 10)]
    [InlineData(3, 1, 5)]
    [InlineData(4, 40, 3)]
    public void The_value_at_every_prediction_is_that_of_the_max_min_formula(int seed, int count, int values)
    {
        var predictions = Drawn(seed, count, values);
        var map = IsotonicRegression.Fit(predictions);
        foreach (var (probability, _) in predictions)
            Assert.Equal((float)MaxMin(predictions, probability), map.Of(probability));
    }

    [Fact]
    public void It_equals_the_regression_of_scikit_learn()
    {
        // IsotonicRegression(out_of_bounds="clip") of scikit-learn 1.2.1, with ties at 0.3 and 0.6.
        List<(float, bool)> predictions =
        [
            (0.1f, false),
            (0.2f, true),
            (0.3f, false),
            (0.3f, true),
            (0.45f, false),
            (0.6f, true),
            (0.6f, false),
            (0.8f, true),
            (0.9f, true),
        ];
        var map = IsotonicRegression.Fit(predictions);
        (float Input, double Output)[] expected =
        [
            (0f, 0.0),
            (0.1f, 0.0),
            (0.15f, 0.24999999999999994),
            (0.2f, 0.5),
            (0.3f, 0.5),
            (0.35f, 0.5),
            (0.45f, 0.5),
            (0.5f, 0.5),
            (0.6f, 0.5),
            (0.7f, 0.7499999999999999),
            (0.75f, 0.875),
            (0.8f, 1.0),
            (0.85f, 1.0),
            (0.9f, 1.0),
            (1f, 1.0),
        ];
        foreach (var (input, output) in expected)
            Assert.Equal(output, map.Of(input), 1e-7);
    }

    [Fact]
    public void It_never_falls_and_is_constant_beyond_the_outermost_probabilities()
    {
        List<(float Probability, bool)> predictions =
        [
            .. Drawn(5, 300, 50).Select(one => (0.2f + 0.5f * one.Item1, one.Item2)),
        ];
        var map = IsotonicRegression.Fit(predictions);
        Assert.Empty(map.Problems());
        var last = 0f;
        for (var k = 0; k <= 1000; k++)
        {
            Assert.True(map.Of(k / 1000f) >= last);
            last = map.Of(k / 1000f);
        }
        Assert.Equal(map.Of(predictions.Min(one => one.Probability)), map.Of(0));
        Assert.Equal(map.Of(predictions.Max(one => one.Probability)), map.Of(1));
        // Between two points it is linear.
        var at = Enumerable.Range(1, map.Inputs.Count - 1).First(k => map.Outputs[k] > map.Outputs[k - 1]);
        Assert.Equal(
            (map.Outputs[at] + map.Outputs[at - 1]) / 2,
            map.Of((float)((map.Inputs[at] + map.Inputs[at - 1]) / 2)),
            1e-5
        );
    }

    [Fact]
    public void The_order_of_the_predictions_does_not_matter()
    {
        var predictions = Drawn(6, 200, 20);
        var shuffled = predictions.OrderBy(one => HashCode.Combine(one)).ToList();
        Assert.Equal(IsotonicRegression.Fit(predictions), IsotonicRegression.Fit(shuffled));
        Assert.NotEqual(IsotonicRegression.Fit(predictions), IsotonicRegression.Fit(Drawn(7, 200, 20)));
    }

    [Fact]
    public void A_copy_with_other_points_uses_them()
    {
        ProbabilityMap.Isotonic map = new([0.2, 0.6], [0.1, 0.5]);
        var copy = map with { Inputs = [0.2, 0.4], Outputs = [0.3, 0.9] };
        Assert.Equal(0.6f, copy.Of(0.3f), 1e-6);
        Assert.Equal([0.2, 0.4], copy.Inputs);
        Assert.Equal([0.3, 0.9], copy.Outputs);
        Assert.NotEqual(map, copy);
        Assert.Equal(new ProbabilityMap.Isotonic([0.2, 0.4], [0.3, 0.9]), copy);
        Assert.Contains("2 inputs and 1 outputs", Assert.Single((map with { Outputs = [1] }).Problems()).ToString());
    }

    [Fact]
    public void A_map_does_not_change_with_the_lists_that_it_was_made_from()
    {
        List<double> inputs = [0.2, 0.6];
        ProbabilityMap.Isotonic map = new(inputs, [0.1, 0.5]);
        inputs[1] = 0.3;
        Assert.Equal([0.2, 0.6], map.Inputs);
        Assert.Equal(0.3f, map.Of(0.4f), 1e-6);
    }

    [Fact]
    public void Points_out_of_order_are_a_problem()
    {
        Assert.Contains(
            "not in order",
            Assert.Single(new ProbabilityMap.Isotonic([0.2, 0.1], [0, 1]).Problems()).ToString()
        );
        Assert.Contains(
            "not in order",
            Assert.Single(new ProbabilityMap.Isotonic([0.1, 0.2], [1, 0]).Problems()).ToString()
        );
        Assert.Contains("0 inputs", Assert.Single(new ProbabilityMap.Isotonic([], []).Problems()).ToString());
    }
}
