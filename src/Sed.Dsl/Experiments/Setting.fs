namespace Sed

open System
open Sed.Core.Detection.Steps
open Sed.Core.Features.LogMel
open Sed.Core.Networks.Layers
open Sed.Core.Networks.WeakOutputs
open Sed.Core.Networks.Weights
open Sed.Core.Scoring
open Sed.Core.Training
open Sed.Core.Training.Augmentations
open Sed.Core.Training.Clips
open Sed.Core.Training.Losses
open Sed.Core.Training.Optimization
open Sed.Core.Training.Targets

/// A setting of a row.
type Setting =
    /// Weight of the loss of the strong output.
    | StrongWeight of float
    /// Weight of the loss of the weak output.
    | WeakWeight of float
    /// Weight of the additional loss whose targets are the pseudo-labels of all clips.
    | PseudoWeight of float
    /// Dropout rate.
    | Dropout of float
    /// The whole network.
    | Network of Network
    /// The file of weights from which training starts, matched by name; "" for random weights.
    | StartFrom of file: string
    /// Multiplies the numbers of filters and units of every layer by a factor and rounds the results to multiples of 4.
    | Width of factor: float
    /// Number of filters of every convolution of the network.
    | Filters of int
    /// Number of units of every bidirectional recurrent layer of the network.
    | GruUnits of int
    /// How the weak output is computed from the strong output.
    | Weak of WeakOutput
    /// All settings of the features.
    | Features of Features
    /// Length of the features' window.
    | Window of float<ms>
    /// Distance between the features' frames.
    | Hop of float<ms>
    /// Number of mel bands of the features.
    | Bands of int
    /// The optimizer with its learning rate.
    | Optimizer of Optimizer
    /// The optimizer's learning rate.
    | LearningRate of float
    /// The schedule of the learning rate.
    | Schedule of Schedule
    /// Batch size: the number of clips per optimizer step.
    | Batch of int
    /// Order of the clips in an epoch.
    | Order of ClipOrder
    /// Maximum number of epochs.
    | Epochs of int
    /// Number of epochs without improvement of the monitor after which training stops.
    | Patience of int
    /// The score that early stopping maximises: a metric, or an expression of metrics.
    | Monitor of Monitor
    /// Weight of present classes in the loss: `Same 2.0` or ByRarity.
    | PositiveWeight of PositiveWeight
    /// The loss per element.
    | Loss of Loss
    /// Whether frames after the end of a short clip are left out of the strong loss and of the weak output.
    | MaskShort of bool
    /// All augmentations.
    | Augment of Augmentation list
    /// Whether augmentations are applied after `normBands`, the first layer.
    | AugmentNormalised of bool
    /// Maximum norm of the gradient of all parameters.
    | ClipGradients of float
    /// Decay of the exponential moving average of the weights.
    | AverageWeights of float
    /// The parts of the network that are frozen.
    | Freeze of parts: string list
    /// Number of epochs after which frozen parts are trained, too.
    | ThawAfter of epochs: int
    /// Ratio of each layer's learning rate to the learning rate of the layer above it. Only layers with parameters
    /// count.
    | LayerDecay of factor: float
    /// Floating-point precision of the forward pass.
    | Precision of ComputePrecision
    /// The labels that training uses.
    | Labels of Labels
    /// Mean teacher: decay of the weight average, weight of the consistency loss and epochs of its ramp-up.
    | MeanTeacher of decay: float * consistency: float * rampUp: int
    /// How the consistency loss compares the mean teacher with the trained network.
    | Consistency of Consistency
    /// Interpolation consistency training.
    | Interpolation of Interpolation
    /// Whether the mean teacher is updated before the optimizer's step.
    | TeacherMovesFirst of bool
    /// The probability from which a class is active in a frame.
    | Threshold of float
    /// Length of the median filter over the frames.
    | Median of float<s>
    /// The gate: a clip has no events of a class if its weak output for the class is below this value.
    | Gate of float
    /// Minimum duration of an event.
    | MinDuration of float<s>
    /// Whether the tags of a clip come from its detected events (FromEvents) or from the weak output (FromWeakOutput).
    | TagsFrom of Tags
    /// All settings of the decoding.
    | Detect of Detection
    /// Decoding parameters that are tuned for each class.
    | Tune of Tuning
    /// Calibration of the network's outputs.
    | Calibrate of Calibrating
    /// Number of training clips of a synthesised or mixed corpus.
    | TrainingClips of int
    /// Number of testing clips of a synthesised or mixed corpus.
    | TestingClips of int
    /// Number of evaluation clips of a synthesised or mixed corpus.
    | EvaluationClips of int
    /// The training clips that are held out: Nothing, `Share 0.15` or `Fold(1, 5)`.
    | HeldOut of Holdout
    /// The split that early stopping monitors.
    | SelectOn of Split
    /// The split whose scores are reported.
    | ScoreOn of Split
    /// Several settings under one name, for example `vary Recipe [ "from scratch", []; "pretrained", [ Features mn ] ]`.
    | Recipe of name: string * settings: Setting list
    /// Pseudo-labels from another row's trials, or an ensemble of other rows' trials. The other rows are looked up when
    /// the plan is made.
    | Others of OtherRows

