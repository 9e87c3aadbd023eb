/// From what an experiment says to what the core takes.
module internal Sed.Runner.Translate

open Sed
open Sed.Core
open Sed.Core.Corpora
open Sed.Core.Features.LogMel
open Sed.Core.Networks
open Sed.Core.Training
open Sed.Core.Training.Clips
open Sed.Core.Training.Optimization

let private seconds (time: float<ms>) = float time / 1000.0

let private atLeast (samples: float) =
    Seq.initInfinite (fun power -> 1 <<< power)
    |> Seq.find (fun size -> float size >= samples)

/// The definition of the features; what the experiment does not say is as in the DCASE 2017 baseline for magnitudes and
/// as in the usual power definition for powers.
let private logMel (sampleRate: int) (features: LogMel) =
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
             | Slaney -> Core.Features.LogMel.MelScale.Slaney
             | Htk -> Core.Features.LogMel.MelScale.Htk),
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

/// The features of a corpus that is read at so many samples per second.
let features sampleRate features : Core.Features.FeatureSource =
    match features with
    | Features.LogMel wanted -> logMel sampleRate wanted
    | Features.Samples wanted -> Core.Features.SampleFrames(int wanted.Rate, wanted.Frame)

/// What each class that is there weighs; null for 1, as the core has it.
let private positiveWeights (manifest: Manifest) labels weight =
    match weight with
    | Same 1.0 -> null
    | Same weight -> [| for _ in manifest.Classes -> weight |]
    | ByRarity ->
        let clips = [
            for index in TrainingTargets.Tagged(labels, manifest) -> manifest.Clips[index].WeakLabels
        ]
        [|
            for label in manifest.Classes ->
                let present = clips |> List.filter (Seq.contains label) |> List.length
                // A class that no training clip has cannot weigh anything; 1 keeps the loss defined.
                if present = 0 then
                    1.0
                else
                    float (clips.Length - present) / float present |> max 1e-3
        |]

let training (manifest: Manifest) (threads: int) (seed: int) (training: Sed.Training) =
    let plain = TrainingOptions()

    let kind, learningRate, weightDecay, momentum =
        match training.Optimizer with
        | Adam rate -> OptimizerKind.Adam, rate, plain.WeightDecay, plain.Momentum
        | AdamW(rate, decay) -> OptimizerKind.AdamW, rate, decay, plain.Momentum
        | Sgd(rate, momentum) -> OptimizerKind.Sgd, rate, plain.WeightDecay, momentum

    let schedule, warmUp, factor, patience =
        match training.Schedule with
        | Constant -> Schedule.Constant, plain.WarmUpEpochs, plain.PlateauFactor, plain.PlateauPatience
        | Cosine warmUp -> Schedule.Cosine, warmUp, plain.PlateauFactor, plain.PlateauPatience
        | Plateau(factor, patience) -> Schedule.Plateau, plain.WarmUpEpochs, factor, patience

    TrainingOptions(
        Epochs = training.Epochs,
        Patience = training.Patience,
        BatchSize = training.Batch,
        Order =
            (match training.Order with
             | Shuffled -> ClipOrder.Shuffled
             | Balanced -> ClipOrder.Balanced),
        Optimizer = kind,
        LearningRate = learningRate,
        WeightDecay = weightDecay,
        Momentum = momentum,
        Schedule = schedule,
        WarmUpEpochs = warmUp,
        PlateauFactor = factor,
        PlateauPatience = patience,
        StrongWeight = training.StrongWeight,
        WeakWeight = training.WeakWeight,
        PositiveWeights = positiveWeights manifest training.Labels training.PositiveWeight,
        Loss = training.Loss,
        MaskShortClips = training.MaskShort,
        Mixup = training.Mixup,
        MaskedFrames = fst training.SpecAugment,
        MaskedBands = snd training.SpecAugment,
        Precision =
            (match training.Precision with
             | Float32 -> ComputePrecision.Float32
             | BFloat16 -> ComputePrecision.BFloat16),
        ClipNorm = Option.toNullable training.ClipNorm,
        WeightAverage = Option.toNullable training.AverageWeights,
        MeanTeacher = Option.toObj training.MeanTeacher,
        Threads = threads,
        Seed = int64 seed
    )

let split split =
    match split with
    | Validation -> Corpora.Split.Validation
    | Testing -> Corpora.Split.Testing
    | Evaluation -> Corpora.Split.Evaluation
