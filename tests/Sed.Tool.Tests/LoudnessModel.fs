/// A model that detects loud frames, and recordings for it.
module Sed.Tool.Tests.LoudnessModel

open System
open System.Collections.Generic
open System.IO
open System.Text.Json
open Xunit
open Sed.Core.Annotations
open Sed.Core.Annotations.Formats
open Sed.Core.Audio
open Sed.Core.Detection
open Sed.Core.Detection.Steps
open Sed.Core.Features
open Sed.Core.Features.LogMel
open Sed.Core.Models
open Sed.Core.Networks
open Sed.Core.Networks.Layers
open Sed.Core.Networks.WeakOutputs
open Sed.Core.Runtime
open TorchSharp

/// The sampling rate of the model and of the recordings (Hz).
let rate = 8000

/// Writes a model that detects "Car" in every loud frame, optionally marked as no better than a constant prediction.
let writeMarked (isNoBetter: bool) (detection: DetectionOptions) (file: string) =
    Torch.Initialize()
    let logMel =
        LogMelOptions(
            Rate = rate,
            WindowSeconds = 0.064,
            StepSeconds = 0.04,
            FftSamples = 512,
            BandCount = 8,
            MaxHz = 4000.0
        )
    let description =
        NetworkDescription(
            Layers = [| Layer.Dense(1, Activation.Linear) |],
            Frames = 25,
            Bands = 8,
            Classes = 2,
            Weak = WeakOutput.LinearSoftmax()
        )
    use network = new SedNetwork(description)
    let weights = Dictionary(NetworkWeights.Of network)
    for name in List.ofSeq weights.Keys do
        let values: float32[] =
            match name with
            | "strong.weight" -> [| 0.0f; 4.0f |]
            | "strong.bias" -> [| -9.0f; 0.0f |]
            | _ when name.EndsWith "weight" -> Array.create 8 (1.0f / 8.0f)
            | _ -> [| 0.0f |]
        weights[name] <- NumpyArray(NumpyArray.Float32, weights[name].Shape, NumpyArray.Of(ReadOnlySpan values).Bytes)
    ModelFile.Write(
        file,
        SavedModel(
            Name = "loudness",
            Classes = ClassList [ "Air horn, truck horn"; "Car" ],
            ClipSeconds = 1.0,
            Features = logMel,
            Network = description,
            Detection = detection,
            Corpus = "none",
            CorpusHash = "none",
            IsNoBetterThanConstant = isNoBetter,
            Members = [|
                ModelMember(
                    "seed 1",
                    "",
                    Dictionary<string, IReadOnlyDictionary<string, float>>(),
                    BandStatistics([| for band in 0..7 -> -5.0f - float32 band |], Array.create 8 1.0f),
                    weights
                )
            |]
        )
    )
    file

/// Writes the model with the given decoding.
let writeWith = writeMarked false

/// Writes the model with the default decoding.
let write file = writeWith (DetectionOptions()) file

/// Noise that is loud during the given events (onset, offset) and nearly silent otherwise.
let sound (seconds: float) (events: (float * float) list) =
    let draw = Random 1
    [|
        for i in 0 .. int (seconds * float rate) - 1 do
            let time = float i / float rate
            let loud =
                events |> List.exists (fun (onset, offset) -> time >= onset && time < offset)
            (draw.NextSingle() - 0.5f) * (if loud then 0.5f else 1e-6f)
    |]

/// Writes such noise as a WAV file. Returns its path.
let wav (folder: Folder) (name: string) seconds events =
    let path = folder.Path name
    Directory.CreateDirectory(Path.GetDirectoryName path |> string) |> ignore
    WavWriter.Write(path, sound seconds events, rate)
    path
