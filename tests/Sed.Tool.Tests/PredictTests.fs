/// The output of `seddsl predict`.
[<Xunit.Collection "console">]
module Sed.Tool.Tests.PredictTests

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
let ``every annotation format can be written and is read back by evaluate`` () =
    use folder = new Folder()
    let model = write (folder.Path "m.sed")
    let recordings = [ wav folder "a.wav" 1.0 [ 0.2, 0.6 ]; wav folder "b.wav" 1.0 [] ]
    let reference = folder.List("truth.tsv", [ "a.wav 0.2 0.6 Car"; "b.wav" ])
    let baseline = Run.seddsl ("predict" :: model :: recordings)
    let expected =
        EventListFile.Parse(Text.Encoding.UTF8.GetBytes baseline.Output, "events.tsv")
    for format in EventListFile.Formats do
        let outputs = [
            if format.NamesRecordings then
                folder.Path $"events{format.Extensions[0]}"
            folder.Path $"{format.Name}/"
        ]
        for estimated in outputs do
            let run =
                Run.seddsl (
                    "predict" :: model :: recordings
                    @ [ "--format"; format.Name; "--out"; estimated ]
                )
            Assert.Equal("", run.Errors)
            let read = (EventListFile.Read estimated).WithNamesOf expected
            Assert.Equal<string>(expected.Files, read.Files)
            Assert.Equal<SoundEvent>(expected.EventsOf("a.wav").ToArray(), read.EventsOf("a.wav").ToArray())
            let scored =
                Run.seddsl [
                    "evaluate"
                    "--reference"
                    reference
                    "--estimated"
                    estimated
                    "--format"
                    "json"
                ]
            Assert.Equal(0, scored.ExitCode)
            Assert.Contains($"\"estimated_format\": \"{format.Title}\"", scored.Output)
    let unknown = Run.seddsl [ "predict"; model; recordings.Head; "--format"; "xls" ]
    Assert.Equal(2, unknown.ExitCode)
    Assert.StartsWith("seddsl predict: --format: unknown format 'xls'; use tsv", unknown.Errors)

[<Fact>]
let ``a format without names of recordings writes one file for each recording, and no annotation beside one`` () =
    use folder = new Folder()
    let model = write (folder.Path "m.sed")
    for name in [ "in/a.wav"; "in/day/b.wav"; "in/day/b.flac.wav" ] do
        wav folder name 1.0 [ 0.2, 0.6 ] |> ignore
    let predict options =
        Run.seddsl ([ "predict"; model; folder.Path "in"; "--format"; "raven" ] @ options)
    let refused = predict []
    Assert.Equal(2, refused.ExitCode)
    Assert.Equal(
        $"seddsl predict: --format raven writes one file for each recording; name a folder with --out, for example --out labels/{Environment.NewLine}",
        refused.Errors
    )
    let written = predict [ "--out"; folder.Path "labels" ]
    Assert.Equal("", written.Errors)
    for name in [ "a"; "day/b"; "day/b.flac" ] do
        Assert.StartsWith(
            "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\t",
            File.ReadAllText(folder.Path $"labels/{name}.Table.1.selections.txt")
        )
    File.WriteAllText(folder.Path "in/a.Table.1.selections.txt", "by hand")
    let beside = predict [ "--out"; folder.Path "in" ]
    Assert.Equal(2, beside.ExitCode)
    Assert.Contains("exists beside its recording and may contain annotations; name a different folder", beside.Errors)
    Assert.Equal("by hand", File.ReadAllText(folder.Path "in/a.Table.1.selections.txt"))

[<Fact>]
let ``annotation files are in the folder of --out, whatever the paths of the recordings`` () =
    use folder = new Folder()
    let model = write (folder.Path "m.sed")
    // The names of recordings of equal name are their paths, which here contain the segment "..".
    let outside (name: string) =
        wav folder $"{name}/a.wav" 1.0 [ 0.2, 0.6 ] |> ignore
        Path.GetRelativePath(Directory.GetCurrentDirectory(), folder.Path name)
    let predict folders =
        Run.seddsl (
            "predict" :: model :: folders
            @ [ "--format"; "audacity"; "--out"; folder.Path "labels/" ]
        )
    let run = predict [ outside "day1"; outside "day2" ]
    Assert.Equal("", run.Errors)
    let files =
        Directory.GetFiles(folder.Path "labels", "*", SearchOption.AllDirectories)
        |> Array.sort
    Assert.Equal<string list>(
        [ "day1/a.txt"; "day2/a.txt" ],
        [
            for file in files ->
                Path.GetRelativePath(string (Path.GetDirectoryName files[0]) + "/..", file).Replace('\\', '/')
        ]
    )
    Assert.Empty(Directory.GetFiles(folder.Path "day1", "*.txt"))
    // Two spellings of a path that differ only in "..".
    wav folder "up/day1/a.wav" 1.0 [ 0.2, 0.6 ] |> ignore
    let refused = predict [ folder.Path "up/day1"; folder.Path "up/../day1" ]
    Assert.Equal(2, refused.ExitCode)
    Assert.EndsWith("up/day1/a.txt; process their folders one at a time\n", refused.Errors.ReplaceLineEndings "\n")

