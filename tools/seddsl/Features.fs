module Sed.Tool.Features

open System
open Argu
open Sed.Core.Corpora.Checks
open Sed.Core.Features.LogMel
open Sed.Core.Features.Store
open Sed.Core.Runtime

type Definition =
    | Dcase2017 = 0
    | Htk = 1

type private FeaturesArguments =
    | [<MainCommand; ExactlyOnce>] Folder of folder: string
    | [<Mandatory; Unique>] Out of folder: string
    | [<Unique>] Definition of Definition
    | [<Unique>] Float16
    | [<Unique>] Device of name: string

    interface IArgParserTemplate with
        member argument.Usage =
            match argument with
            | Folder _ -> "the corpus folder, with label files and audio in any supported layout."
            | Out _ -> "folder of the feature store; features.npy and index.tsv are written to a subfolder."
            | Definition _ -> "log-mel definition: dcase2017 (Adavanne and Virtanen 2017; default) or htk."
            | Float16 -> "store values as 16-bit instead of 32-bit floating-point numbers."
            | Device _ -> "device: cpu (default), auto, cuda or cuda:N."

let private work (arguments: ParseResults<FeaturesArguments>) =
    let folder = arguments.GetResult Folder
    let out = arguments.GetResult Out |> OutputPath.folder "--out"
    let device = Devices.Choose(arguments.GetResult(Device, "cpu"))

    let options =
        match arguments.GetResult(Definition, Definition.Dcase2017) with
        | Definition.Htk -> LogMelOptions.Htk
        | _ -> LogMelOptions.Dcase2017

    let precision =
        if arguments.Contains Float16 then
            FeaturePrecision.Float16
        else
            FeaturePrecision.Float32

    use progress = new Progress()

    let extraction = {
        new IProgress<ExtractionProgress> with
            member _.Report state =
                progress.Show(fun () ->
                    $"features: {state.Done} of {state.All}, {state.ClipsPerSecond:F0} clips/s, "
                    + $"{state.Left.TotalSeconds:F0} s left")
    }

    let manifest =
        Preflight.Check(folder, null, progress.Counter "decoding").ToManifest()

    use store =
        FeatureStore.Open(manifest, options, out, device, extraction, Interruption.token (), precision)

    printfn $"{store.Folder}: {store.Count} clips x {store.Frames} frames x {store.Bands} bands"
    printfn $"{manifest.Describe()}"

    for broken in store.Broken do
        printfn $"stored as silence: {OneLine.Of broken.Name} ({OneLine.Of broken.Reason})"

/// seddsl features: computes the log-mel features of a corpus.
let command = {
    Name = "features"
    Summary = "computes the log-mel features of a corpus as one NumPy array"
    Examples = [
        "seddsl features corpus --out features"
        "seddsl features corpus --out features --definition htk"
    ]
    NeedsTorch = true
    Run = Command.run<FeaturesArguments> work
}
