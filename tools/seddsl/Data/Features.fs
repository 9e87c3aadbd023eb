namespace Sed.Tool.Data

open System
open System.IO
open Argu
open Sed.Core.Corpora.Checks
open Sed.Core.Features.LogMel
open Sed.Core.Features.Store
open Sed.Core.Runtime
open Sed.Tool

type Definition =
    | Dcase2017 = 0
    | Htk = 1

type FeaturesArguments =
    | [<MainCommand; ExactlyOnce>] Folder of folder: string
    | [<Mandatory; Unique>] Out of folder: string
    | [<Unique>] Definition of Definition
    | [<Unique>] Float16
    | [<Unique>] Device of name: string

    interface IArgParserTemplate with
        member argument.Usage =
            match argument with
            | Folder _ -> "the corpus: label files and audio, in any of the layouts that are known"
            | Out _ -> "where the feature store goes, in a folder of its own: features.npy and index.tsv"
            | Definition _ -> "dcase2017 (the paper's, default) or htk"
            | Float16 -> "keeps two bytes per value instead of four"
            | Device _ -> "cpu (default), auto, cuda or cuda:1"

module Features =
    let private work (arguments: ParseResults<FeaturesArguments>) =
        let folder = arguments.GetResult Folder
        let out = arguments.GetResult Out |> Place.folder "--out"
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

        let counted = {
            new IProgress<struct (int * int)> with
                member _.Report(struct (finished, all)) = progress.Count "decoding" finished all
        }

        let extraction = {
            new IProgress<ExtractionProgress> with
                member _.Report state =
                    progress.State(fun () ->
                        $"features: {state.Done} of {state.All}, {state.ClipsPerSecond:F0} clips/s, "
                        + $"{state.Left.TotalSeconds:F0} s left")
        }

        let manifest = Preflight.Check(folder, null, counted).ToManifest()

        use store =
            FeatureStore.Open(manifest, options, out, device, extraction, Threading.CancellationToken.None, precision)

        printfn $"{store.Folder}: {store.Count} clips x {store.Frames} frames x {store.Bands} bands"
        printfn $"{manifest.Describe()}"

        for broken in store.Broken do
            printfn $"silent instead of broken: {broken.Name} ({broken.Reason})"

    let command = {
        Name = "features"
        Summary = "computes the log-mel features of a corpus into one NumPy array"
        NeedsTorch = true
        Run = Command.run<FeaturesArguments> "features" work
    }