module Setting =
    /// The heading and the cell of a setting in tables, and its effect on a specification.
    type private Definition = {
        Axis: string
        Value: string
        Apply: Specification -> Specification
    }

    let private define axis value apply = {
        Axis = axis
        Value = value
        Apply = apply
    }

    let private network axis value change =
        define axis value (fun all -> {
            all with
                Specification.Network = change all.Network
        })

    /// Defines a setting that applies a function to every layer of the network.
    let private layers axis value (change: Layer -> Layer) =
        network axis value (fun network -> {
            network with
                Layers = List.map change network.Layers
        })

    let private features axis value change =
        define axis value (fun all -> {
            all with
                Specification.Features = change all.Features
        })

    let private logMel axis value (change: LogMelOptions -> LogMelOptions) =
        features axis value (Features.withLogMel axis change)

    let private training axis value (change: TrainingOptions -> TrainingOptions) =
        define axis value (fun all -> {
            all with
                Specification.Training = Training.change change all.Training
        })

    let private detection axis value change =
        define axis value (fun all -> {
            all with
                Detection = change all.Detection
        })

    let private clips axis value change =
        define axis value (fun all -> { all with Clips = change all.Clips })

    let private ms (time: float<ms>) = $"{Text.number (float time)} ms"

    let rec private definition setting =
        match setting with
        | StrongWeight weight -> training "strong weight" (Text.number weight) _.WithStrongWeight(weight)
        | WeakWeight weight -> training "weak weight" (Text.number weight) _.WithWeakWeight(weight)
        | PseudoWeight weight -> training "pseudo weight" (Text.number weight) _.WithPseudoWeight(Nullable weight)
        | Dropout rate -> network "dropout" (Text.number rate) (fun all -> { all with Dropout = rate })
        | Network all -> network "network" all.Name (fun _ -> all)
        | StartFrom "" -> network "weights" "random" (fun all -> { all with StartFrom = None })
        | StartFrom file ->
            network "weights" file (fun all -> {
                all with
                    StartFrom = Some(StartingWeights file)
            })
        | Width factor -> layers "width" $"x {Text.number factor}" _.Scaled(factor)
        | Filters count -> layers "filters" (string count) _.WithFilters(count)
        | GruUnits count ->
            layers "GRU units" (string count) (function
                | :? Layer.BidirectionalGru as gru -> Layer.BidirectionalGru(count, gru.Merge)
                | :? Layer.KerasGru as gru -> Layer.KerasGru(count, gru.Merge, gru.Candidate)
                | :? Layer.GatedGru -> Layer.GatedGru count
                | other -> other)
        | Weak output -> network "weak output" output.Summary (fun all -> { all with Weak = output })
        | Features all -> features "features" (Features.print all) (fun _ -> all)
        | Window length -> logMel "window" (ms length) _.WithWindow(float length / 1000.0)
        | Hop distance -> logMel "hop" (ms distance) _.WithHop(float distance / 1000.0)
        | Bands count -> logMel "bands" (string count) _.WithBands(count)
        | Optimizer optimizer -> training "optimizer" optimizer.Summary _.WithOptimizer(optimizer)
        | LearningRate rate ->
            training "learning rate" (Text.number rate) (fun options ->
                options.WithOptimizer(Training.withLearningRate rate options.Optimizer))
        | Schedule schedule -> training "schedule" schedule.Summary _.WithSchedule(schedule)
        | Batch count -> training "batch" (string count) _.WithBatchSize(count)
        | Order order -> training "order" (string order) _.WithOrder(order)
        | Epochs count -> training "epochs" (string count) _.WithEpochs(count)
        | Patience count -> training "patience" (string count) _.WithPatience(count)
        | Monitor monitor -> training "monitor" monitor.Summary _.WithMonitor(monitor)
        | PositiveWeight weight -> training "positive weight" weight.Summary _.WithPositiveWeight(weight)
        | Loss loss -> training "loss" loss.Summary _.WithLoss(loss)
        | MaskShort yes -> training "padding" (if yes then "left out" else "counts") _.WithMaskShortClips(yes)
        | Augment augmentations ->
            training "augmentation" (Training.printAugmentations augmentations) _.WithAugmentations(augmentations)
        | AugmentNormalised yes ->
            training "augmented" (if yes then "after normBands" else "at the input") _.WithAugmentsNormalised(yes)
        | ClipGradients norm -> training "gradient norm" (Text.number norm) _.WithMaxGradientNorm(Nullable norm)
        | AverageWeights decay -> training "weight average" (Text.number decay) _.WithWeightAverage(Nullable decay)
        | Freeze [] -> training "frozen" "none" _.WithFrozen(null).WithThawAfter(Nullable())
        | Freeze parts -> training "frozen" (String.concat ", " parts) _.WithFrozen(List.toArray parts)
        | ThawAfter epochs -> training "thawed after" (string epochs) _.WithThawAfter(Nullable epochs)
        | LayerDecay factor -> training "layer decay" (Text.number factor) _.WithLayerDecay(factor)
        | Precision precision -> training "precision" (string precision) _.WithPrecision(precision)
        | Labels labels -> training "labels" labels.Summary _.WithLabels(labels)
        | MeanTeacher(decay, consistency, rampUp) ->
            let teacher = Training.meanTeacher decay consistency rampUp
            training "mean teacher" teacher.Summary _.WithMeanTeacher(teacher)
        | Consistency consistency -> training "consistency" consistency.Summary _.WithConsistency(consistency)
        | Interpolation interpolation ->
            training "interpolation" interpolation.Summary _.WithInterpolation(interpolation)
        | TeacherMovesFirst yes ->
            training "teacher moves" (if yes then "before the step" else "after the step") _.WithTeacherMovesFirst(yes)
        | Threshold probability ->
            detection "threshold" (Text.number probability) (fun all -> { all with Threshold = probability })
        | Median length ->
            detection
                "median"
                $"{Text.number (float length)} s"
                (Detection.withStep (DecodingStep.MedianFilter(float length)))
        | Gate weak -> detection "gate" (Text.number weak) (fun all -> { all with Gate = Some weak })
        | MinDuration length ->
            detection
                "minimum duration"
                $"{Text.number (float length)} s"
                (Detection.withStep (DecodingStep.MinimumDuration(float length)))
        | TagsFrom source ->
            let words =
                match source with
                | FromEvents -> "events"
                | FromWeakOutput -> "weak output"
            detection "tags" words (fun all -> { all with Tags = source })
        | Detect all -> detection "detection" (Detection.print all) (fun _ -> all)
        | Tune tuning ->
            detection "tuned per class" (Detection.printTuning tuning) (fun all -> { all with Tuned = Some tuning })
        | Calibrate calibrating ->
            detection "calibrated" (Detection.printCalibrating calibrating) (fun all -> {
                all with
                    Calibrated = Some calibrating
            })
        | TrainingClips count -> clips "training clips" (string count) (fun all -> { all with Training = count })
        | TestingClips count -> clips "testing clips" (string count) (fun all -> { all with Testing = count })
        | EvaluationClips count -> clips "evaluation clips" (string count) (fun all -> { all with Evaluation = count })
        | HeldOut holdout -> define "held out" (Holdout.print holdout) (fun all -> { all with Holdout = holdout })
        | SelectOn split -> define "select on" (string split) (fun all -> { all with SelectOn = split })
        | ScoreOn split -> define "score on" (string split) (fun all -> { all with ScoreOn = split })
        | Recipe(name, settings) ->
            define "recipe" name (fun specification ->
                settings |> List.fold (fun all one -> (definition one).Apply all) specification)
        | Others rows ->
            let axis, value = OtherRows.print rows
            define axis value id

    /// The name of a setting, which is its column heading in tables.
    let axis setting = (definition setting).Axis

    /// The value of a setting, as the text of a table cell.
    let value setting = (definition setting).Value

    let apply (specification: Specification) setting =
        (definition setting).Apply specification

    /// The settings of a recipe and of the recipes within it; for any other setting, the setting itself.
    let rec internal flattened setting =
        match setting with
        | Recipe(_, settings) -> List.collect flattened settings
        | other -> [ other ]
