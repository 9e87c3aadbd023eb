namespace Sed.Tool.Models

open System.IO
open Argu
open Sed.Core.Models
open Sed.Core.Onnx
open Sed.Core.Runtime
open Sed.Tool

type ExportArguments =
    | [<MainCommand; ExactlyOnce>] Model of model: string
    | [<Mandatory>] Onnx of path: string
    | With_Features

    interface IArgParserTemplate with
        member argument.Usage =
            match argument with
            | Model _ -> "the model file"
            | Onnx _ -> "where the ONNX model goes (operator set 17); what is there is replaced"
            | With_Features -> "begins with samples: features are computed in the model"

module Export =
    let private work (arguments: ParseResults<ExportArguments>) =
        let model = ModelFile.Read(arguments.GetResult Model)
        let withFeatures = arguments.Contains With_Features
        let content = OnnxExport.Of(model, withFeatures)
        let file = arguments.GetResult Onnx
        AtomicFile.Write(file, fun stream -> stream.Write content)
        let features = model.Features
        let input =
            if withFeatures then
                $"samples (batch, {model.ClipSamples}), mono at {features.SampleRate} Hz"
            else
                match features with
                | :? Sed.Core.Features.SampleFrames ->
                    $"frames (batch, {model.Network.Frames}, {features.Bands}), mono samples at {features.SampleRate} Hz"
                | _ -> $"log_mel (batch, {model.Network.Frames}, {features.Bands}), not standardised"
        printfn $"{file}: {float content.Length / 1e6:F1} MB, operator set 17"
        printfn $"  input   {input}"
        printfn $"  output  strong (batch, {model.Network.OutputFrames}, {model.Classes.Count})"
        printfn $"          weak (batch, {model.Classes.Count})"

    let command = {
        Name = "export"
        Summary = "writes a model for other programs, as ONNX"
        NeedsTorch = true
        Run = Command.run<ExportArguments> "export" work
    }
