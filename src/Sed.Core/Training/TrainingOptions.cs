using System.Text.Json.Serialization;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using Sed.Core.Scoring;
using Sed.Core.Training.Augmentations;
using Sed.Core.Training.Clips;
using Sed.Core.Training.Losses;
using Sed.Core.Training.Optimization;
using Sed.Core.Training.Targets;
using Monitor = Sed.Core.Scoring.Monitor;

namespace Sed.Core.Training;

/// <summary>Options of a training run. Immutable; validated when training starts.</summary>
public sealed partial record TrainingOptions
{
    /// <summary>Maximum number of passes over the training clips. Default 1000 (Adavanne and Virtanen 2017).</summary>
    [Key("epochs")]
    public int Epochs { get; init; } = 1000;

    /// <summary>
    /// Number of epochs without improvement of the monitor after which training stops. Default 100 (Adavanne and Virtanen
    /// 2017).
    /// </summary>
    [Key("patience")]
    public int Patience { get; init; } = 100;

    /// <summary>Number of clips per step. Default 32.</summary>
    [Key("batchSize")]
    public int BatchSize { get; init; } = 32;

    /// <summary>Order of the clips in an epoch. Default: each clip once, shuffled.</summary>
    [Key("order")]
    public ClipOrder Order { get; init; } = ClipOrder.Shuffled;

    /// <summary>The optimizer. Default Adam with learning rate 0.001.</summary>
    [Key("optimizer")]
    public Optimizer Optimizer { get; init; } = new Optimizer.Adam(1e-3);

    /// <summary>The learning rate schedule. Default constant.</summary>
    [Key("schedule")]
    public Schedule Schedule { get; init; } = new Schedule.Constant();

    /// <summary>
    /// The score that early stopping maximises. Default: clip-level F1 minus segment-based error rate (Adavanne and
    /// Virtanen 2017).
    /// </summary>
    [Key("monitor")]
    public Monitor Monitor { get; init; } =
        new Monitor.Minus(new Monitor.Score(TagMetrics.F), new Monitor.Score(SegmentMetrics.ErrorRate));

    /// <summary>
    /// Gradient clipping: the maximum norm over all gradients, above 0. Null (the default): no clipping.
    /// </summary>
    [Key("maxGradientNorm")]
    public double? MaxGradientNorm { get; init; }

    /// <summary>
    /// Decay of an exponential moving average of the weights, from 0 to below 1, for example 0.999. The averaged
    /// weights are evaluated and saved. Null (the default): no averaging.
    /// </summary>
    [Key("weightAverage")]
    public double? WeightAverage { get; init; }

    /// <summary>
    /// Mean teacher settings. The teacher's weights are evaluated and saved. Null (the default): no mean teacher.
    /// </summary>
    [Key("meanTeacher")]
    public MeanTeacher? MeanTeacher { get; init; }

    /// <summary>The labels that training uses. Default: weak labels only.</summary>
    [Key("labels")]
    public Labels Labels { get; init; } = new Labels.WeakOnly();

    /// <summary>Weight of the strong output's loss, 0 or above. Default 1.</summary>
    [Key("strongWeight")]
    public double StrongWeight { get; init; } = 1;

    /// <summary>Weight of the weak output's loss, 0 or above. Default 1.</summary>
    [Key("weakWeight")]
    public double WeakWeight { get; init; } = 1;

    /// <summary>
    /// Weight of an additional loss of the strong output, above 0. The targets of this loss are pseudo-labels of all
    /// clips (Schmid et al. 2024, arXiv 2407.12997); the other losses then use only the clips' own labels. Null (the
    /// default): there is no such loss, and pseudo-labels serve as frame targets of the clips without strong labels.
    /// </summary>
    [Key("pseudoWeight")]
    public double? PseudoWeight { get; init; }

    /// <summary>Weight of present classes relative to absent classes in the strong and the weak loss. Default 1.</summary>
    [Key("positiveWeight")]
    public PositiveWeight PositiveWeight { get; init; } = new PositiveWeight.Same();

    /// <summary>The loss per element. Default binary cross-entropy.</summary>
    [Key("loss")]
    public Loss Loss { get; init; } = new Loss.CrossEntropy();

    /// <summary>
    /// Whether the strong loss leaves out the padding of short clips in every corpus. Default false: it leaves out
    /// padding only in corpora that mask padding (<see cref="Corpora.Manifest.MasksPadding"/>). The weak output leaves
    /// out padding only if the network's description specifies it
    /// (<see cref="Networks.NetworkDescription.LeavesOutPadding"/>).
    /// </summary>
    [Key("maskShortClips")]
    public bool MaskShortClips { get; init; }

    /// <summary>
    /// Whether the strong loss includes padding even in corpora that mask padding
    /// (<see cref="Corpora.Manifest.MasksPadding"/>). Default false.
    /// </summary>
    [Key("countsPadding", OmitWhen = false)]
    public bool CountsPadding { get; init; }

    /// <summary>
    /// Returns whether the strong loss leaves out the padding of short clips. In a trial, the network's weak output
    /// leaves out padding in the same cases.
    /// </summary>
    /// <param name="masksPadding">Whether padding is left out by default (<see cref="Corpora.Manifest.MasksPadding"/>).</param>
    public bool LeavesOutPadding(bool masksPadding) => MaskShortClips || (masksPadding && !CountsPadding);

