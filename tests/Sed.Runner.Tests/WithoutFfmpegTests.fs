/// An experiment on WAV, AIFF, FLAC, MP3 and Ogg Vorbis files without ffmpeg. Tests that train share the console and torch's
/// random numbers, so they run one at a time.
[<Xunit.Collection "torch">]
module Sed.Runner.Tests.WithoutFfmpegTests

open System.IO
open Xunit
open Sed.Core.Audio
open Sed.Tests
open Sed.Runner.Tests.Sessions

[<Fact>]
let ``an experiment trains on WAV, AIFF, FLAC, MP3 and Ogg Vorbis without ffmpeg`` () =
    let corpus = Path.Combine(home, "everyFormat")
    Directory.CreateDirectory(Path.Combine(corpus, "audio")) |> ignore
    let list file header (row: string -> string -> string) =
        File.WriteAllLines(
            Path.Combine(corpus, file + ".tsv"),
            header
            :: [
                for recording in [ "clicks-alaw.wav"; "clicks.aiff"; "clicks.flac"; "clicks.mp3"; "clicks.ogg" ] do
                    for copy in 1..2 do
                        let name = $"{file}{copy}-{recording}"
                        File.Copy(
                            Repository.path [| "tests"; "Sed.Core.Tests"; "Audio"; "Fixtures"; recording |],
                            Path.Combine(corpus, "audio", name)
                        )
                        row name (if copy = 1 then "Click" else "Snap")
            ]
        )
    list "train" "filename\tevent_label" (fun name label -> $"{name}\t{label}")
    for file in [ "test"; "eval" ] do
        list file "filename\tonset\toffset\tevent_label" (fun name label -> $"{name}\t0.25\t0.4\t{label}")
    Ffmpeg.Program <- "ffmpeg-that-is-not-installed"

    try
        let code, output, errors =
            run (Path.Combine(home, "everyFormatRuns")) [ "--data"; corpus ] [ small ]
        Assert.Equal("", errors)
        Assert.Equal(0, code)
        Assert.Contains("crnn", output)
    finally
        Ffmpeg.Program <- "ffmpeg"
