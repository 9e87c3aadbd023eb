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

    [Fact]
    public void A_ramp_up_follows_the_DESED_baselines_step_by_step()
    {
        // 4 steps per epoch, 6 epochs; factors of the baselines' ExponentialWarmup for a ramp-up of 8 steps, with a fall from
        // step 12 to step 24.
        double[] factors =
        [
            0.021750359344450345,
            0.06005466789530794,
            0.14183015908734254,
            0.2865047968601901,
            0.4950358969261986,
            0.7316156289466419,
            0.9248488132162048,
            1,
        ];
        double[] falling =
        [
            0.9914448613738104,
            0.9659258262890683,
            0.9238795325112867,
            0.8660254037844386,
            0.7933533402912352,
            0.7071067811865476,
            0.6087614290087207,
            0.5,
            0.3826834323650898,
            0.25881904510252074,
            0.13052619222005157,
            1e-5,
        ];
        double[] Steps(Schedule schedule) =>
            [
                .. Enumerable
                    .Range(1, 24)
                    .Select(step =>
                    {
                        var epoch = (step + 3) / 4;
                        var rate = schedule.Rate(1e-3, epoch, 6, []);
                        return schedule.RateOfStep(1e-3, rate, epoch - 1 + ((step - 1) % 4 + 1) / 4.0, 6);
                    }),
            ];
        double[] full = [.. factors, .. Enumerable.Repeat(1.0, 16)];
        double[] annealed = [.. full[..12], .. falling];
        AssertRates(full, Steps(new Schedule.RampUp(2)));
        AssertRates(annealed, Steps(new Schedule.RampUp(2, 3)));
        // The rate of an epoch is the rate of its last step, and other schedules have one rate per epoch.
        Assert.Equal(Steps(new Schedule.RampUp(2))[3], new Schedule.RampUp(2).Rate(1e-3, 1, 6, []));
        Assert.Equal(0.25, new Schedule.Cosine(3).RateOfStep(1, 0.25, 0.5, 10));
        Assert.Equal(1, new Schedule.RampUp(0).RateOfStep(1, 1, 0.01, 10));

        static void AssertRates(double[] wanted, double[] found)
        {
            for (var step = 0; step < wanted.Length; step++)
                Assert.Equal(1e-3 * wanted[step], found[step], 1e-15);
        }
    }

    [Fact]
    public void Impossible_ramp_ups_are_reported()
    {
        Assert.Equal(
            [
                "the learning rate's ramp-up lasts -1 epochs; give 0 or more",
                "the learning rate falls after 10 epochs, but its ramp-up lasts 50; give at least as many epochs as for the ramp-up",
            ],
            new Schedule[] { new Schedule.RampUp(-1), new Schedule.RampUp(50, 10) }
                .SelectMany(schedule => schedule.Problems())
                .Select(problem => problem.ToString())
        );
    }
}