[<Fact>]
let ``a folder's recordings are processed in order of their names, and unreadable files are listed and skipped`` () =
    use folder = new Folder()
    let model = write (folder.Path "m.sed")
    wav folder "in/b.wav" 1.0 [ 0.2, 0.6 ] |> ignore
    wav folder "in/a/long.wav" 5.0 [ 0.6, 4.36 ] |> ignore
    wav folder "in/c.wav" 1.0 [] |> ignore
    File.WriteAllText(folder.Path "in/broken.wav", "no sound")
    let run = Run.seddsl [ "predict"; model; folder.Path "in" ]
    Assert.Equal(3, run.ExitCode)
    Assert.EndsWith("1 of 4 recordings could not be read, processed or written.\n", run.Errors)
    Assert.Contains($"skipped: {folder.Prefix}in/broken.wav", run.Errors)
    let rows = run.Output.TrimEnd('\n').Split '\n'
    Assert.Equal("filename\tonset\toffset\tevent_label", rows[0])
    Assert.Equal(4, rows.Length)
    Assert.StartsWith("a/long.wav\t0.6\t", rows[1])
    Assert.StartsWith("b.wav\t0.2\t", rows[2])
    Assert.Equal("c.wav", rows[3])
    // evaluate reads this list.
    let estimated = folder.Bytes("events.tsv", Text.Encoding.UTF8.GetBytes run.Output)
    let reference =
        folder.List("truth.tsv", [ "a/long.wav 0.6 4.36 Car"; "b.wav 0.2 0.6 Car"; "c.wav" ])
    let scored =
        Run.seddsl [
            "evaluate"
            "--reference"
            reference
            "--estimated"
            estimated
            "--format"
            "json"
        ]
    Assert.Equal("", scored.Errors)
    Assert.Equal(0, scored.ExitCode)

[<Fact>]
let ``--without-prefix names recordings as the label files of DCASE 2017 do`` () =
    use folder = new Folder()
    let model = write (folder.Path "m.sed")
    for name in [ "in/Ya_30.000_40.000.wav"; "in/Y/Yb_0.000_10.000.wav"; "in/c.wav" ] do
        wav folder name 1.0 [ 0.2, 0.6 ] |> ignore
    let run =
        Run.seddsl [ "predict"; model; folder.Path "in"; "--without-prefix"; "Y"; "--tags" ]
    Assert.Equal<string>(
        [
            "Y/b_0.000_10.000.wav\t0\t1\tCar"
            "a_30.000_40.000.wav\t0\t1\tCar"
            "c.wav\t0\t1\tCar"
        ],
        run.Output.TrimEnd('\n').Split('\n')[1..] |> Array.sort
    )

[<Fact>]
let ``predict writes tags, JSON and frame scores`` () =
    use folder = new Folder()
    let model = write (folder.Path "m.sed")
    let loud = wav folder "loud.wav" 1.0 [ 0.2, 0.6 ]
    let quiet = wav folder "quiet.wav" 1.0 []
    let tags = Run.seddsl [ "predict"; model; loud; quiet; "--tags" ]
    Assert.Equal("filename\tstart\tend\tevent_label\nloud.wav\t0\t1\tCar\nquiet.wav\n", tags.Output)
    Assert.Equal("", tags.Errors)
    let out = folder.Path "detected.json"
    let json =
        Run.seddsl [
            "predict"
            model
            loud
            quiet
            "--json"
            "--out"
            out
            "--scores"
            folder.Path "scores"
        ]
    Assert.Equal("", json.Output)
    use document = JsonDocument.Parse(File.ReadAllText out)
    let files = document.RootElement.GetProperty "files"
    Assert.Equal(2, files.GetArrayLength())
    Assert.Equal("Car", files[0].GetProperty("events").[0].GetProperty("label").GetString())
    Assert.Equal(0, files[1].GetProperty("tags").GetArrayLength())
    let scores = ScoreList.Read(folder.Path "scores")
    Assert.Equal<string>([ "loud"; "quiet" ], scores.Files)
    Assert.Equal(25, scores[0].Frames)
    Assert.True(scores[0].Largest 1 > 0.9)

