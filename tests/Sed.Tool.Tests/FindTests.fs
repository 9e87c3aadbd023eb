/// The hits of `seddsl find`.
[<Xunit.Collection "console">]
module Sed.Tool.Tests.FindTests

open System.IO
open Xunit
open Sed.Core.Annotations.Formats
open Sed.Tool.Tests.LoudnessModel

/// A model, and recordings of 3 s with a loud second, the last one with two.
let private prepare (folder: Folder) =
    for number in 0..3 do
        wav folder $"recordings/{number}.wav" 3.0 [
            float (number % 3), float (number % 3) + 1.0
            if number = 3 then
                2.0, 3.0
        ]
        |> ignore
    write (folder.Path "m.sed")

let private find (folder: Folder) (clip: string) (options: string list) =
    Run.seddsl (
        [
            "find"
            folder.Path clip
            folder.Path "recordings"
            "--model"
            folder.Path "m.sed"
            "--run"
            folder.Path "runs"
            "--stretch"
            "1"
        ]
        @ options
    )

let private lines (text: string) =
    text.ReplaceLineEndings("\n").TrimEnd('\n').Split '\n' |> List.ofArray

[<Fact>]
let ``the stretches that are most similar to a clip are listed`` () =
    use folder = new Folder()
    prepare folder |> ignore
    wav folder "loud.wav" 1.0 [ 0.0, 1.0 ] |> ignore
    let run = find folder "loud.wav" [ "--count"; "5" ]
    Assert.Equal("", run.Errors)
    let found = lines run.Output
    Assert.Equal("filename\tonset\toffset\tsimilarity", found.Head)
    Assert.Equal<Set<string>>(
        set [ "0.wav\t0\t1"; "1.wav\t1\t2"; "2.wav\t2\t3"; "3.wav\t0\t1"; "3.wav\t2\t3" ],
        set [ for row in found.Tail -> row.Substring(0, row.LastIndexOf '\t') ]
    )

[<Fact>]
let ``the example itself and copies are left out`` () =
    use folder = new Folder()
    prepare folder |> ignore
    File.Copy(folder.Path "recordings/0.wav", folder.Path "recordings/copy.wav")
    let run =
        find folder "recordings/0.wav" [ "--onset"; "0"; "--offset"; "1"; "--count"; "100" ]
    Assert.Equal<string list>(
        [
            "note: 2 stretches are left out, because they overlap the example itself."
            "note: 1 recordings have the same content as another one and are not listed."
        ],
        lines run.Errors
    )
    let found = (lines run.Output).Tail
    Assert.DoesNotContain(found, (fun row -> row.StartsWith "0.wav\t0\t1\t"))
    Assert.DoesNotContain(found, (fun row -> row.StartsWith "copy.wav"))
    Assert.Contains(found, (fun row -> row.StartsWith "0.wav\t1\t2\t"))
    Assert.Equal(11, found.Length)

[<Fact>]
let ``the stretches can be written as annotations in every format`` () =
    use folder = new Folder()
    prepare folder |> ignore
    wav folder "loud.wav" 1.0 [ 0.0, 1.0 ] |> ignore
    for format in EventListFile.Formats do
        let out = folder.Path $"hits-{format.Name}/"
        let run =
            find folder "loud.wav" [
                "--count"
                "3"
                "--format"
                format.Name
                "--label"
                "loud noise"
                "--out"
                out
            ]
        Assert.Equal("", run.Errors)
        Assert.Equal("", run.Output)
        let files = Directory.GetFiles out
        Assert.Equal(3, files.Length)
        for file in files do
            let events = EventListFile.Read file
            Assert.Equal("loud noise", (Assert.Single events.Labels))

[<Fact>]
let ``a list can be written to a file`` () =
    use folder = new Folder()
    prepare folder |> ignore
    let printed = find folder "recordings/1.wav" [ "--onset"; "1" ]
    let written =
        find folder "recordings/1.wav" [ "--onset"; "1"; "--out"; folder.Path "hits.tsv" ]
    Assert.Equal("", written.Output)
    Assert.Equal(printed.Output.ReplaceLineEndings "\n", File.ReadAllText(folder.Path "hits.tsv"))
    let refused =
        find folder "recordings/1.wav" [ "--out"; folder.Path "recordings/1.wav" ]
    Assert.Equal(2, refused.ExitCode)
    Assert.Contains("--out", refused.Errors)

