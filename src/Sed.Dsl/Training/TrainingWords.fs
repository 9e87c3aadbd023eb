namespace Sed

open System
open Sed.Core.Corpora
open Sed.Core.Scoring
open Sed.Core.Training
open Sed.Core.Training.Augmentations
open Sed.Core.Training.Clips
open Sed.Core.Training.Losses
open Sed.Core.Training.Optimization
open Sed.Core.Training.Targets

/// training { optimizer (adam 1e-3); epochs 1000; patience 100; monitor (WeakF - StrongER) }
type TrainingBuilder() =
    inherit Block<Training>()

    let set keyword (change: TrainingOptions -> TrainingOptions) (training: Training) = {
        Options = change training.Options
        Keywords = training.Keywords @ [ keyword ]
    }

    member _.Yield(_: unit) = Training.defaults

    /// The optimizer: `adam 1e-3` (the default), `amsGrad 1e-3`, `adamW 1e-3 0.01` or `sgd 0.1 0.9`.
    [<CustomOperation "optimizer">]
    member _.Optimizer(training: Training, optimizer: Optimizer) =
        training |> set "optimizer" _.WithOptimizer(optimizer)

    /// The schedule of the learning rate: Constant (the default), `Cosine warmUpEpochs`, `Plateau 0.5 10` (factor and
    /// patience), `DropAfter 0.1 62` (factor and number of epochs), `RampUp 50` (number of epochs) or
    /// `RampUpAnnealed 50 100`.
    [<CustomOperation "schedule">]
    member _.Schedule(training: Training, schedule: Schedule) =
        training |> set "schedule" _.WithSchedule(schedule)

    /// Number of clips per step. Default 32.
    [<CustomOperation "batch">]
    member _.Batch(training: Training, clips: int) =
        training |> set "batch" _.WithBatchSize(clips)

    /// Order of the clips in an epoch: Shuffled (the default) or Balanced. Balanced repeats clips of rare classes;
    /// clips without events count as a class of their own.
    [<CustomOperation "order">]
    member _.Order(training: Training, order: ClipOrder) =
        training |> set "order" _.WithOrder(order)

    /// Maximum number of passes over the training clips. Default 1000.
    [<CustomOperation "epochs">]
    member _.Epochs(training: Training, most: int) =
        training |> set "epochs" _.WithEpochs(most)

    /// Number of epochs without improvement of the monitor after which training stops. Default 100.
    [<CustomOperation "patience">]
    member _.Patience(training: Training, epochs: int) =
        training |> set "patience" _.WithPatience(epochs)

    /// The criterion of early stopping, higher is better: a metric, or an expression of metrics. Default
    /// `WeakF - StrongER`.
    [<CustomOperation "monitor">]
    member _.Monitor(training: Training, monitor: Monitor) =
        training |> set "monitor" _.WithMonitor(monitor)

    /// The criterion of early stopping, higher is better: a metric, or an expression of metrics. Default
    /// `WeakF - StrongER`.
    [<CustomOperation "monitor">]
    member _.Monitor(training: Training, metric: Metric) =
        training |> set "monitor" _.WithMonitor(Monitor.Score metric)

    /// Weights of the strong and the weak loss. Default 1 and 1.
    [<CustomOperation "weights">]
    member _.Weights(training: Training, strong: float, weak: float) =
        training |> set "weights" _.WithStrongWeight(strong).WithWeakWeight(weak)

    /// Weight of an additional loss with the pseudo-labels of all clips as targets (Schmid et al. 2024). The other
    /// losses then use only the clips' own labels. Default: there is no such loss, and pseudo-labels serve as frame
    /// labels of the clips without strong labels.
    [<CustomOperation "pseudoWeight">]
    member _.PseudoWeight(training: Training, weight: float) =
        training |> set "pseudoWeight" _.WithPseudoWeight(Nullable weight)

    /// Weight of present classes relative to absent classes: `Same 1.0` (the default) or ByRarity.
    [<CustomOperation "positives">]
    member _.Positives(training: Training, weight: PositiveWeight) =
        training |> set "positives" _.WithPositiveWeight(weight)

    /// The loss per element: CrossEntropy (the default), `Focal 2.0` or `Asymmetric 1.0 4.0`.
    [<CustomOperation "loss">]
    member _.Loss(training: Training, loss: Loss) = training |> set "loss" _.WithLoss(loss)

    /// Whether frames after the end of a short clip are left out of the strong loss and of the weak output. Default: true
    /// for collected corpora, except for the released files of DCASE 2017 Task 4; otherwise false.
    [<CustomOperation "maskShort">]
    member _.MaskShort(training: Training, yes: bool) =
        training |> set "maskShort" _.WithMaskShortClips(yes)

    /// Whether the final network has the weights of the last epoch instead of those of the best epoch. No clips are
    /// then needed to select an epoch, for example with `folds`. Default false.
    [<CustomOperation "keepLast">]
    member _.KeepLast(training: Training, yes: bool) =
        training |> set "keepLast" _.WithKeepsLastEpoch(yes)

    /// Augmentations of the training batches, in this order, for example
    /// `augment [ timeShift 90.0; sometimes 0.5 (mixup 0.2); views [ filterAugment -6.0 6.0 ] ]`; `specAugment` and `views`
    /// are always last. Default none.
    [<CustomOperation "augment">]
    member _.Augment(training: Training, augmentations: Augmentation list) =
        training |> set "augment" _.WithAugmentations(augmentations)

    /// Whether augmentations are applied to the output of the network's first layer, which must be `normBands`, instead
    /// of to the features, as in the code of Kong et al. (2020). The statistics of this layer are then computed from
    /// clips that are neither masked nor mixed, as at inference. Masks then also have the right value for
    /// unstandardised features. Default false.
    [<CustomOperation "augmentNormalised">]
    member _.AugmentNormalised(training: Training, yes: bool) =
        training |> set "augmentNormalised" _.WithAugmentsNormalised(yes)

    /// Maximum norm of the gradient of all parameters; larger gradients are scaled down. Default no limit.
    [<CustomOperation "clipGradients">]
    member _.ClipGradients(training: Training, norm: float) =
        training |> set "clipGradients" _.WithMaxGradientNorm(Nullable norm)

    /// Decay of an exponential moving average of the weights, for example 0.999. The averaged weights are scored and
    /// stored. Default none.
    [<CustomOperation "averageWeights">]
    member _.AverageWeights(training: Training, decay: float) =
        training |> set "averageWeights" _.WithWeightAverage(Nullable decay)

    /// Freezes a part of the network: its parameters and batch-normalisation statistics keep their values. Parts are
    /// "trunk" (all layers), a layer such as "3-convolution" (its number and kind), all layers of a kind such as
    /// "convolution", and the outputs "strong" and "weak". Default none.
    [<CustomOperation "freeze">]
    member _.Freeze(training: Training, part: string) =
        training |> set "freeze" _.WithFrozen([| part |])

    /// Freezes several parts of the network, for example `freeze [ "convolution"; "7-gru" ]`.
    [<CustomOperation "freeze">]
    member _.Freeze(training: Training, parts: string list) =
        training |> set "freeze" _.WithFrozen(List.toArray parts)

    /// Number of epochs after which frozen parts are trained, too. Default never.
    [<CustomOperation "thawAfter">]
    member _.ThawAfter(training: Training, epochs: int) =
        training |> set "thawAfter" _.WithThawAfter(Nullable epochs)

    /// For fine-tuning: the ratio of each layer's learning rate to the learning rate of the layer above it, for example
    /// 0.8. Only layers with parameters count. The outputs have the full learning rate. Default 1.
    [<CustomOperation "layerDecay">]
    member _.LayerDecay(training: Training, factor: float) =
        training |> set "layerDecay" _.WithLayerDecay(factor)

    /// Floating-point precision of the forward pass: Float32 (the default) or BFloat16.
    [<CustomOperation "precision">]
    member _.Precision(training: Training, precision: ComputePrecision) =
        training |> set "precision" _.WithPrecision(precision)

    /// The labels that training uses: WeakOnly (the default), Strong, or `Mixed [ subset Strong 0.1 0.25; ... ]`.
    [<CustomOperation "labels">]
    member _.Labels(training: Training, labels: Labels) =
        training |> set "labels" _.WithLabels(labels)

    /// Mean teacher (Tarvainen and Valpola 2017), for example `meanTeacher 0.999 2.0 50`. The arguments are the decay
    /// of the weight average, the weight of the consistency loss, and the number of epochs over which this weight ramps
    /// up. Unlabelled clips are used too. The teacher is the network that is scored and stored.
    [<CustomOperation "meanTeacher">]
    member _.MeanTeacher(training: Training, decay: float, consistency: float, rampUp: int) =
        training
        |> set "meanTeacher" _.WithMeanTeacher(Training.meanTeacher decay consistency rampUp)

    /// How the consistency loss compares the mean teacher with the trained network: MeanSquare (the default),
    /// TeacherCrossEntropy or `Confident 0.5 0.5 7`.
    [<CustomOperation "consistency">]
    member _.Consistency(training: Training, consistency: Consistency) =
        training |> set "consistency" _.WithConsistency(consistency)

    /// Interpolation consistency training with a mean teacher: `OnMixtures 1.0` or `AlsoOnMixtures 2.0`. Default none.
    [<CustomOperation "interpolation">]
    member _.Interpolation(training: Training, interpolation: Interpolation) =
        training |> set "interpolation" _.WithInterpolation(interpolation)

    /// Whether the mean teacher is updated before the optimizer's step, and the ramp-up of the consistency weight
    /// counts the current step, as in the code of the DESED baselines. Default false: the teacher is updated after the
    /// step.
    [<CustomOperation "teacherMovesFirst">]
    member _.TeacherMovesFirst(training: Training, yes: bool) =
        training |> set "teacherMovesFirst" _.WithTeacherMovesFirst(yes)

