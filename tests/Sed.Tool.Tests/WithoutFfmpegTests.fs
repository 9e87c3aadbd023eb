/// WAV, AIFF, FLAC, MP3 and Ogg Vorbis without ffmpeg.
[<Xunit.Collection "console">]
module Sed.Tool.Tests.WithoutFfmpegTests

open System
open System.IO
open Xunit
open Sed.Core.Audio
open Sed.Tests

let private recordings = [ "clicks-alaw.wav"; "clicks.aiff"; "clicks.flac"; "clicks.mp3"; "clicks.ogg" ]

/// Runs work as if ffmpeg were not installed.
let private withoutFfmpeg work =
    Ffmpeg.Program <- "ffmpeg-that-is-not-installed"

    try
        work ()
    finally
        Ffmpeg.Program <- "ffmpeg"

let private copyTo (folder: string) =
    Directory.CreateDirectory folder |> ignore
    for name in recordings do
        File.Copy(
            Repository.path [| "tests"; "Sed.Core.Tests"; "Audio"; "Fixtures"; name |],
            Path.Combine(folder, name)
        )

[<Fact>]
let ``check decodes WAV, AIFF, FLAC, MP3 and Ogg Vorbis`` () =
    use folder = new Folder()
    copyTo (folder.Path "audio")
    File.WriteAllText(folder.Path "audio/other.m4a", "\000\000\000\024ftypM4A ")
    folder.List(
        "train.tsv",
        "filename event_label"
        :: [ for name in "other.m4a" :: recordings -> $"{name} Click" ]
    )
    |> ignore
    let run =
        withoutFfmpeg (fun () -> Run.seddsl [ "check"; folder.Path ""; "--no-cache" ])
    Assert.Equal("", run.Errors)
    Assert.Equal(0, run.ExitCode)
    Assert.Contains("usable: 5 training clips", run.Output)
    Assert.Matches(@"NoDecoder +1 +left out; install ffmpeg +other\.m4a", run.Output)

[<Fact>]
let ``predict decodes WAV, AIFF, FLAC, MP3 and Ogg Vorbis, clips and long recordings`` () =
    use folder = new Folder()
    let model = LoudnessModel.write (folder.Path "m.sed")
    copyTo (folder.Path "in")
    let once = File.ReadAllBytes(folder.Path "in/clicks.ogg")
    folder.Bytes("in/long.ogg", Array.concat [ for _ in 1..10 -> once ]) |> ignore
    let run =
        withoutFfmpeg (fun () -> Run.seddsl [ "predict"; model; folder.Path "in" ])
    Assert.Equal("", run.Errors)
    Assert.Equal(0, run.ExitCode)
    let rows = run.Output.TrimEnd('\n').Split '\n' |> List.ofArray |> List.tail
    Assert.Equal<string list>(
        recordings @ [ "long.ogg" ],
        rows |> List.map (fun row -> (row.Split '\t')[0]) |> List.distinct
    )
