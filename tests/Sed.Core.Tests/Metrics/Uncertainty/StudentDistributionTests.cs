using Sed.Core.Metrics.Uncertainty;

namespace Sed.Core.Tests.Metrics.Uncertainty;

public class StudentDistributionTests
{
    [Theory]
    [InlineData(0.4)]
    [InlineData(0.025)]
    [InlineData(2.5e-4)]
    [InlineData(1e-8)]
    [InlineData(1e-12)]
    public void Critical_values_are_those_of_the_closed_forms(double tail)
    {
        var one = 1 / Math.Tan(Math.PI * tail);
        var two = (1 - 2 * tail) / Math.Sqrt(2 * tail * (1 - tail));
        Assert.Equal(1, StudentDistribution.Critical(tail, 1) / one, 1e-8);
        Assert.Equal(1, StudentDistribution.Critical(tail, 2) / two, 1e-8);
    }

    [Theory]
    [InlineData(1.5, 1e-9)]
    [InlineData(9, 1e-10)]
    [InlineData(200, 1e-12)]
    public void The_tail_beyond_a_critical_value_has_its_probability(double freedom, double tail) =>
        Assert.Equal(1, StudentDistribution.Tail(StudentDistribution.Critical(tail, freedom), freedom) / tail, 1e-6);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.5, 1)]
    [InlineData(double.NaN, 1)]
    [InlineData(0.1, 0)]
    [InlineData(0.1, double.NaN)]
    public void Values_out_of_range_are_refused(double tail, double freedom) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => StudentDistribution.Critical(tail, freedom));

    [Fact]
    public void Equal_variances_have_the_sum_of_their_degrees_of_freedom() =>
        Assert.Equal(6, StudentDistribution.FreedomOfSum(0.2, 3, 0.2, 3), 1e-12);
}