/// A loss of a clip, for `inLosses`.
type ClipLoss =
    /// The loss of the strong output.
    | StrongLoss
    /// The loss of the weak output.
    | WeakLoss
    /// The consistency loss of a mean teacher.
    | ConsistencyLoss

/// Values of the keywords of `training`.
[<AutoOpen>]
module TrainingValues =
    /// Adam with a learning rate (Kingma and Ba 2015).
    let adam learningRate : Optimizer = Optimizer.Adam learningRate

    /// AMSGrad (Reddi et al. 2018) with a learning rate: Adam in which each step is divided by the root of the largest
    /// second moment so far.
    let amsGrad learningRate : Optimizer = Optimizer.Adam(learningRate, 0.0, true)

    /// Adam with a learning rate and decoupled weight decay (Loshchilov and Hutter 2019).
    let adamW learningRate weightDecay : Optimizer =
        Optimizer.AdamW(learningRate, weightDecay)

    /// Stochastic gradient descent with a learning rate and momentum.
    let sgd learningRate momentum : Optimizer = Optimizer.Sgd(learningRate, momentum)

    /// Constant learning rate.
    let Constant: Schedule = Schedule.Constant()

    /// Linear warm-up over a number of epochs, then half a cosine that reaches 0 after the last epoch.
    let Cosine warmUpEpochs : Schedule = Schedule.Cosine warmUpEpochs

    /// The learning rate is multiplied by a factor after a number of epochs without improvement of the monitor.
    let Plateau factor patience : Schedule = Schedule.Plateau(factor, patience)

    /// The learning rate is multiplied by a factor after a number of epochs.
    let DropAfter factor epochs : Schedule = Schedule.Drop(factor, epochs)

    /// Exponential ramp-up over a number of epochs, step by step, as in the DESED baselines (`RampUp 50`): the learning
    /// rate is multiplied by exp(-5 (1 - t)^2), where t is the finished part of the ramp-up.
    let RampUp epochs : Schedule = Schedule.RampUp epochs

    /// As `RampUp`, but after the second number of epochs, the learning rate falls along a quarter of a cosine to
    /// almost 0 in the last step, as in the DESED baseline of 2024 (`RampUpAnnealed 50 100`).
    let RampUpAnnealed epochs (annealAfter: int) : Schedule =
        Schedule.RampUp(epochs, Nullable annealAfter)

    /// Every clip once in an epoch, in random order.
    let Shuffled = ClipOrder.Shuffled

    /// Clips drawn so that all classes are equally frequent. An epoch has as many clips as the training split.
    let Balanced = ClipOrder.Balanced

    /// The weight of present classes: the same for every class.
    let Same weight : PositiveWeight = PositiveWeight.Same weight

    /// The weight of present classes: for each class, the number of labelled training clips without the class, divided
    /// by the number of labelled training clips with it.
    let ByRarity: PositiveWeight = PositiveWeight.ByRarity()

    /// Single precision, float32.
    let Float32 = ComputePrecision.Float32

    /// bfloat16 in matrix products and convolutions; weights, losses and optimizer stay float32.
    let BFloat16 = ComputePrecision.BFloat16

    /// Only the weak labels (tags) of each clip.
    let WeakOnly: Labels = Labels.WeakOnly()

    /// The strong labels (events) of each clip.
    let Strong: Labels = Labels.Strong()

    /// The clips of this part of `Mixed` are used without labels.
    let Unlabelled: Labels = Labels.Unlabelled()

    /// Different labels for different clips:
    /// `Mixed [ subset Strong 0.1 0.25; subset WeakOnly 0.4 0.25; subset Unlabelled 0.5 0.5 ]`.
    let Mixed (shares: LabelShare list) : Labels = Labels.Mixed(List.toArray shares)

    /// A part of `Mixed`: a random subset of the clips of a fully annotated corpus. The arguments are the kind of
    /// labels, the share of the clips and the share of every batch.
    let subset (kind: Labels) (clips: float) (batch: float) = LabelShare(kind, Nullable clips, batch)

    /// A part of `Mixed`: the clips that the corpus annotates with this kind of labels. The arguments are the kind of
    /// labels and the share of every batch.
    let annotated (kind: Labels) (batch: float) = LabelShare(kind, Nullable(), batch)

    /// As `annotated`, for the clips of one of several corpora, `data [ synthetic; real ]`. The arguments are the name
    /// of the corpus (given by `named`, otherwise the last part of its folder), the kind of labels and the share of
    /// every batch. Mixup does not mix clips of different corpora.
    let annotatedIn (corpus: string) (kind: Labels) (batch: float) =
        LabelShare(kind, Nullable(), batch).WithPart corpus

    /// Restricts a part of `Mixed` to some of the losses, for example
    /// `annotated Strong 0.25 |> inLosses [ StrongLoss; ConsistencyLoss ]`, as in the DESED baselines, where the weak
    /// loss uses only weakly labelled clips. Default: all losses for which a clip has labels.
    let inLosses (losses: ClipLoss list) (share: LabelShare) =
        let uses loss = List.contains loss losses
        share.WithLosses(uses StrongLoss, uses WeakLoss, uses ConsistencyLoss)

    /// Excludes the clips of a part of `Mixed` from mixup of any kind and from `overlay`, for example
    /// `annotated Unlabelled 0.5 |> withoutMixup`, as in the DESED baselines. `interpolation` still combines all clips.
    let withoutMixup (share: LabelShare) = share.WithCombined false

    /// `Mixed` with epochs that end when one of the parts has used all of its clips once, as in the DESED baselines.
    /// With `Mixed`, the number of clips in an epoch is the total number of clips in all parts, and small parts repeat
    /// their clips.
    let MixedUntilFirstEnds (shares: LabelShare list) : Labels =
        Labels.Mixed(List.toArray shares).WithEndsWithFirst(true)

    /// Consistency loss: the mean squared error of the probabilities.
    let MeanSquare: Consistency = Consistency.MeanSquare()

    /// Consistency loss: cross-entropy with the teacher's probabilities as targets.
    let TeacherCrossEntropy: Consistency = Consistency.CrossEntropy()

    /// Confident mean teacher (Xiao et al. 2023): the teacher's detections are the targets of a cross-entropy that is
    /// weighted by the teacher's probabilities. The arguments are the thresholds of the teacher's weak and strong
    /// output, and the length of the median filter of its strong output in frames, an odd number.
    let Confident clipThreshold frameThreshold medianFrames : Consistency =
        Consistency.Confident(clipThreshold, frameThreshold, medianFrames)

    /// Interpolation consistency training (Verma et al. 2019): the consistency loss compares the output for a mixture
    /// of two clips with the mixture of the teacher's outputs for these clips. It no longer compares the outputs for
    /// single clips. The argument is the parameter of the beta distribution from which the weight of a mixture is
    /// drawn.
    let OnMixtures alpha = Interpolation alpha

    /// As `OnMixtures`, but the consistency loss also compares the outputs for single clips (Zheng et al. 2021, with
    /// 2.0).
    let AlsoOnMixtures alpha = Interpolation(alpha, true)

    /// Binary cross-entropy.
    let CrossEntropy: Loss = Loss.CrossEntropy()

    /// Focal loss (Lin et al. 2017) with its exponent; 2 is common.
    let Focal exponent : Loss = Loss.Focal exponent

    /// Asymmetric loss (Ben-Baruch et al. 2021) with its exponents for present and absent classes.
    let Asymmetric present absent : Loss = Loss.Asymmetric(present, absent)
