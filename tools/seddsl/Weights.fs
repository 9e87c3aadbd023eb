module Sed.Tool.Weights

open System
open Argu
open Sed.Core.Networks.Weights
open Sed.Core.Runtime

type private WeightsArguments =
    | [<MainCommand; ExactlyOnce>] File of file: string

    interface IArgParserTemplate with
        member argument.Usage =
            match argument with
            | File _ -> "the file: PyTorch (.pth, .pt), safetensors, a model file (.sed) or a NumPy archive (.npz)."

let private shape (tensor: WeightTensor) =
    $"""({tensor.Values.Shape |> Seq.map string |> String.concat ", "})"""

let private work (arguments: ParseResults<WeightsArguments>) =
    let file = arguments.GetResult File
    let content = WeightFile.Read file
    let values =
        content.Tensors |> Seq.sumBy (fun tensor -> Seq.fold (*) 1L tensor.Values.Shape)
    printfn $"{OneLine.Of file}: {content.Format}, {content.Tensors.Count} tensors, {values} values"
    for note in content.Notes do
        printfn $"{OneLine.Of note}"
    if content.Skipped.Count > 0 then
        let skipped = String.concat ", " content.Skipped
        printfn $"not tensors of the network: {OneLine.Of skipped}"
    printfn ""
    let width =
        content.Tensors |> Seq.map (fun tensor -> tensor.Name.Length) |> Seq.fold max 0
    for tensor in content.Tensors do
        printfn $"  {(OneLine.Of tensor.Name).PadRight width}  {shape tensor}"

/// seddsl weights: lists the tensors of a file of weights.
let command = {
    Name = "weights"
    Summary = "lists the tensors of a file of weights"
    Examples = [ "seddsl weights detector.sed" ]
    NeedsTorch = true
    Run = Command.run<WeightsArguments> work
}
