using Sed.Core.Scoring;

namespace Sed.Core.Training;

/// <summary>What is known after an epoch.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Loss">Mean training loss of the epoch's steps.</param>
/// <param name="Scores">Metrics on the split that early stopping watches, by their names; those that are not defined there are missing.</param>
/// <param name="Monitor">What early stopping watches; higher is better.</param>
/// <param name="BestEpoch">The epoch with the highest monitor so far.</param>
/// <param name="Elapsed">Time since training started; time before an interruption counts.</param>
/// <param name="ClipsPerSecond">Training clips per second in this epoch, scoring left out.</param>
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
    /// <summary>A metric; <see cref="double.NaN"/> where it is not defined or was not asked for.</summary>
    public double Score(Metric metric) => Scores.GetValueOrDefault(metric.Key, double.NaN);

    /// <summary>The learning rate of the epoch.</summary>
    public double LearningRate { get; init; }

    /// <summary>Memory of the process after the epoch, in MiB.</summary>
    public double ResidentMiB { get; init; }

    /// <summary>
    /// Tensors alive after the epoch, in the whole process, as TorchSharp counts them: its count keeps one for every parameter
    /// ever made, so it grows from network to network, but not within a training.
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
