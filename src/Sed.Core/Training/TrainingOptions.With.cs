using Sed.Core.Training.Augmentations;
using Sed.Core.Training.Clips;
using Sed.Core.Training.Losses;
using Sed.Core.Training.Optimization;
using Sed.Core.Training.Targets;
using Monitor = Sed.Core.Scoring.Monitor;

namespace Sed.Core.Training;

// F# does not support `with` expressions on C# records, so each method returns a copy with one value changed.
public sealed partial record TrainingOptions
{
    /// <summary>A copy with a different <see cref="Epochs"/>.</summary>
    public TrainingOptions WithEpochs(int epochs) => this with { Epochs = epochs };

    /// <summary>A copy with a different <see cref="Patience"/>.</summary>
    public TrainingOptions WithPatience(int patience) => this with { Patience = patience };

    /// <summary>A copy with a different <see cref="BatchSize"/>.</summary>
    public TrainingOptions WithBatchSize(int batchSize) => this with { BatchSize = batchSize };

    /// <summary>A copy with a different <see cref="Order"/>.</summary>
    public TrainingOptions WithOrder(ClipOrder order) => this with { Order = order };

    /// <summary>A copy with a different <see cref="Optimizer"/>.</summary>
    public TrainingOptions WithOptimizer(Optimizer optimizer) => this with { Optimizer = optimizer };

    /// <summary>A copy with a different <see cref="Schedule"/>.</summary>
    public TrainingOptions WithSchedule(Schedule schedule) => this with { Schedule = schedule };

    /// <summary>A copy with a different <see cref="Monitor"/>.</summary>
    public TrainingOptions WithMonitor(Monitor monitor) => this with { Monitor = monitor };

    /// <summary>A copy with a different <see cref="MaxGradientNorm"/>.</summary>
    public TrainingOptions WithMaxGradientNorm(double? maxGradientNorm) =>
        this with
        {
            MaxGradientNorm = maxGradientNorm,
        };

    /// <summary>A copy with a different <see cref="WeightAverage"/>.</summary>
    public TrainingOptions WithWeightAverage(double? weightAverage) => this with { WeightAverage = weightAverage };

    /// <summary>A copy with a different <see cref="MeanTeacher"/>.</summary>
    public TrainingOptions WithMeanTeacher(MeanTeacher? meanTeacher) => this with { MeanTeacher = meanTeacher };

    /// <summary>A copy with a different <see cref="Labels"/>.</summary>
    public TrainingOptions WithLabels(Labels labels) => this with { Labels = labels };

    /// <summary>A copy with a different <see cref="StrongWeight"/>.</summary>
    public TrainingOptions WithStrongWeight(double strongWeight) => this with { StrongWeight = strongWeight };

    /// <summary>A copy with a different <see cref="WeakWeight"/>.</summary>
    public TrainingOptions WithWeakWeight(double weakWeight) => this with { WeakWeight = weakWeight };

    /// <summary>A copy with a different <see cref="PseudoWeight"/>.</summary>
    public TrainingOptions WithPseudoWeight(double? pseudoWeight) => this with { PseudoWeight = pseudoWeight };

    /// <summary>A copy with a different <see cref="PositiveWeight"/>.</summary>
    public TrainingOptions WithPositiveWeight(PositiveWeight positiveWeight) =>
        this with
        {
            PositiveWeight = positiveWeight,
        };

    /// <summary>A copy with a different <see cref="Loss"/>.</summary>
    public TrainingOptions WithLoss(Loss loss) => this with { Loss = loss };

    /// <summary>
    /// A copy in which the strong loss leaves out the padding of all short clips (true) or includes all padding
    /// (false).
    /// </summary>
    public TrainingOptions WithMaskShortClips(bool maskShortClips) =>
        this with
        {
            MaskShortClips = maskShortClips,
            CountsPadding = !maskShortClips,
        };

    /// <summary>A copy with a different <see cref="KeepsLastEpoch"/>.</summary>
    public TrainingOptions WithKeepsLastEpoch(bool keepsLastEpoch) => this with { KeepsLastEpoch = keepsLastEpoch };

    /// <summary>A copy with a different <see cref="Augmentations"/>.</summary>
    public TrainingOptions WithAugmentations(IReadOnlyList<Augmentation> augmentations) =>
        this with
        {
            Augmentations = augmentations,
        };

    /// <summary>A copy with a different <see cref="AugmentsNormalised"/>.</summary>
    public TrainingOptions WithAugmentsNormalised(bool augmentsNormalised) =>
        this with
        {
            AugmentsNormalised = augmentsNormalised,
        };

    /// <summary>A copy with a different <see cref="Precision"/>.</summary>
    public TrainingOptions WithPrecision(ComputePrecision precision) => this with { Precision = precision };

    /// <summary>A copy with a different <see cref="LargestLoss"/>.</summary>
    public TrainingOptions WithLargestLoss(double largestLoss) => this with { LargestLoss = largestLoss };

    /// <summary>A copy with a different <see cref="Threads"/>.</summary>
    public TrainingOptions WithThreads(int threads) => this with { Threads = threads };

    /// <summary>A copy with a different <see cref="Seed"/>.</summary>
    public TrainingOptions WithSeed(long seed) => this with { Seed = seed };

    /// <summary>A copy with different <see cref="Frozen"/> parts.</summary>
    public TrainingOptions WithFrozen(IReadOnlyList<string>? frozen) => this with { Frozen = frozen };

    /// <summary>A copy with a different <see cref="ThawAfter"/>.</summary>
    public TrainingOptions WithThawAfter(int? thawAfter) => this with { ThawAfter = thawAfter };

    /// <summary>A copy with a different <see cref="LayerDecay"/>.</summary>
    public TrainingOptions WithLayerDecay(double layerDecay) => this with { LayerDecay = layerDecay };
}