[<Fact>]
let ``names that begin like a comment or a quoted field are read back from lists of tags and similar stretches`` () =
    Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not allow quotes in file names.")
    use folder = new Folder()
    let model = write (folder.Path "m.sed")
    let names = [ "# a.wav"; "##b.wav"; "#!c.wav"; "\"d\" e.wav"; "\"f.wav" ]
    for number, name in List.indexed names do
        wav folder $"in/{name}" 1.0 [
            if number > 0 then
                0.1, 0.2 + 0.1 * float number
        ]
        |> ignore
    let files options =
        let run = Run.seddsl options
        Assert.Equal("", run.Errors)
        // A list of tags has a column of labels.
        let text = run.Output.Replace("similarity", "label")
        TagList.Parse(Text.Encoding.UTF8.GetBytes text, "list").Files
        |> Seq.sort
        |> List.ofSeq
    let recordings = folder.Path "in"
    Assert.Equal<string list>(List.sort names, files [ "predict"; model; recordings; "--tags" ])
    let example = wav folder "example.wav" 1.0 [ 0.0, 0.9 ]
    Assert.Equal<string list>(
        List.sort names,
        files [ "find"; example; recordings; "--model"; model; "--run"; folder.Path "runs" ]
    )

[<Fact>]
let ``--threshold and --median replace the model's options`` () =
    use folder = new Folder()
    let model = write (folder.Path "m.sed")
    let loud = wav folder "loud.wav" 1.0 [ 0.2, 0.4 ]
    let rows (run: Run) =
        run.Output.TrimEnd('\n').Split('\n').Length - 1
    Assert.Equal(
        "loud.wav\n",
        (Run.seddsl [ "predict"; model; loud; "--median"; "0.9" ]).Output.Split("event_label\n")[1]
    )
    Assert.Equal(1, rows (Run.seddsl [ "predict"; model; loud; "--threshold"; "0.9" ]))
    let wrong =
        Run.seddsl [ "predict"; model; loud; "--threshold"; "1.5"; "--median"; "-1" ]
    Assert.Equal(2, wrong.ExitCode)
    Assert.Equal(
        "seddsl predict: --threshold: the threshold is 1.5; it must lie between 0 and 1\n"
        + "seddsl predict: --median: the length of the median filter is -1 s; it must be 0 s (off) or more\n",
        wrong.Errors
    )

/// Per-class options: car events of at least 0.5 s; tags from the weak output.
let private tuned =
    DetectionOptions(
        Tags = TagSource.WeakOutput,
        PerClass =
            readOnlyDict [
                "Car",
                ClassDetection(Threshold = 0.6, Steps = [| DecodingStep.MinimumDuration 0.5 |], TagThreshold = 0.9)
                "Air horn, truck horn", ClassDetection(Threshold = 0.5, TagThreshold = 1e-5)
            ]
    )

[<Fact>]
let ``per-class thresholds and decoding steps apply unless --threshold is given`` () =
    use folder = new Folder()
    let model = writeWith tuned (folder.Path "m.sed")
    let files = [
        wav folder "long.wav" 4.0 [ 0.4, 0.8; 2.0, 3.0 ]
        wav folder "short.wav" 0.7 [ 0.4, 0.7 ]
    ]
    let events options =
        (Run.seddsl ([ "predict"; model ] @ files @ options)).Output.TrimEnd('\n').Split('\n')[1..]
    match events [] with
    | [| long; "short.wav" |] -> Assert.StartsWith("long.wav\t2\t3", long)
    | rows -> Assert.Fail(String.Join('|', rows))
    let tags options =
        set [ for row in events ("--tags" :: options) -> (row.Split '\t')[3] ]
    Assert.Equal<Set<string>>(set [ "Air horn, truck horn"; "Car" ], tags [])
    Assert.Equal<Set<string>>(set [ "Car" ], tags [ "--threshold"; "0.4" ])

[<Fact>]
let ``--stream prints each event within a second of its end`` () =
    use folder = new Folder()
    use model = SedModel.Load(write (folder.Path "m.sed"), null, "cpu")
    let samples = sound 4.0 [ 0.4, 1.0; 2.0, 2.6 ]
    let bytes = [|
        for sample in samples do
            yield! BitConverter.GetBytes(int16 (sample * 32767.0f))
        0uy
    |]
    use output = new StringWriter()
    output.NewLine <- "\n"
    // Records the position in the input, in seconds, at which each line was printed.
    use input = new MemoryStream(bytes)
    let printedAt = ResizeArray<float>()
    use writer = {
        new StringWriter() with
            member _.WriteLine(line: string) =
                printedAt.Add(float input.Position / 2.0 / float rate)
                output.WriteLine line
    }
    let errors = Console.Error
    use captured = new StringWriter()
    Console.SetError captured
    try
        Sed.Tool.Predict.Live.detect model rate true input writer Threading.CancellationToken.None
    finally
        Console.SetError errors
    let lines = output.ToString().TrimEnd('\n').Split '\n'
    Assert.Equal(2, lines.Length)
    for line, expected, at in Seq.zip3 lines [ 1.0; 2.6 ] printedAt do
        use json = JsonDocument.Parse line
        let offset = json.RootElement.GetProperty("offset").GetDouble()
        Assert.InRange(offset, expected - 0.08, expected + 0.08)
        Assert.InRange(at - offset, 0.0, 1.0)
    Assert.Contains("The input ends in the middle of a sample", captured.ToString())
