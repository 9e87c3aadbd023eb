namespace Sed

open Sed.Core.Detection.Steps
open Sed.Core.Networks.Layers
open Sed.Core.Networks.WeakOutputs
open Sed.Core.Scoring
open Sed.Core.Training.Losses
open Sed.Core.Training.Targets

/// One choice that a row of a table makes.
type Setting =
    /// Weight of the loss of the strong output.
    | StrongWeight of float
    /// Weight of the loss of the weak output.
    | WeakWeight of float
    /// Probability that a value is dropped in training.
    | Dropout of float
    /// The whole network.
    | Network of Network
    /// Filters and units of every layer of the network times a factor, in whole fours.
    | Width of factor: float
    /// Filters of every convolution of the network.
    | Filters of int
    /// Units of every bidirectional recurrent layer of the network.
    | GruUnits of int
    /// How the weak output comes from the strong one.
    | Weak of WeakOutput
    /// All of the features.
    | Features of Features
    /// Length of the features' window.
    | Window of float<ms>
    /// Distance between the features' frames.
    | Hop of float<ms>
    /// Mel bands of the features.
    | Bands of int
    | Optimizer of Optimizer
    /// The optimizer's learning rate.
    | LearningRate of float
    | Schedule of Schedule
    | Batch of int
    | Order of Order
    | Epochs of int
    | Patience of int
    | Monitor of Monitor
    | PositiveWeight of PositiveWeight
    | Loss of Loss
    | MaskShort of bool
    | Mixup of float
    | SpecAugment of frames: int * bands: int
    | ClipNorm of float
    | AverageWeights of float
    | Precision of Precision
    /// What is told of the training clips.
    | Labels of Labels
    | MeanTeacher of average: float * consistency: float * rampUp: int
    | Threshold of float
    /// Length of the median filter over the frames.
    | Median of float<s>
    /// Length of the shortest event that stays.
    | Shortest of float<s>
    | TagsFrom of Tags
    /// All of how probabilities become events.
    | Detect of Detection
    /// What of it is chosen for each class alone.
    | Tuned of Tuning
    | TrainingClips of int
    | TestingClips of int
    | EvaluationClips of int
    | HeldOut of Holdout
    | SelectOn of Split
    | ScoreOn of Split
    /// What the row's trials take of other rows' trials; the plan finds these.
    | Others of OtherRows

