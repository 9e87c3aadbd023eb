using Sed.Core.Training;

namespace Sed.Core.Tests.Training;

public sealed class LearningRateTests
{
    private static readonly TrainingOptions options = new() { LearningRate = 1, Epochs = 10 };

    private static double[] Rates(TrainingOptions options, params double[] monitors) =>
        [
            .. Enumerable
                .Range(1, monitors.Length + 1)
                .Select(epoch => LearningRate.Of(options, epoch, monitors[..(epoch - 1)])),
        ];

    [Fact]
    public void It_stays_rises_in_equal_steps_and_falls_along_a_cosine()
    {
        var nine = new double[9];
        Assert.All(Rates(options, nine), rate => Assert.Equal(1, rate));
        var warm = Rates(options with { WarmUpEpochs = 3 }, nine);
        Assert.Equal([0.25, 0.5, 0.75, 1, 1, 1, 1, 1, 1, 1], warm);
        var cosine = Rates(options with { Schedule = Schedule.Cosine }, nine);
        Assert.Equal(1, cosine[0]);
        Assert.Equal(0.5, cosine[5], 1e-12);
        Assert.Equal(cosine.OrderDescending(), cosine);
        Assert.InRange(cosine[9], 0.01, 0.05);
    }

    [Fact]
    public void On_a_plateau_it_falls_after_so_many_epochs_without_gain_and_waits_again()
    {
        var plateau = options with { Schedule = Schedule.Plateau, PlateauPatience = 2, PlateauFactor = 0.1 };
        var rates = Rates(plateau, 1, 0.5, 0.5, 2, 2, 2, 1, 1);
        double[] expected = [1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.001];
        Assert.Equal(expected.Length, rates.Length);
        for (var i = 0; i < rates.Length; i++)
            Assert.Equal(expected[i], rates[i], 1e-12);
    }
}
