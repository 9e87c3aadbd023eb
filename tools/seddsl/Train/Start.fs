/// Checks of the model that training starts from.
module Sed.Tool.Train.Start

open Sed.Core.Features.Encoders
open Sed.Core.Models
open Sed.Tool

let private featureProblems (model: SavedModel) (design: Design) (recordings: Recordings) = [
    let rate = recordings.Manifest.SampleRate
    match model.Features, design.Encoder with
    | :? Encoder, None ->
        "the model was trained on the vectors of a pretrained encoder; name its ONNX file with --encoder"
    | :? Encoder, Some _ -> ()
    | _, Some _ -> "the model was trained without a pretrained encoder; leave out --encoder"
    | features, None when features.SampleRate <> rate ->
        $"the model was trained on recordings at {features.SampleRate} Hz, but most recordings here are at {rate} Hz; convert them, or train without --from"
    | _ -> ()
]

/// Raises `BadArguments` with the problems of starting from the model of --from. This model may have been trained on every
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