module Setting =
    /// What a setting changes, as a table's heading; its value, as a table's cell; and the specification with it.
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

    /// Changes the layers of one kind, wherever they are.
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

    let private logMel axis value change =
        features axis value (Features.withLogMel axis change)

    let private training axis value change =
        define axis value (fun all -> {
            all with
                Specification.Training = change all.Training
        })

    let private detection axis value change =
        define axis value (fun all -> {
            all with
                Detection = change all.Detection
        })

    let private clips axis value change =
        define axis value (fun all -> { all with Clips = change all.Clips })

    let private ms (time: float<ms>) = $"{Text.number (float time)} ms"

    let private definition setting =
        match setting with
        | StrongWeight weight ->
            training "strong weight" (Text.number weight) (fun all -> { all with StrongWeight = weight })
        | WeakWeight weight -> training "weak weight" (Text.number weight) (fun all -> { all with WeakWeight = weight })
        | Dropout rate -> network "dropout" (Text.number rate) (fun all -> { all with Dropout = rate })
        | Network all -> network "network" all.Name (fun _ -> all)
        | Width factor -> layers "width" $"x {Text.number factor}" _.Scaled(factor)
        | Filters count ->
            layers "filters" (string count) (function
                | :? Layer.Convolution as conv -> Layer.Convolution(count, conv.KernelFrames, conv.KernelBands)
                | :? Layer.GatedConvolution as conv ->
                    Layer.GatedConvolution(count, conv.KernelFrames, conv.KernelBands)
                | :? Layer.DoubleConvolution as conv -> Layer.DoubleConvolution(count, conv.IsResidual)
                | :? Layer.SampleConvolution as conv -> Layer.SampleConvolution(count, conv.Kernel, conv.Stride)
                | other -> other)
        | GruUnits count ->
            layers "GRU units" (string count) (function
                | :? Layer.BidirectionalGru as gru -> Layer.BidirectionalGru(count, gru.Merge)
                | :? Layer.GatedGru -> Layer.GatedGru count
                | other -> other)
        | Weak output -> network "weak output" output.Summary (fun all -> { all with Weak = output })
        | Features all -> features "features" (Features.print all) (fun _ -> all)
        | Window length -> logMel "window" (ms length) (fun all -> { all with Window = length })
        | Hop distance -> logMel "hop" (ms distance) (fun all -> { all with Step = Step.Hop distance })
        | Bands count -> logMel "bands" (string count) (fun all -> { all with Bands = count })
        | Optimizer optimizer ->
            training "optimizer" (Training.printOptimizer optimizer) (fun all -> { all with Optimizer = optimizer })
        | LearningRate rate ->
            training "learning rate" (Text.number rate) (fun all -> {
                all with
                    Optimizer = Training.withLearningRate rate all.Optimizer
            })
        | Schedule schedule ->
            training "schedule" (Training.printSchedule schedule) (fun all -> { all with Schedule = schedule })
        | Batch count -> training "batch" (string count) (fun all -> { all with Batch = count })
        | Order order -> training "order" (string order) (fun all -> { all with Order = order })
        | Epochs count -> training "epochs" (string count) (fun all -> { all with Epochs = count })
        | Patience count -> training "patience" (string count) (fun all -> { all with Patience = count })
        | Monitor monitor -> training "monitor" (monitor.Summary) (fun all -> { all with Monitor = monitor })
        | PositiveWeight weight ->
            training "positive weight" (Training.printPositiveWeight weight) (fun all -> {
                all with
                    PositiveWeight = weight
            })
        | Loss loss -> training "loss" loss.Summary (fun all -> { all with Loss = loss })
        | MaskShort yes ->
            training "padding" (if yes then "left out" else "counts") (fun all -> { all with MaskShort = yes })
        | Mixup parameter -> training "mixup" (Text.number parameter) (fun all -> { all with Mixup = parameter })
        | SpecAugment(frames, bands) ->
            training "masks" (Training.printSpecAugment (frames, bands)) (fun all -> {
                all with
                    SpecAugment = (frames, bands)
            })
        | ClipNorm norm -> training "clip norm" (Text.number norm) (fun all -> { all with ClipNorm = Some norm })
        | AverageWeights past ->
            training "average" (Text.number past) (fun all -> { all with AverageWeights = Some past })
        | Precision precision -> training "precision" (string precision) (fun all -> { all with Precision = precision })
        | Labels labels -> training "labels" labels.Summary (fun all -> { all with Labels = labels })
        | MeanTeacher(average, consistency, rampUp) ->
            let teacher = Training.meanTeacher average consistency rampUp
            training "mean teacher" teacher.Summary (fun all -> { all with MeanTeacher = Some teacher })
        | Threshold probability ->
            detection "threshold" (Text.number probability) (fun all -> { all with Threshold = probability })
        | Median length ->
            detection
                "median"
                $"{Text.number (float length)} s"
                (Detection.withStep (DecodingStep.MedianFilter(float length)))
        | Shortest length ->
            detection
                "shortest event"
                $"{Text.number (float length)} s"
                (Detection.withStep (DecodingStep.MinimumDuration(float length)))
        | TagsFrom source ->
            let words =
                match source with
                | FromEvents -> "events"
                | FromWeakOutput -> "weak output"
            detection "tags" words (fun all -> { all with Tags = source })
        | Detect all -> detection "detection" (Detection.print all) (fun _ -> all)
        | Tuned tuning -> detection "tuned" (Detection.printTuning tuning) (fun all -> { all with Tuned = Some tuning })
        | TrainingClips count -> clips "training clips" (string count) (fun all -> { all with Training = count })
        | TestingClips count -> clips "testing clips" (string count) (fun all -> { all with Testing = count })
        | EvaluationClips count -> clips "evaluation clips" (string count) (fun all -> { all with Evaluation = count })
        | HeldOut holdout -> define "held out" (Holdout.print holdout) (fun all -> { all with Holdout = holdout })
        | SelectOn split -> define "select on" (string split) (fun all -> { all with SelectOn = split })
        | ScoreOn split -> define "score on" (string split) (fun all -> { all with ScoreOn = split })
        | Others rows ->
            let axis, value = OtherRows.inWords rows
            define axis value id

    /// What a setting changes, as a table's heading.
    let axis setting = (definition setting).Axis

    /// The value of a setting, as a table's cell.
    let value setting = (definition setting).Value

    let apply (specification: Specification) setting =
        (definition setting).Apply specification
