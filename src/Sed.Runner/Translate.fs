/// From what an experiment says to what the core takes.
module internal Sed.Runner.Translate

open Sed
open Sed.Core
open Sed.Core.Detection
open Sed.Core.Features
open Sed.Core.Networks
open Sed.Core.Training

let private seconds (time: float<ms>) = float time / 1000.0

let private atLeast (samples: float) =
    Seq.initInfinite (fun power -> 1 <<< power)
    |> Seq.find (fun size -> float size >= samples)

/// The definition of the features; what the experiment does not say is as in the DCASE 2017 baseline for magnitudes and
/// as in the usual power definition for powers.
let features (sampleRate: int) (features: LogMel) =
    let like =
        match features.Spectrum with
        | Magnitude -> LogMelOptions.Dcase2017
        | Power -> LogMelOptions.Htk

    LogMelOptions(
        SampleRate = sampleRate,
        WindowSeconds = seconds features.Window,
        HopSeconds = seconds features.Hop,
        FftSize = atLeast (seconds features.Window * float sampleRate),
        Bands = features.Bands,
        MinHz = float features.Low,
        MaxHz = float features.High,
        MelScale =
            (match features.MelScale with
             | Slaney -> Features.MelScale.Slaney
             | Htk -> Features.MelScale.Htk),
        Normalization =
            (if features.Normalised then
                 MelNormalization.Area
             else
                 MelNormalization.None),
        Spectrum = like.Spectrum,
        SignalOffset = like.SignalOffset,
        LogFloor = like.LogFloor,
        LogFloorKind = like.LogFloorKind
    )

let private layer layer : Layer =
    match layer with
    | Context frames -> Layer.Context frames
    | Conv(filters, (frames, bands)) -> Layer.Convolution(filters, frames, bands)
    | PoolBands bands -> Layer.BandPooling bands
    | BiGru(units, Sed.Merge.Multiply) -> Layer.BidirectionalGru(units, Networks.Merge.Multiply)
    | BiGru(units, Sed.Merge.Concatenate) -> Layer.BidirectionalGru(units, Networks.Merge.Concatenate)
    | Dense(units, Sed.Activation.Linear) -> Layer.Dense(units, Networks.Activation.Linear)
    | Dense(units, Sed.Activation.Relu) -> Layer.Dense(units, Networks.Activation.Relu)

let network frames classes (bands: int) (network: Sed.Network) =
    NetworkDescription(
        Layers = [| for described in network.Layers -> layer described |],
        Frames = frames,
        Bands = bands,
        Classes = classes,
        Dropout = network.Dropout,
        Weak =
            match network.Weak with
            | DenseOverFrames -> Networks.WeakOutput.DenseOverFrames
            | LargestFrame -> Networks.WeakOutput.LargestFrame
            | MeanOfFrames -> Networks.WeakOutput.MeanOfFrames
    )

let training (seed: int) (training: Sed.Training) =
    let (Adam learningRate) = training.Optimizer

    TrainingOptions(
        Epochs = training.Epochs,
        Patience = training.Patience,
        BatchSize = training.Batch,
        LearningRate = learningRate,
        StrongWeight = training.StrongWeight,
        WeakWeight = training.WeakWeight,
        Seed = seed
    )

let detection (detection: Sed.Detection) =
    DetectionOptions(
        Threshold = detection.Threshold,
        MedianSeconds = float detection.Median,
        Tags =
            match detection.Tags with
            | FromEvents -> TagSource.Events
            | FromWeakOutput -> TagSource.WeakOutput
    )

let split split =
    match split with
    | Testing -> Corpora.Split.Testing
    | Evaluation -> Corpora.Split.Evaluation

/// The value of a metric among the scores.
let score (scores: Scores) metric =
    match metric with
    | WeakF -> scores.WeakF
    | WeakP -> scores.WeakPrecision
    | WeakR -> scores.WeakRecall
    | StrongF -> scores.StrongF
    | StrongP -> scores.StrongPrecision
    | StrongR -> scores.StrongRecall
    | StrongER -> scores.StrongErrorRate
