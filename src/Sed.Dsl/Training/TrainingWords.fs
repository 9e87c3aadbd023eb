namespace Sed

open Sed.Core.Scoring
open System
open Sed.Core.Training.Losses
open Sed.Core.Training.Targets

/// training { optimizer (adam 1e-3); epochs 1000; patience 100; monitor (WeakF - StrongER) }
type TrainingBuilder() =
    inherit Block<Training>()

    let given keyword (training: Training) = {
        training with
            Declared = training.Declared @ [ keyword ]
    }

    member _.Yield(_: unit) = Training.defaults

    /// How the weights are moved: `adam 1e-3` (the default), `adamW 1e-3 0.01` or `sgd 0.1 0.9`.
    [<CustomOperation "optimizer">]
    member _.Optimizer(training: Training, optimizer: Optimizer) =
        { training with Optimizer = optimizer } |> given "optimizer"

    /// How the learning rate changes: Constant (the default), `Cosine warmUpEpochs` or `Plateau(factor, patience)`.
    [<CustomOperation "schedule">]
    member _.Schedule(training: Training, schedule: Schedule) =
        { training with Schedule = schedule } |> given "schedule"

    /// Clips per step. Default 32.
    [<CustomOperation "batch">]
    member _.Batch(training: Training, clips: int) =
        { training with Batch = clips } |> given "batch"

    /// In which order clips are read, Shuffled or Balanced. Default Shuffled.
    [<CustomOperation "order">]
    member _.Order(training: Training, order: Order) =
        { training with Order = order } |> given "order"

    /// Passes over the training clips, at most. Default 1000.
    [<CustomOperation "epochs">]
    member _.Epochs(training: Training, most: int) =
        { training with Epochs = most } |> given "epochs"

    /// Passes without a gain of the monitor after which training stops. Default 100.
    [<CustomOperation "patience">]
    member _.Patience(training: Training, epochs: int) =
        { training with Patience = epochs } |> given "patience"

    /// What early stopping watches; higher is better. Default `WeakF - StrongER`.
    [<CustomOperation "monitor">]
    member _.Monitor(training: Training, monitor: Monitor) =
        { training with Monitor = monitor } |> given "monitor"

    /// What early stopping watches, one metric; higher is better.
    [<CustomOperation "monitor">]
    member _.Monitor(training: Training, metric: Metric) =
        { training with Monitor = Score metric } |> given "monitor"

    /// Weights of the losses of the strong and of the weak output. Default 1 and 1.
    [<CustomOperation "weights">]
    member _.Weights(training: Training, strong: float, weak: float) =
        {
            training with
                StrongWeight = strong
                WeakWeight = weak
        }
        |> given "weights"

    /// What a class that is there weighs against one that is not: `Same 1.0` (the default) or ByRarity.
    [<CustomOperation "positives">]
    member _.Positives(training: Training, weight: PositiveWeight) =
        {
            training with
                PositiveWeight = weight
        }
        |> given "positives"

    /// What a probability costs that says something else than its label: CrossEntropy (the default) or `Focal 2.0`.
    [<CustomOperation "loss">]
    member _.Loss(training: Training, loss: Loss) =
        { training with Loss = loss } |> given "loss"

    /// Whether the frames after the end of a short clip are left out of the strong loss. Default false.
    [<CustomOperation "maskShort">]
    member _.MaskShort(training: Training, yes: bool) =
        { training with MaskShort = yes } |> given "maskShort"

    /// Mixes clips in pairs (Zhang et al. 2018); the parameter of the beta distribution of their shares. Default 0, none.
    [<CustomOperation "mixup">]
    member _.Mixup(training: Training, parameter: float) =
        { training with Mixup = parameter } |> given "mixup"

    /// Masks a stretch of frames and one of bands in each clip (Park et al. 2019), at most so many. Default none.
    [<CustomOperation "specAugment">]
    member _.SpecAugment(training: Training, frames: int, bands: int) =
        {
            training with
                SpecAugment = (frames, bands)
        }
        |> given "specAugment"

    /// The norm that all gradients together may have. Default: they stay as they are.
    [<CustomOperation "clipNorm">]
    member _.ClipNorm(training: Training, norm: float) =
        { training with ClipNorm = Some norm } |> given "clipNorm"

    /// Scores and keeps a running average of the weights, with this share of the past, for example 0.999. Default none.
    [<CustomOperation "averageWeights">]
    member _.AverageWeights(training: Training, past: float) =
        {
            training with
                AverageWeights = Some past
        }
        |> given "averageWeights"

    /// The numbers of the forward pass, Float32 or BFloat16. Default Float32.
    [<CustomOperation "precision">]
    member _.Precision(training: Training, precision: Precision) =
        { training with Precision = precision } |> given "precision"

    /// What is told of the training clips: WeakOnly (the default), Strong, or `Mixed [ told Strong 0.1 0.25; ... ]`.
    [<CustomOperation "labels">]
    member _.Labels(training: Training, labels: Labels) =
        { training with Labels = labels } |> given "labels"

    /// A teacher whose weights are the running average of the network's, with this share of the past, and to whose outputs
    /// those of every clip are drawn, labelled or not, with this weight, which rises over so many epochs; the teacher is scored
    /// and kept (Tarvainen and Valpola 2017): `meanTeacher 0.999 2.0 50`.
    [<CustomOperation "meanTeacher">]
    member _.MeanTeacher(training: Training, average: float, consistency: float, rampUp: int) =
        {
            training with
                MeanTeacher = Some(Training.meanTeacher average consistency rampUp)
        }
        |> given "meanTeacher"

/// What stands for the labels that a training is told.
[<AutoOpen>]
module LabelWords =
    /// Of each clip its tags.
    let WeakOnly: Labels = Labels.WeakOnly()

    /// Of each clip its events; a frame is held against those that touch it.
    let Strong: Labels = Labels.Strong()

    /// Of a clip nothing; a share of `Mixed`.
    let Unlabelled: Labels = Labels.Unlabelled()

    /// Of some clips more than of others: `Mixed [ told Strong 0.1 0.25; told WeakOnly 0.4 0.25; told Unlabelled 0.5 0.5 ]`.
    let Mixed (shares: LabelShare list) : Labels = Labels.Mixed(List.toArray shares)

    /// A kind's share of the training clips, drawn where everything is known, and its share of every batch.
    let told (kind: Labels) (clips: float) (batch: float) = LabelShare(kind, Nullable clips, batch)

    /// A kind's share of every batch; the clips are those of which the corpus's lists say as much and no more.
    let listed (kind: Labels) (batch: float) = LabelShare(kind, Nullable(), batch)

/// What stands for the losses.
[<AutoOpen>]
module LossWords =
    /// Binary cross-entropy.
    let CrossEntropy: Loss = Loss.CrossEntropy()

    /// Cross-entropy in which what is nearly right already counts less (Lin et al. 2017), by its exponent; 2 is usual.
    let Focal exponent : Loss = Loss.Focal exponent

    /// A focal loss with an exponent of its own for classes that are there and for those that are not (Ben-Baruch et al. 2021).
    let Asymmetric present absent : Loss = Loss.Asymmetric(present, absent)
