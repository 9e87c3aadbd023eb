/// Arguments, recordings and models that `seddsl predict` refuses, skips or has to treat with care.
[<Xunit.Collection "console">]
module Sed.Tool.Tests.PredictInputTests

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
open Sed.Tool.Tests.LoudnessModel

[<Fact>]
let ``a recording with a faulty header is processed and its fault noted`` () =
    use folder = new Folder()
    let model = write (folder.Path "m.sed")
    let file = wav folder "a.wav" 1.0 [ 0.2, 0.6 ]
    let whole = Run.seddsl [ "predict"; model; file ]
    Assert.Equal("", whole.Errors)
    let bytes = File.ReadAllBytes file
    // The sizes of a recorder that was stopped.
    Array.fill bytes 4 4 0uy
    Array.fill bytes 40 4 0uy
    File.WriteAllBytes(file, bytes)
    let run = Run.seddsl [ "predict"; model; file ]
    Assert.Equal(0, run.ExitCode)
    Assert.Equal(whole.Output, run.Output)
    Assert.Equal(
        $"note: {file}: the header states no length (0x00000000 bytes), as in an unfinished recording or a stream from a pipe; the file was read to its end\n",
        run.Errors
    )

[<Fact>]
let ``a model that is no better than a constant prediction is used with a warning`` () =
    use folder = new Folder()
    let model = writeMarked true (DetectionOptions()) (folder.Path "m.sed")
    let run = Run.seddsl [ "predict"; model; wav folder "a.wav" 1.0 [ 0.2, 0.6 ] ]
    Assert.Equal(0, run.ExitCode)
    Assert.Equal(
        $"warning: {model}: in its training run, this model was no better than a constant prediction, so its detections are of no use\n",
        run.Errors
    )
    Assert.Contains("Car", run.Output)

[<Fact>]
let ``all bad combinations of options are reported at once, and a file that is not a model is named`` () =
    use folder = new Folder()
    let model = write (folder.Path "m.sed")
    let wrong = Run.seddsl [ "predict"; model; "--rate"; "7"; "--tags"; "--json" ]
    Assert.Equal(2, wrong.ExitCode)
    Assert.Equal(
        "seddsl predict: no recordings; name recordings or folders of recordings after the model\n"
        + "seddsl predict: --rate needs --stream\n"
        + "seddsl predict: --json and --tags cannot both be given; JSON contains the tags\n"
        + "seddsl predict: --rate must be between 1000 and 768000 Hz, was 7\n",
        wrong.Errors
    )
    let none = folder.Bytes("none.sed", [| 1uy; 2uy |])
    let refused = Run.seddsl [ "predict"; none; model ]
    Assert.Equal(2, refused.ExitCode)
    Assert.Equal($"seddsl predict: {none}: it is not a model file, or is truncated.\n", refused.Errors)

[<Fact>]
let ``options may precede recordings, and a recording whose name begins with a hyphen follows two hyphens`` () =
    use folder = new Folder()
    let model = write (folder.Path "m.sed")
    let loud = wav folder "loud.wav" 1.0 [ 0.2, 0.4 ]
    let expected = Run.seddsl [ "predict"; model; loud; "--threshold"; "0.9"; "--json" ]
    for arguments in
        [
            [ "--threshold"; "0.9"; "--json"; model; loud ]
            [ model; "--threshold=0.9"; loud; "--json" ]
            [ "--json"; "--threshold"; "0.9"; "--"; model; loud ]
        ] do
        Assert.Equal(expected, Run.seddsl ("predict" :: arguments))
    let hyphen = Run.seddsl [ "predict"; model; "--tags"; "--"; "-a.wav" ]
    Assert.StartsWith("skipped: ", hyphen.Errors)
    Assert.Contains("./-a.wav", hyphen.Errors)

[<Fact>]
let ``no output overwrites the model or a recording`` () =
    use folder = new Folder()
    let model = write (folder.Path "m.sed")
    let sound = wav folder "a.wav" 1.0 []
    let link = folder.Path "link"
    File.CreateSymbolicLink(link, sound) |> ignore
    let list = wav folder "b.tsv" 1.0 []
    let before = [ for file in [ model; sound; list ] -> File.ReadAllBytes file ]
    let refused (arguments: string list) =
        let run = Run.seddsl arguments
        Assert.Equal(2, run.ExitCode)
        Assert.Equal("", run.Output)
        run.Errors.Replace(folder.Prefix, "")
    let recording =
        "the output file is also a recording and would be overwritten; choose another name\n"
    let ofModel =
        "the output file is also the model and would be overwritten; choose another name\n"
    Assert.Equal($"seddsl predict: --out a.wav: {recording}", refused [ "predict"; model; sound; "--out"; sound ])
    Assert.Equal($"seddsl predict: --out link: {recording}", refused [ "predict"; model; sound; "--out"; link ])
    Assert.Equal($"seddsl predict: --out m.sed: {ofModel}", refused [ "predict"; model; sound; "--out"; model ])
    Assert.Equal(
        $"seddsl predict: --scores b.tsv: {recording}",
        refused [ "predict"; model; list; "--scores"; folder.Prefix.TrimEnd '/' ]
    )
    Assert.Equal($"seddsl export: --onnx m.sed: {ofModel}", refused [ "export"; model; "--onnx"; model ])
    Assert.Equal<byte[] list>(before, [ for file in [ model; sound; list ] -> File.ReadAllBytes file ])

