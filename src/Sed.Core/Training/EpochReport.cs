namespace Sed.Core.Training;

/// <summary>What is known after an epoch.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Loss">Mean training loss of the epoch's steps.</param>
/// <param name="Scores">Scores on the split that early stopping watches; its strong ones may be undefined.</param>
/// <param name="Monitor">What early stopping watches; higher is better.</param>
/// <param name="BestEpoch">The epoch with the highest monitor so far.</param>
/// <param name="Elapsed">Time since training started; time before an interruption counts.</param>
/// <param name="ClipsPerSecond">Training clips per second in this epoch, scoring left out.</param>
public sealed record EpochReport(
    int Epoch,
    double Loss,
    Scores Scores,
    double Monitor,
    int BestEpoch,
    TimeSpan Elapsed,
    double ClipsPerSecond
)
{
    /// <summary>The learning rate of the epoch.</summary>
    public double LearningRate { get; init; }

    /// <summary>Memory of the process after the epoch, in MiB.</summary>
    public double ResidentMiB { get; init; }

    /// <summary>
    /// Tensors alive after the epoch, in the whole process, as TorchSharp counts them: its count keeps one for every parameter
    /// ever made, so it grows from network to network, but not within a training.
    /// </summary>
    public long LiveTensors { get; init; }
}