[<Fact>]
let ``the output does not overwrite the model or the encoder`` () =
    use folder = new Folder()
    let model = prepare folder
    let encoder = folder.List("e.onnx", [ "encoder" ])
    for name, file, what in [ "--model", model, "the model"; "--encoder", encoder, "the encoder" ] do
        let before = File.ReadAllBytes file
        let run =
            Run.seddsl [
                "find"
                folder.Path "recordings/1.wav"
                folder.Path "recordings"
                name
                file
                "--run"
                folder.Path "runs"
                "--out"
                file
            ]
        Assert.Equal<string list>(
            [
                $"seddsl find: --out {file}: the output file is also {what} and would be overwritten; choose another name"
            ],
            lines run.Errors
        )
        Assert.Equal(2, run.ExitCode)
        Assert.Equal<byte[]>(before, File.ReadAllBytes file)

[<Fact>]
let ``recordings that cannot be read are skipped`` () =
    use folder = new Folder()
    prepare folder |> ignore
    folder.List("recordings/broken.wav", [ "no audio" ]) |> ignore
    let run = find folder "recordings/1.wav" []
    Assert.Equal(3, run.ExitCode)
    Assert.Contains("1 of 5 recordings could not be read or processed.", run.Errors)

[<Fact>]
let ``all invalid arguments are reported`` () =
    use folder = new Folder()
    let run =
        Run.seddsl [
            "find"
            folder.Path "none.wav"
            folder.Path "none"
            "--encoder-rate"
            "8000"
            "--onset"
            "-1"
            "--offset"
            "-2"
            "--count"
            "0"
            "--stretch"
            "0"
            "--format"
            "text"
            "--label"
            ""
            "--run"
            folder.Path "runs"
        ]
    Assert.Equal(2, run.ExitCode)
    let expected = [
        $"""{folder.Path "none.wav"}: there is no such file"""
        $"""{folder.Path "none"}: there is no such folder"""
        "name the vectors to compare: --model FILE.sed for those of a model, or --encoder FILE.onnx for those of an encoder"
        "--encoder-rate needs --encoder"
        "--onset must be between 0 and 1,000,000,000 s, was -1"
        "--offset must be after the onset of -1 s and at most 1,000,000,000 s, was -2"
        "--count must be at least 1, was 0"
        "--stretch: The length of a stretch must be between 0.1 s and 1000000000 s, was 0 s."
        "--format: unknown format 'text'; use tsv, csv, dcase, json, audacity, raven, textgrid, labelstudio, sprsound"
        "--label: the label is empty"
    ]
    Assert.Equal<string list>([ for problem in expected -> $"seddsl find: {problem}" ], lines run.Errors)

[<Fact>]
let ``a folder in place of a file, and a file in place of a folder, are named as such`` () =
    use folder = new Folder()
    let model = write (folder.Path "m.sed")
    let place = folder.Path "recordings"
    Directory.CreateDirectory place |> ignore
    let refused (arguments: string list) =
        let run = Run.seddsl arguments
        Assert.Equal(2, run.ExitCode)
        lines (run.Errors.Replace(folder.Prefix, ""))
    Assert.Equal<string list>(
        [
            "seddsl find: recordings: this is a folder, not a file"
            "seddsl find: m.sed: this is a file, not a folder"
            "seddsl find: --encoder recordings: this is a folder, not a file"
        ],
        refused [ "find"; place; model; "--encoder"; place ]
    )
    Assert.Equal<string list>(
        [
            "seddsl train: m.sed: this is a file, not a folder"
            "seddsl train: --from recordings: this is a folder, not a file"
            "seddsl train: --encoder recordings: this is a folder, not a file"
        ],
        refused [
            "train"
            model
            "--from"
            place
            "--encoder"
            place
            "--out"
            folder.Path "d.sed"
        ]
    )
    Assert.Equal<string list>(
        [ "seddsl next: m.sed: this is a file, not a folder" ],
        refused [ "next"; model; model; "--out"; folder.Path "queue" ]
    )
    Assert.Equal<string list>(
        [ "seddsl estimate: m.sed: this is a file, not a folder" ],
        refused [ "estimate"; model; model; "--run"; folder.Path "runs" ]
    )

[<Fact>]
let ``an example after the end of its file is an error`` () =
    use folder = new Folder()
    prepare folder |> ignore
    let run = find folder "recordings/1.wav" [ "--onset"; "4" ]
    Assert.Equal(2, run.ExitCode)
    Assert.Contains("the clip begins at 4 s, but the file ends at 3 s", run.Errors)
