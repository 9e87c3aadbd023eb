/// Arguments of seddsl review that are refused before a page is served.
[<Xunit.Collection("console")>]
module Sed.Tool.Tests.Review.ReviewArgumentTests

open System.IO
open Xunit
open Sed.Tool.Tests

let private refused (arguments: string list) =
    let run = Run.seddsl ("review" :: arguments)
    Assert.Equal(2, run.ExitCode)
    Assert.Equal("", run.Output)
    run.Errors.TrimEnd()

[<Fact>]
let ``a folder must contain exactly one model`` () =
    use folder = new Folder()
    LoudnessModel.wav folder "recordings/a.wav" 1.0 [] |> ignore
    Directory.CreateDirectory(folder.Path "models") |> ignore
    let recordings, models = folder.Path "recordings", folder.Path "models"
    Assert.Equal(
        $"seddsl review: {models}: the folder contains no model (*.sed); give the path of a model file, or 'none' to review without a model",
        refused [ models; recordings ]
    )
    LoudnessModel.write (folder.Path "models/a.sed") |> ignore
    LoudnessModel.write (folder.Path "models/b.sed") |> ignore
    Assert.Equal(
        $"seddsl review: {models}: the folder contains 2 models (a.sed, b.sed); give the path of one",
        refused [ models; recordings ]
    )
    Assert.Equal(
        $"seddsl review: {recordings}/no.sed: there is no such file",
        refused [ $"{recordings}/no.sed"; recordings ]
    )

[<Fact>]
let ``missing recordings and invalid options are reported`` () =
    use folder = new Folder()
    let recordings = folder.Path "recordings"
    Assert.Equal($"seddsl review: {recordings}: there is no such folder", refused [ "none"; recordings ])
    folder.List("recordings/notes.txt", [ "nothing" ]) |> ignore
    Assert.Equal($"seddsl review: {recordings}: the folder contains no audio files", refused [ "none"; recordings ])
    File.WriteAllText(folder.Path "recordings/a.wav", "not audio")
    Assert.StartsWith(
        $"seddsl review: {recordings}: no recording can be reviewed; the first error is: ",
        refused [ "none"; recordings ]
    )
    LoudnessModel.wav folder "recordings/a.wav" 1.0 [] |> ignore
    Assert.Equal(
        "seddsl review: --port must be between 1 and 65535, was 0",
        refused [ "none"; recordings; "--port"; "0" ]
    )
    Assert.Equal(
        "seddsl review: --queue and --all cannot be combined",
        refused [ "none"; recordings; "--all"; "--queue"; "list.tsv" ]
    )
    Assert.StartsWith(
        "seddsl review: --annotator: the name is empty",
        refused [ "none"; recordings; "--annotator"; "a\tb" ]
    )
    Assert.EndsWith(
        "list.tsv: there is no such file",
        refused [ "none"; recordings; "--queue"; folder.Path "list.tsv" ]
    )
    let queue =
        folder.List("list.tsv", [ "filename onset offset"; "b.wav 0 1"; "a.wav 0 5" ])
    let problems = (refused [ "none"; recordings; "--queue"; queue ]).Split '\n'
    Assert.Equal(2, problems.Length)
    Assert.Contains("list.tsv, line 2: the folder contains no readable recording \"b.wav\"", problems[0])
    Assert.Contains("line 3: the stretch ends at 5 s, but \"a.wav\" has a length of 1 s", problems[1])
    // Nothing was served, so there is no review yet.
    Assert.False(Directory.Exists(folder.Path "recordings/review"))

[<Fact>]
let ``invalid labels of the folder are reported before the review`` () =
    use folder = new Folder()
    LoudnessModel.wav folder "recordings/a.wav" 1.0 [] |> ignore
    folder.List("recordings/a.txt", [ "0.5 0.2 Car" ]) |> ignore
    Assert.Contains(
        "a.txt, line 1: the offset of 0.2 s is before the onset",
        refused [ "none"; folder.Path "recordings" ]
    )
