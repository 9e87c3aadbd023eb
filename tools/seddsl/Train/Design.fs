namespace Sed.Tool.Train

open System
open Sed
open Sed.Core.Corpora
open Sed.Core.Features.Encoders
open Sed.Core.Networks.Layers

/// The ONNX file of an encoder, and the properties of the encoder that the file does not state.
type EncoderChoice = {
    File: string
    Output: string option
    Rate: int option
    Window: float option
    /// The time between vectors, in milliseconds.
    Hop: float option
}

/// Which recordings are used for training, for selecting epoch and thresholds, and for scoring.
type Protocol =
    /// Every recording is held out once; the detector is then trained on all recordings.
    | CrossValidation of folds: int
    /// The corpus has test recordings. Epoch and thresholds are selected on its validation recordings or, if it has
    /// none, on a share of the training recordings.
    | TestSplit of test: Split * hasValidation: bool
    /// The corpus has validation recordings but no test recordings.
    | ValidationSplit

/// All choices for a detector. `Design.experiment` and `Script.text` express them as an experiment and as a script.
type Design = {
    Name: string
    Folder: string
    Group: Grouping option
    Classes: string list option
    /// Length of the network's input in seconds; None for the default of the corpus.
    Clip: float option
    Encoder: EncoderChoice option
    /// The model file that training starts from; None for random weights.
    From: string option
    Labels: LabelKind
    /// The share of each batch with strong labels, if the labels are of both kinds.
    StrongShare: float
    /// Whether the recordings on which the epoch is selected have event times.
    SelectsByEvents: bool
    /// Whether the scored recordings have event times.
    ScoresEvents: bool
    Protocol: Protocol
    Epochs: int
    Seeds: int
}

module Design =
    /// Share of the training recordings that is held out if the corpus has test recordings but no validation recordings.
    let share = 0.2

    let batch = 16

    /// The name of the experiment's only row.
    let row design =
        match design.Encoder with
        | Some _ -> "GRU on an encoder"
        | None -> "CRNN"

    let caption = "A detector for your own recordings"

    /// The options for reading the corpus.
    let corpusOptions group classes clip =
        CorpusOptions(
            Group = Option.toObj group,
            Classes = (classes |> Option.map List.toArray |> Option.toObj),
            ClipSeconds = Option.toNullable clip
        )

    /// The number of epochs. With an encoder: enough for 240 optimizer steps, but at least 30 and at most 80. Without
    /// one: enough for 800 steps, but at least 40 and at most 120. `windows`: the number of windows of the clip length
    /// in the training recordings.
    let epochs (hasEncoder: bool) (windows: int) =
        let perEpoch = max 1 ((windows + batch - 1) / batch)
        let steps, least, most = if hasEncoder then 240, 30, 80 else 800, 40, 120
        max least (min most ((steps + perEpoch - 1) / perEpoch))

    let private corpusOf design =
        match corpus design.Folder with
        | Collected(folder, options) ->
            Collected(
                folder,
                {
                    options with
                        Group = design.Group
                        Classes = design.Classes
                        Clip = design.Clip |> Option.map (fun seconds -> seconds * 1.0<s>)
                }
            )
        | other -> other

    /// The features of an encoder.
    let encoderFeatures (choice: EncoderChoice) : Features =
        let apply value change (source: Encoder) =
            match value with
            | Some value -> change source value
            | None -> source
        Encoder choice.File
        |> apply choice.Output (fun source name -> source.WithOutput name)
        |> apply choice.Rate (fun source rate -> source.WithRate rate)
        |> apply choice.Window (fun source seconds -> source.WithWindow seconds)
        |> apply choice.Hop (fun source milliseconds -> source.WithHop(milliseconds / 1000.0))
        |> Features.ofSource

    let private featuresOf design =
        match design.Encoder with
        | Some choice -> encoderFeatures choice
        | None ->
            logMel {
                window 80.0<ms>
                hop 40.0<ms>
                bands 64
            }

    let private networkOf design =
        let network =
            match design.Encoder with
            | Some _ ->
                layers "GRU" {
                    biGru 32 Merge.Concatenate
                    denseRelu 64
                    weak LinearSoftmax
                    dropout 0.3
                }
            | None ->
                crnn {
                    convolutions [ 24, 4; 24, 4; 24, 4 ]
                    recurrent [ 32 ]
                    dense [ 32 ]
                    weak LinearSoftmax
                }
        match design.From with
        | Some file -> Network.startFromWith file [] network
        | None -> network

    let private keepsLast design =
        match design.Protocol with
        | CrossValidation _ -> true
        | TestSplit _
        | ValidationSplit -> false

    let private trained design =
        let kind =
            match design.Labels with
            | StrongLabels -> Strong
            | WeakLabels -> WeakOnly
            | BothLabels ->
                Mixed [
                    annotated Strong design.StrongShare
                    annotated WeakOnly (1.0 - design.StrongShare)
                ]
        let plain =
            training {
                optimizer (adam 1e-3)
                schedule (Cosine 2)
                batch 16
                epochs design.Epochs
                labels kind
            }
        let weighted = TrainingBuilder()
        let plain =
            if design.Labels = WeakLabels then
                weighted.Weights(plain, 0.02, 1.0)
            else
                plain
        let plain =
            weighted.Monitor(plain, (if design.SelectsByEvents then StrongF else WeakF))
        if keepsLast design then
            weighted.KeepLast(plain, true)
        else
            weighted.Patience(plain, max 10 (design.Epochs / 3))

    /// The metrics of the table.
    let private metrics design =
        if design.ScoresEvents then
            [ StrongF; StrongER; WeakF ]
        else
            [ WeakF ]

    /// The experiment that trains and scores the detector.
    let experiment (design: Design) : Experiment =
        let shared =
            experiment design.Name {
                title caption
                data (corpusOf design)
                features (featuresOf design)
                network (networkOf design)
                train (trained design)
                detect (detection { tune ThresholdPerClass })
                addRow (row design) []
                seeds [ 1 .. design.Seeds ]
                report (metrics design)
                figures [ ClassF1 ]
            }
        let words = ExperimentBuilder design.Name
        match design.Protocol with
        | CrossValidation folds ->
            let held = words.Retrain(words.Folds(shared, folds), true)
            words.ScoreOn(words.SelectOn(held, Validation), Validation)
        | TestSplit(test, hasValidation) ->
            let held =
                if hasValidation then
                    shared
                else
                    words.Validation(shared, share)
            words.ScoreOn(words.SelectOn(held, Validation), test)
        | ValidationSplit -> words.ScoreOn(words.SelectOn(shared, Validation), Validation)
