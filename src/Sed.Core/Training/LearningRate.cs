namespace Sed.Core.Training;

/// <summary>The learning rate of an epoch, a function of the options and of the monitor so far, so that nothing is kept.</summary>
internal static class LearningRate
{
    /// <param name="epoch">From 1.</param>
    /// <param name="monitors">The monitor after each epoch before this one.</param>
    public static double Of(TrainingOptions options, int epoch, IReadOnlyList<double> monitors)
    {
        if (epoch <= options.WarmUpEpochs)
            return options.LearningRate * epoch / (options.WarmUpEpochs + 1);
        return options.LearningRate
            * options.Schedule switch
            {
                Schedule.Cosine => Cosine(options, epoch),
                Schedule.Plateau => Math.Pow(options.PlateauFactor, Drops(options, monitors)),
                _ => 1,
            };
    }

    private static double Cosine(TrainingOptions options, int epoch)
    {
        var after = epoch - 1 - options.WarmUpEpochs;
        var length = Math.Max(1, options.Epochs - options.WarmUpEpochs);
        return 0.5 * (1 + Math.Cos(Math.PI * after / length));
    }

    private static int Drops(TrainingOptions options, IReadOnlyList<double> monitors)
    {
        var (drops, waited, best) = (0, 0, double.NegativeInfinity);
        foreach (var monitor in monitors)
        {
            waited = monitor > best ? 0 : waited + 1;
            best = Math.Max(best, monitor);
            if (waited >= options.PlateauPatience)
                (drops, waited) = (drops + 1, 0);
        }
        return drops;
    }
}