[<Fact>]
let ``a folder is searched without following loops`` () =
    use folder = new Folder()
    let model = write (folder.Path "m.sed")
    wav folder "in/a/1.wav" 1.0 [] |> ignore
    wav folder "elsewhere/2.wav" 1.0 [] |> ignore
    let link (name: string) (target: string) =
        Directory.CreateSymbolicLink(folder.Path name, target) |> ignore
    link "in/a/loop" ".."
    link "in/up" (folder.Path "")
    link "in/other" (folder.Path "elsewhere")
    let run = Run.seddsl [ "predict"; model; folder.Path "in"; "--tags" ]
    Assert.Equal("filename\tstart\tend\tevent_label\na/1.wav\nother/2.wav\n", run.Output)
    Assert.Equal(0, run.ExitCode)

[<Fact>]
let ``names with tabs, line breaks or escape sequences add no rows and are named`` () =
    use folder = new Folder()
    let model = write (folder.Path "m.sed")
    for name in [ "in/a\tb.wav"; "in/c\nd.wav"; "in/\u001b[2J.wav"; "in/e.wav" ] do
        wav folder name 1.0 [ 0.2, 0.6 ] |> ignore
    for options in [ []; [ "--tags" ]; [ "--scores"; folder.Path "scores" ] ] do
        let run = Run.seddsl ([ "predict"; model; folder.Path "in" ] @ options)
        Assert.Equal(3, run.ExitCode)
        let rows = run.Output.TrimEnd('\n').Split '\n'
        Assert.Equal(2, rows.Length)
        Assert.StartsWith("e.wav\t", rows[1])
        Assert.DoesNotContain(run.Errors.Replace("\n", ""), Char.IsControl)
        Assert.Contains("\"a?b.wav\" contains a tab, line break or other control character", run.Errors)
        Assert.EndsWith("3 of 4 recordings could not be read, processed or written.\n", run.Errors)
    Assert.Equal<string>([| folder.Path "scores/e.tsv" |], Directory.GetFiles(folder.Path "scores"))
    use json =
        JsonDocument.Parse((Run.seddsl [ "predict"; model; folder.Path "in"; "--json" ]).Output)
    Assert.Equal(4, json.RootElement.GetProperty("files").GetArrayLength())

[<Fact>]
let ``a recording whose annotation file would have too long a name is skipped`` () =
    use folder = new Folder()
    let model = write (folder.Path "m.sed")
    let long = String('n', 240)
    for name in [ "a.wav"; $"{long}.wav"; "z.wav" ] do
        wav folder $"in/{name}" 1.0 [ 0.2, 0.6 ] |> ignore
    let run =
        Run.seddsl [
            "predict"
            model
            folder.Path "in"
            "--format"
            "raven"
            "--out"
            folder.Path "out/"
        ]
    Assert.Equal(3, run.ExitCode)
    Assert.Contains($"skipped: {long}.wav: the name of its annotation file has 263 bytes", run.Errors)
    Assert.Equal(2, Directory.GetFiles(folder.Path "out").Length)

[<Fact>]
let ``a model with finite weights that overflow is an error, and the JSON document is complete`` () =
    use folder = new Folder()
    let saved = ModelFile.Read(write (folder.Path "m.sed"))
    let weights = Dictionary(saved.Members[0].Weights)
    let name =
        weights.Keys
        |> Seq.find (fun name -> name.Contains "dense" && name.EndsWith "weight")
    let hostile = Array.init 8 (fun k -> if k % 2 = 0 then 3e38f else -3e38f)
    weights[name] <- NumpyArray(NumpyArray.Float32, weights[name].Shape, NumpyArray.Of(ReadOnlySpan hostile).Bytes)
    let own = saved.Members[0]
    let model = folder.Path "hostile.sed"
    ModelFile.Write(
        model,
        SavedModel(
            Name = saved.Name,
            Classes = saved.Classes,
            ClipSeconds = saved.ClipSeconds,
            Features = saved.Features,
            Network = saved.Network,
            Detection = saved.Detection,
            Corpus = saved.Corpus,
            CorpusHash = saved.CorpusHash,
            Members = [|
                ModelMember(own.Name, own.Specification, own.Scores, own.Statistics, weights)
            |]
        )
    )
    let sound = wav folder "a.wav" 1.0 [ 0.2, 0.6 ]
    let run = Run.seddsl [ "predict"; model; sound; "--json" ]
    Assert.Equal(2, run.ExitCode)
    Assert.StartsWith(
        $"seddsl predict: {sound}: the model \"loudness\" cannot process this recording: the output",
        run.Errors
    )
    use json = JsonDocument.Parse run.Output
    Assert.Equal(0, json.RootElement.GetProperty("files").GetArrayLength())
