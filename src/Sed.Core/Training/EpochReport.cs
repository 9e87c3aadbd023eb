using Sed.Core.Scoring;

namespace Sed.Core.Training;

/// <summary>Loss, scores and speed of an epoch.</summary>
/// <param name="Epoch">Epoch number, from 1.</param>
/// <param name="Loss">Mean training loss per clip.</param>
/// <param name="Scores">Metrics on the early-stopping split, by metric key. Undefined metrics are absent.</param>
/// <param name="Monitor">The score that early stopping maximises.</param>
/// <param name="BestEpoch">
/// The epoch with the highest monitor so far; this epoch if the weights of the last epoch are kept (<see
/// cref="TrainingOptions.KeepsLastEpoch"/>).
/// </param>
/// <param name="Elapsed">Training time so far, including the time before a resume.</param>
/// <param name="ClipsPerSecond">Training clips per second in this epoch, excluding the evaluation.</param>
public sealed record EpochReport(
    int Epoch,
    double Loss,
    IReadOnlyDictionary<string, double> Scores,
    double Monitor,
    int BestEpoch,
    TimeSpan Elapsed,
    double ClipsPerSecond
)
{
    /// <summary>The value of a metric; <see cref="double.NaN"/> if it is undefined or was not computed.</summary>
    public double Score(Metric metric) => Scores.GetValueOrDefault(metric.Key, double.NaN);

    /// <summary>Learning rate of this epoch.</summary>
    public double LearningRate { get; init; }

    /// <summary>Resident memory of the process after the epoch, in MiB.</summary>
    public double ResidentMiB { get; init; }

    /// <summary>
    /// TorchSharp's count of live tensors in the process after the epoch. The count includes every parameter ever
    /// created, so it grows with each new network, but not within a training run.
    /// </summary>
    public long LiveTensors { get; init; }

    /// <inheritdoc/>
    public bool Equals(EpochReport? other) =>
        other is not null
        && Numbers.Equals(other.Numbers)
        && Scores.Count == other.Scores.Count
        && Scores.All(score => other.Scores.TryGetValue(score.Key, out var value) && value.Equals(score.Value));

    /// <inheritdoc/>
    public override int GetHashCode() => Numbers.GetHashCode();

    private (int, double, double, int, TimeSpan, double, double, double, long) Numbers =>
        (Epoch, Loss, Monitor, BestEpoch, Elapsed, ClipsPerSecond, LearningRate, ResidentMiB, LiveTensors);
}