    /// <summary>
    /// Whether to keep the weights of the last epoch instead of those of the best epoch. No clips are then needed for
    /// model selection. Default false.
    /// </summary>
    [Key("keepsLastEpoch", OmitWhen = false)]
    public bool KeepsLastEpoch { get; init; }

    /// <summary>Augmentations of the batches, in the order of their application. Default none.</summary>
    [Key("augmentations")]
    public IReadOnlyList<Augmentation> Augmentations
    {
        get;
        init => field = new ValueList<Augmentation>(value);
    } = new ValueList<Augmentation>([]);

    /// <summary>
    /// Whether augmentations are applied to the output of the network's first layer, which normalises bands, instead of
    /// to the network's input, as in the code of Kong et al. (2020). The statistics of this layer are then computed
    /// from clips that are neither masked nor mixed, as at inference, and masked values are 0 in the layer's output.
    /// Default false.
    /// </summary>
    [Key("augmentsNormalised", OmitWhen = false)]
    public bool AugmentsNormalised { get; init; }

    /// <summary>Floating-point precision of the forward pass in training. Default float32.</summary>
    [Key("precision")]
    public ComputePrecision Precision { get; init; } = ComputePrecision.Float32;

    /// <summary>Training ends with an error if the loss of a step exceeds this value. Default 1e6.</summary>
    [Key("largestLoss")]
    public double LargestLoss { get; init; } = 1e6;

    /// <summary>
    /// Number of CPU threads; 0 (the default) uses one per processor. The number is recorded with the result, but is
    /// not part of the key that identifies a training run.
    /// </summary>
    [JsonIgnore]
    public int Threads { get; init; }

    /// <summary>
    /// Seed of the clip order, dropout and augmentations. Default 1. It does not affect the initial weights, which are
    /// drawn when the network is built.
    /// </summary>
    [Key("seed")]
    public long Seed { get; init; } = 1;

    /// <summary>Lists all problems of these options. The list is empty if they are valid.</summary>
    public IReadOnlyList<Problem> Problems()
    {
        List<Problem> problems = [.. Optimizer.Problems(), .. Schedule.Problems(), .. Monitor.Problems()];
        if (BatchSize < 1)
            Add($"batches of {BatchSize} clips", "give at least one");
        if (!Enum.IsDefined(Order))
            Add($"there is no order {Order}", "use Shuffled or Balanced");
        if (Epochs < 1)
            Add($"{Epochs} epochs", "give at least one");
        if (Patience < 1)
            Add($"a patience of {Patience} epochs", "give at least one");
        foreach (var (name, weight) in new[] { ("strong", StrongWeight), ("weak", WeakWeight) })
            if (!(weight >= 0 && double.IsFinite(weight)))
                Add($"the {name} weight is {weight:R}", "it must be at least 0");
        if (StrongWeight == 0 && WeakWeight == 0 && PseudoWeight is null)
            Add(
                $"the strong and the weak loss have the weight 0, so nothing is learnt",
                "give one of them a weight above 0"
            );
        if (PseudoWeight is { } ofPseudo && !(ofPseudo > 0 && double.IsFinite(ofPseudo)))
            Add($"the weight of pseudo-labels is {ofPseudo:R}", "it must be greater than 0");
        problems.AddRange(PositiveWeight.Problems());
        problems.AddRange(Loss.Problems());
        problems.AddRange(AugmentationProblems());
        if (MaxGradientNorm is { } norm && !(norm > 0 && double.IsFinite(norm)))
            Add($"the gradients' norm is limited to {norm:R}", "the limit must be greater than 0");
        if (WeightAverage is { } decay && !(decay >= 0 && decay < 1))
            Add($"the decay of the weight average is {decay:R}", "it must be at least 0 and less than 1");
        if (!Enum.IsDefined(Precision))
            Add($"there is no precision {Precision}", "use Float32 or BFloat16");
        if (!(LargestLoss > 0))
            Add($"the largest permitted loss is {LargestLoss:R}", "it must be greater than 0");
        if (Threads < 0)
            Add($"{Threads} threads", "give 0 (one per processor) or more");
        problems.AddRange(FreezingProblems());
        problems.AddRange(Labels.Problems());
        if (Labels is Labels.Mixed mixed && BatchSize >= 1 && BatchSize < mixed.Shares.Count)
            Add(
                $"batches of {BatchSize} clips are too small for {mixed.Shares.Count} kinds of labels",
                "use larger batches"
            );
        problems.AddRange(MeanTeacher?.Problems() ?? []);
        if (MeanTeacher is not null && WeightAverage is not null)
            Add($"a mean teacher and `averageWeights` both average the weights", "keep one of them");
        problems.AddRange(ConsistencyProblems());
        return problems;

        void Add(FormattableString cause, string remedy) =>
            problems.Add(Problem.Of(FormattableString.Invariant(cause), remedy));
    }
}

/// <summary>Floating-point precision of a network's forward pass in training. Everything else is float32.</summary>
public enum ComputePrecision
{
    /// <summary>float32; on GPUs that support it, matrix products use TF32 (10 bits of mantissa).</summary>
    [Key("float32")]
    Float32,

    /// <summary>
    /// bfloat16 in matrix products and convolutions: faster on GPUs, slower on most CPUs. Weights, loss, gradients,
    /// optimizer and evaluation stay float32.
    /// </summary>
    [Key("bfloat16")]
    BFloat16,
}
