/// Experiments on the user's own recordings: formats without ffmpeg, and what a plan tells about a corpus. Tests that
/// train share the console and torch's random numbers, so they run one at a time.
[<Xunit.Collection "torch">]
module Sed.Runner.Tests.OwnRecordingsTests

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

[<Fact>]
let ``--plan describes a corpus that exists and reports what a run would miss in it`` () =
    let corpus = Path.Combine(home, "planned")
    Directory.CreateDirectory(Path.Combine(corpus, "audio")) |> ignore
    for name in [ "a.flac"; "b.flac" ] do
        File.Copy(
            Repository.path [| "tests"; "Sed.Core.Tests"; "Audio"; "Fixtures"; "clicks.flac" |],
            Path.Combine(corpus, "audio", name)
        )
    File.WriteAllText(
        Path.Combine(corpus, "train.tsv"),
        "filename\tonset\toffset\tevent_label\na.flac\t0.25\t0.4\tClick\n"
    )
    let out = Path.Combine(home, "plannedRuns")
    let plan () =
        run out [ "--plan"; "--data"; corpus ] [ small ]
    let code, output, errors = plan ()
    Assert.Equal(2, code)
    Assert.Contains("small: Two trials", output)
    Assert.Contains("Read at 16000 Hz", output)
    Assert.Contains("planned has no testing clips for early stopping", errors)

    File.WriteAllText(
        Path.Combine(corpus, "test.tsv"),
        "filename\tonset\toffset\tevent_label\nb.flac\t0.25\t0.4\tClick\n"
    )
    let code, _, errors = plan ()
    Assert.Equal((0, ""), (code, errors))
    Assert.False(Directory.Exists(Path.Combine(out, "trials")))

[<Fact>]
let ``--plan says which corpus is not there`` () =
    let missing = Path.Combine(home, "nowhere")
    let code, output, errors =
        run (Path.Combine(home, "notPlanned")) [ "--plan"; "--data"; missing ] [ small ]
    Assert.Equal((0, ""), (code, errors))
    Assert.EndsWith($"The corpus was not checked: there is no folder '{missing}'.\n", output)
