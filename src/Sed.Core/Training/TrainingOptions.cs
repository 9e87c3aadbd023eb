using System.Text.Json;
using System.Text.Json.Serialization;
using Sed.Core.Training.Clips;
using Sed.Core.Training.Losses;
using Sed.Core.Training.Optimization;
using Sed.Core.Training.Targets;

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

    /// <summary>In which order an epoch goes through the clips. Default: each once, shuffled.</summary>
    public ClipOrder Order { get; init; } = ClipOrder.Shuffled;

    /// <summary>How gradients move the weights. Default Adam.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Adam;

    /// <summary>The learning rate, before the schedule. Default 0.001.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Weight decay. Default 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>SGD's momentum, from 0 to below 1. Default 0.9.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>How the learning rate changes. Default: it stays.</summary>
    public Schedule Schedule { get; init; } = Schedule.Constant;

    /// <summary>Epochs over which the learning rate first rises in equal steps. Default 0.</summary>
    public int WarmUpEpochs { get; init; }

    /// <summary>Plateau: what the learning rate is multiplied by, between 0 and 1. Default 0.5.</summary>
    public double PlateauFactor { get; init; } = 0.5;

    /// <summary>Plateau: epochs without a gain before that. Default 10.</summary>
    public int PlateauPatience { get; init; } = 10;

    /// <summary>The norm that all gradients together may have; null (the default) leaves them as they are.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>
    /// Share of the past in a running average of the weights, which is then what is scored and kept, from 0 to below 1.
    /// Null (the default): the weights themselves. For example 0.999.
    /// </summary>
    public double? WeightAverage { get; init; }

    /// <summary>A teacher that averages the network, scored and kept in its stead; null (the default): none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MeanTeacher? MeanTeacher { get; init; }

    /// <summary>Weight of the loss of the strong output. Default 1.</summary>
    public double StrongWeight { get; init; } = 1;

    /// <summary>Weight of the loss of the weak output. Default 1.</summary>
    public double WeakWeight { get; init; } = 1;

    /// <summary>Weight of a present class against an absent one in both losses, one for each class; null (the default): 1.</summary>
    public IReadOnlyList<double>? PositiveWeights { get; init; }

    /// <summary>What a probability costs that says something else than its label. Default cross-entropy.</summary>
    public Loss Loss { get; init; } = new Loss.CrossEntropy();

    /// <summary>Whether frames after the end of a short clip are left out of the strong loss. Default: they count.</summary>
    public bool MaskShortClips { get; init; }

    /// <summary>Mixup (Zhang et al. 2018): both parameters of the beta distribution of the share; 0 (the default): none.</summary>
    public double Mixup { get; init; }

    /// <summary>SpecAugment (Park et al. 2019): most frames that one masked stretch has; 0 (the default): none.</summary>
    public int MaskedFrames { get; init; }

    /// <summary>SpecAugment: most bands that one masked stretch has; 0 (the default): none.</summary>
    public int MaskedBands { get; init; }

    /// <summary>With how many digits outputs are computed in training. Default float32.</summary>
    public ComputePrecision Precision { get; init; } = ComputePrecision.Float32;

    /// <summary>A loss above this ends training as one that is not a number does. Default 1e6.</summary>
    public double LargestLoss { get; init; } = 1e6;

    /// <summary>Threads that compute on a CPU; 0 (the default) takes one for each processor. It is recorded with the result.</summary>
    public int Threads { get; init; }

    /// <summary>Decides the order of the clips, what dropout drops and how clips are mixed; the weights are the network's own.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>All options in one line; equal options have the same.</summary>
    public string Summary() => JsonSerializer.Serialize(this);

    /// <summary>Every reason these options cannot be used, in reading order; empty when they can.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [];
        Check(Epochs >= 1, $"Epochs must be at least 1, was {Epochs}.");
        Check(Patience >= 1, $"Patience must be at least 1, was {Patience}.");
        Check(BatchSize >= 1, $"BatchSize must be at least 1, was {BatchSize}.");
        Check(Enum.IsDefined(Order), $"There is no order {Order}.");
        Check(LearningRate > 0 && double.IsFinite(LearningRate), $"LearningRate must be positive, was {LearningRate}.");
        Check(NotNegative(WeightDecay), $"WeightDecay must be 0 or more, was {WeightDecay}.");
        Check(Momentum >= 0 && Momentum < 1, $"Momentum must be from 0 to below 1, was {Momentum}.");
        Check(WarmUpEpochs >= 0, $"WarmUpEpochs must be 0 or more, was {WarmUpEpochs}.");
        Check(PlateauFactor > 0 && PlateauFactor < 1, $"PlateauFactor must be between 0 and 1, was {PlateauFactor}.");
        Check(PlateauPatience >= 1, $"PlateauPatience must be at least 1, was {PlateauPatience}.");
        Check(ClipNorm is null or > 0, $"ClipNorm must be positive, was {ClipNorm}.");
        Check(
            WeightAverage is null or (>= 0 and < 1),
            $"WeightAverage must be from 0 to below 1, was {WeightAverage}."
        );
        problems.AddRange(MeanTeacher?.Problems() ?? []);
        Check(
            MeanTeacher is null || WeightAverage is null,
            "MeanTeacher and WeightAverage both average the weights; keep one of them."
        );
        Check(NotNegative(StrongWeight), $"StrongWeight must be 0 or more, was {StrongWeight}.");
        Check(NotNegative(WeakWeight), $"WeakWeight must be 0 or more, was {WeakWeight}.");
        Check(
            StrongWeight != 0 || WeakWeight != 0,
            "StrongWeight and WeakWeight are both 0, so nothing would be learnt."
        );
        Check(
            PositiveWeights is null || PositiveWeights.All(weight => weight > 0 && double.IsFinite(weight)),
            "Every one of PositiveWeights must be positive."
        );
        problems.AddRange(Loss.Problems());
        Check(NotNegative(Mixup), $"Mixup must be 0 or more, was {Mixup}.");
        Check(MaskedFrames >= 0, $"MaskedFrames must be 0 or more, was {MaskedFrames}.");
        Check(MaskedBands >= 0, $"MaskedBands must be 0 or more, was {MaskedBands}.");
        Check(Enum.IsDefined(Precision), $"There is no precision {Precision}.");
        Check(LargestLoss > 0, $"LargestLoss must be positive, was {LargestLoss}.");
        Check(Threads >= 0, $"Threads must be 0 or more, was {Threads}.");
        return problems;

        void Check(bool holds, string problem)
        {
            if (!holds)
                problems.Add(problem);
        }

        static bool NotNegative(double value) => value >= 0 && double.IsFinite(value);
    }
}
