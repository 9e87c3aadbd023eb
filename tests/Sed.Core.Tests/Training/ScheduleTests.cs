using Sed.Core.Training.Optimization;

namespace Sed.Core.Tests.Training;

public sealed class ScheduleTests
{
    private static double[] Rates(Schedule schedule, params double[] monitors) =>
        [
            .. Enumerable
                .Range(1, monitors.Length + 1)
                .Select(epoch => schedule.Rate(1, epoch, epochs: 10, monitors[..(epoch - 1)])),
        ];

    [Fact]
    public void The_learning_rate_is_constant_or_rises_linearly_and_then_follows_a_cosine()
    {
        var nine = new double[9];
        Assert.All(Rates(new Schedule.Constant(), nine), rate => Assert.Equal(1, rate));
        Assert.Equal([0.25, 0.5, 0.75, 1], Rates(new Schedule.Cosine(3), nine)[..4]);
        var cosine = Rates(new Schedule.Cosine(), nine);
        Assert.Equal(1, cosine[0]);
        Assert.Equal(0.5, cosine[5], 1e-12);
        Assert.Equal(cosine.OrderDescending(), cosine);
        Assert.InRange(cosine[9], 0.01, 0.05);
    }

    [Fact]
    public void The_learning_rate_drops_once_after_the_given_number_of_epochs()
    {
        Assert.Equal([1, 1, 1, 0.25, 0.25], Rates(new Schedule.Drop(0.25, 3), new double[4]));
        Assert.Equal(
            [
                "the factor of the learning rate is 1; it must be between 0 and 1",
                "the learning rate drops after 0 epochs; give at least one",
            ],
            new Schedule.Drop(1, 0).Problems().Select(problem => problem.ToString())
        );
    }

    [Fact]
    public void On_a_plateau_the_learning_rate_falls_each_time_the_patience_is_exhausted()
    {
        var rates = Rates(new Schedule.Plateau(0.1, 2), 1, 0.5, 0.5, 2, 2, 2, 1, 1);
        double[] expected = [1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.001];
        Assert.Equal(expected.Length, rates.Length);
        for (var i = 0; i < rates.Length; i++)
            Assert.Equal(expected[i], rates[i], 1e-12);
    }
}
