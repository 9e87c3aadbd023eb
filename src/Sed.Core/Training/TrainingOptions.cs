namespace Sed.Core.Training;

/// <summary>How a network is trained. Immutable; checked when training starts.</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over the training clips, at most. Default 1000 (Adavanne and Virtanen 2017).</summary>
    public int Epochs { get; init; } = 1000;

    /// <summary>Passes without a gain of the monitor after which training stops. Default 100 (same source).</summary>
    public int Patience { get; init; } = 100;

    /// <summary>Clips per step. Default 32.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Adam's learning rate. Default 0.001.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Weight of the loss of the strong output. Default 1.</summary>
    public double StrongWeight { get; init; } = 1;

    /// <summary>Weight of the loss of the weak output. Default 1.</summary>
    public double WeakWeight { get; init; } = 1;

    /// <summary>Decides the order of the clips and what dropout drops; the weights are the network's own.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Every reason these options cannot be used, in reading order; empty when they can.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [];
        foreach (
            var (name, value) in new[]
            {
                (nameof(Epochs), Epochs),
                (nameof(Patience), Patience),
                (nameof(BatchSize), BatchSize),
            }
        )
            if (value < 1)
                problems.Add($"{name} must be at least 1, was {value}.");
        if (!(LearningRate > 0) || double.IsInfinity(LearningRate))
            problems.Add($"LearningRate must be positive, was {LearningRate}.");
        foreach (var (name, value) in new[] { (nameof(StrongWeight), StrongWeight), (nameof(WeakWeight), WeakWeight) })
            if (!(value >= 0) || double.IsInfinity(value))
                problems.Add($"{name} must be 0 or more, was {value}.");
        if (StrongWeight == 0 && WeakWeight == 0)
            problems.Add("StrongWeight and WeakWeight are both 0, so nothing would be learnt.");
        return problems;
    }
}
