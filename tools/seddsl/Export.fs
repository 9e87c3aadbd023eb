module Sed.Tool.Export

open Argu
open Sed.Core.Models
open Sed.Core.Onnx
open Sed.Core.Runtime

type private ExportArguments =
    | [<MainCommand; ExactlyOnce>] Model of model: string
    | [<Mandatory; Unique>] Onnx of file: string
    | [<Unique>] With_Features

    interface IArgParserTemplate with
        member argument.Usage =
            match argument with
            | Model _ -> "the model file (.sed)."
            | Onnx _ ->
                "the ONNX file to write (operator set 17, or the encoder's operator set if that is newer); an existing file is replaced."
            | With_Features -> "include feature extraction, so that the model's input is audio samples."

let private work (arguments: ParseResults<ExportArguments>) =
    let source = arguments.GetResult Model
    let file = arguments.GetResult Onnx |> OutputPath.file "--onnx"
    OutputPath.protect [ "--onnx", file ] [ "the model", source ]
    let model = ModelFile.Read source
    let withFeatures = arguments.Contains With_Features
    let content = OnnxExport.Of(model, withFeatures)
    AtomicFile.Write(file, fun stream -> stream.Write content)
    let features = model.Features
    let input =
        if withFeatures then
            $"samples (batch, {model.ClipSamples}), mono at {features.SampleRate} Hz"
        else
            $"{features.OnnxInput} (batch, {model.Network.Frames}, {features.Bands}), {features.OnnxInputSummary}"
    printfn $"{file}: {float content.Length / 1e6:F1} MB, operator set {OnnxExport.OperatorSet(model, withFeatures)}"
    printfn $"  input   {input}"
    printfn $"  output  strong (batch, {model.Network.OutputFrames}, {model.Classes.Count})"
    printfn $"          weak (batch, {model.Classes.Count})"
    if not (isNull model.Detection.Calibration) then
        printfn
            "The outputs are not calibrated: the graph contains the networks only. The model file contains the calibration, which seddsl predict applies."

/// seddsl export: converts a model file to ONNX.
let command = {
    Name = "export"
    Summary = "converts a model file to ONNX"
    Examples = [
        "seddsl export detector.sed --onnx detector.onnx"
        "seddsl export detector.sed --onnx detector.onnx --with-features"
    ]
    NeedsTorch = true
    Run = Command.run<ExportArguments> work
}
