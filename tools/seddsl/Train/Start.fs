/// Checks of the model that training starts from.
module Sed.Tool.Train.Start

open Sed.Core.Features.Encoders
open Sed.Core.Models
open Sed.Core.Runtime
open Sed.Tool

/// The first difference between the model's encoder `known` and the encoder `given` on the command line that changes
/// the network's input; None if there is none.
let encoderProblem (known: Encoder) (given: Encoder) =
    let milliseconds (encoder: Encoder) = 1000.0 * encoder.HopSeconds
    let windowSeconds (encoder: Encoder) =
        float encoder.Form.WindowSamples / float encoder.SampleRate
    let a, b = known.Form, given.Form
    if a.Content <> b.Content then
        Some
            $"the model was trained on the vectors of another encoder; give --encoder the ONNX file whose SHA-256 is {a.Content}"
    elif a.Output <> b.Output then
        Some
            $"the model was trained on the output {OneLine.Of a.Output} of the encoder, not {OneLine.Of b.Output}; use --encoder-output {OneLine.Of a.Output}"
    elif a.SampleRate <> b.SampleRate then
        Some
            $"the model was trained with the encoder at {a.SampleRate} Hz, not {b.SampleRate} Hz; use --encoder-rate {a.SampleRate}"
    elif a.HopSamples <> b.HopSamples then
        Some
            $"the model was trained on a vector every {milliseconds known} ms, not {milliseconds given} ms; use --encoder-hop {milliseconds known}"
    elif a.IsVector && a.WindowSamples <> b.WindowSamples then
        Some
            $"the model was trained on windows of {windowSeconds known} s, not {windowSeconds given} s; use --encoder-window {windowSeconds known}"
    else
        None

let private featureProblems (model: SavedModel) (design: Design) (recordings: Recordings) = [
    let rate = recordings.Manifest.SampleRate
    match model.Features, design.Encoder with
    | :? Encoder, None ->
        "the model was trained on the vectors of a pretrained encoder; give --encoder the ONNX file of that encoder"
    | :? Encoder as known, Some choice ->
        match (Design.encoderFeatures choice).Source with
        | :? Encoder as given -> yield! Option.toList (encoderProblem known given)
        | _ -> ()
    | _, Some _ -> "the model was trained without a pretrained encoder; leave out --encoder"
    | features, None when features.SampleRate <> rate ->
        $"the model was trained on recordings at {features.SampleRate} Hz, but most recordings here are at {rate} Hz; convert them, or train without --from"
    | _ -> ()
]

/// Raises `BadArguments` if training cannot start from the model of --from. This model may have been trained on every
/// recording that is not a test recording, so only test recordings can be scored.
let check (design: Design) (recordings: Recordings) =
    match design.From with
    | None -> ()
    | Some file ->
        let problems = [
            yield! featureProblems (ModelFile.Read file) design recordings
            match design.Protocol with
            | TestSplit _ -> ()
            | CrossValidation _
            | ValidationSplit ->
                $"{design.Folder} has no test recordings, and the model may have been trained on any of its recordings; add recordings that are never used for training, listed for example in splits.tsv (columns filename and split), or train without --from"
        ]
        if not problems.IsEmpty then
            raise (BadArguments [ for problem in problems -> $"--from {file}: {problem}" ])
