module Sed.Runner.Tests.TrialFolderTests

open System
open System.Collections.Generic
open System.IO
open System.Text.Json.Nodes
open Xunit
open Sed.Core.Annotations
open Sed.Core.Metrics.Segments
open Sed.Core.Metrics.Tags
open Sed.Core.Training
open Sed.Runner

let private folder () =
    Path.Combine(Path.GetTempPath(), "sed-" + Guid.NewGuid().ToString "N")

let private result = {
    Key = """{"seed":1}"""
    Corpus = "smartcars"
    Data = "abc"
    Classes = 17
    Scores = Map [ "testing", Map [ "weakF", 1.0 / 3.0 ] ]
    Epochs = 2
    BestEpoch = 1
    Parameters = 13467L
    MultiplyAccumulates = 6_000_000L
    Threads = 2
    Device = "cpu"
    History = [
        for epoch in 1..2 do
            {
                Epoch = epoch
                Loss = 0.7
                Monitor = -1.0
                Scores = Map [ "weakF", 0.1 ]
            }
    ]
}

[<Fact>]
let ``a finished trial is read back exactly`` () =
    let folder = folder ()
    Directory.CreateDirectory folder |> ignore
    TrialFolder.finish folder result
    Assert.Equal(Finished result, TrialFolder.state folder)
    Assert.Equal<(string * string) list>([ "seed", "1" ], TrialFolder.key folder)
    Directory.Delete(folder, true)

[<Fact>]
let ``a trial without a result is open`` () =
    Assert.Equal(Open, TrialFolder.state (folder ()))

[<Fact>]
let ``a failed trial keeps its error until it finishes`` () =
    let folder = folder ()
    Directory.CreateDirectory folder |> ignore
    TrialFolder.fail folder """{"seed":1}""" (TrainingException "The loss is NaN")
    |> ignore
    match TrialFolder.state folder with
    | Failed failure -> Assert.Equal("The loss is NaN", failure.Error)
    | other -> failwith $"{other}"
    TrialFolder.finish folder result
    Assert.Equal(Finished result, TrialFolder.state folder)
    Directory.Delete(folder, true)

[<Fact>]
let ``only one process at a time holds the lock of a trial's folder`` () =
    let folder = folder ()
    let first = TrialFolder.tryLock folder
    Assert.True first.IsSome
    Assert.True (TrialFolder.tryLock folder).IsNone
    first.Value.Dispose()
    use second = (TrialFolder.tryLock folder).Value
    Assert.NotNull second

[<Theory>]
[<InlineData("")>]
[<InlineData("null")>]
[<InlineData("{ \"epochs\": 2")>]
[<InlineData("{}")>]
[<InlineData("[]")>]
[<InlineData("7")>]
[<InlineData("\000\001")>]
let ``a damaged result is named with the remedy`` (text: string) =
    let folder = folder ()
    Directory.CreateDirectory folder |> ignore
    let file = Path.Combine(folder, "result.json")
    File.WriteAllText(file, text)
    let thrown =
        Assert.Throws<InvalidDataException>(fun () -> TrialFolder.state folder |> ignore)
    Assert.StartsWith($"{file} is damaged (", thrown.Message)
    Assert.EndsWith("). Remove the trial's folder to train the trial again.", thrown.Message)
    Directory.Delete(folder, true)

[<Fact>]
let ``all damaged results are reported together, each of them once`` () =
    let folders = [ for _ in 1..3 -> folder () ]
    let files = [
        for folder in folders ->
            Directory.CreateDirectory folder |> ignore
            Path.Combine(folder, "result.json")
    ]
    TrialFolder.finish folders[1] result
    for index in [ 0; 2 ] do
        File.WriteAllText(files[index], "{")
    let thrown =
        Assert.Throws<InvalidDataException>(fun () ->
            folders @ folders |> TrialFolder.readAll TrialFolder.state |> ignore)
    let lines = thrown.Message.Split Environment.NewLine
    Assert.Equal(2, lines.Length)
    Assert.StartsWith($"{files[0]} is damaged (", lines[0])
    Assert.StartsWith($"{files[2]} is damaged (", lines[1])
    Assert.Equal(2, (TrialFolder.readAll TrialFolder.state [ folders[1]; folders[1] ]).Length)
    for folder in folders do
        Directory.Delete(folder, true)

let private rewritten (alter: JsonObject -> unit) =
    let folder = folder ()
    Directory.CreateDirectory folder |> ignore
    TrialFolder.finish folder result
    let file = Path.Combine(folder, "result.json")
    match JsonNode.Parse(File.ReadAllText file) with
    | :? JsonObject as kept ->
        alter kept
        File.WriteAllText(file, kept.ToJsonString())
    | other -> failwith $"{other}"
    let thrown =
        Assert.Throws<InvalidDataException>(fun () -> TrialFolder.state folder |> ignore)
    Directory.Delete(folder, true)
    thrown.Message.Replace(file, "FILE")

[<Fact>]
let ``an incomplete or inconsistent result is damaged`` () =
    let remedy = "Remove the trial's folder to train the trial again."
    for name in [ "scores"; "history"; "key" ] do
        Assert.StartsWith("FILE is damaged (", rewritten (fun kept -> kept.Remove name |> ignore))
        Assert.StartsWith("FILE is damaged (", rewritten (fun kept -> kept[name] <- null))
    Assert.Equal(
        $"FILE is damaged (it has 0 of 2 epochs). {remedy}",
        rewritten (fun kept -> kept["history"] <- JsonArray())
    )
    Assert.Equal(
        $"FILE is damaged (an epoch is empty). {remedy}",
        rewritten (fun kept -> kept["history"] <- JsonNode.Parse "[null,null]")
    )
    Assert.Equal(
        $"FILE is damaged (its best epoch is 9 of 2). {remedy}",
        rewritten (fun kept -> kept["bestEpoch"] <- JsonValue.Create 9)
    )

[<Theory>]
[<InlineData("{}")>]
[<InlineData("garbage")>]
[<InlineData("{ \"error\": null, \"trace\": null }")>]
let ``a damaged failure is named with the remedy`` (text: string) =
    let folder = folder ()
    Directory.CreateDirectory folder |> ignore
    let file = Path.Combine(folder, "failure.json")
    File.WriteAllText(file, text)
    let thrown =
        Assert.Throws<InvalidDataException>(fun () -> TrialFolder.state folder |> ignore)
    Assert.StartsWith($"{file} is damaged (", thrown.Message)
    Directory.Delete(folder, true)

[<Theory>]
[<InlineData("")>]
[<InlineData("garbage")>]
[<InlineData("epoch,seconds,clips per second\n")>]
[<InlineData("epoch,seconds,clips per second\n1,soon,many\n")>]
[<InlineData("\000\001\002")>]
let ``an invalid epoch log is reported with a remedy`` (text: string) =
    let folder = folder ()
    Directory.CreateDirectory folder |> ignore
    let file = Path.Combine(folder, "epochs.csv")
    File.WriteAllText(file, text)
    let thrown =
        Assert.Throws<InvalidDataException>(fun () -> TrialFolder.timing folder |> ignore)
    Assert.Equal($"{file} is not a valid epoch log. Remove it; only the training time is lost.", thrown.Message)
    Directory.Delete(folder, true)

[<Fact>]
let ``a failure has torch's message without the C++ stack, which is in the trace`` () =
    let folder = folder ()
    Directory.CreateDirectory folder |> ignore
    let said = "mat1 and mat2 shapes cannot be multiplied (4x3 and 4x2)"
    let frames =
        "\nException raised from addmm_impl at ../aten/src/LinearAlgebra.cpp:196\nframe #0: c10::Error::Error"
    let failure =
        TrialFolder.fail folder """{"seed":1}""" (InvalidOperationException(said + frames))
    Assert.Equal($"InvalidOperationException: {said}", failure.Error)
    Assert.Contains("frame #0: c10::Error", failure.Trace)
    Directory.Delete(folder, true)

[<Fact>]
let ``renamed checkpoints have different names`` () =
    let folder = folder ()
    Directory.CreateDirectory folder |> ignore
    let checkpoint = Path.Combine(folder, "checkpoint.npz")
    let setAside (text: string) =
        File.WriteAllText(checkpoint, text)
        TrialFolder.setAside checkpoint
    Assert.Equal(checkpoint + ".damaged", setAside "one")
    Assert.Equal(checkpoint + ".damaged-2", setAside "two")
    Assert.Equal("one", File.ReadAllText(checkpoint + ".damaged"))
    Assert.False(File.Exists checkpoint)
    Directory.Delete(folder, true)

[<Fact>]
let ``a file where a trial's folder should be is named`` () =
    let file = folder ()
    File.WriteAllText(file, "")
    let thrown =
        Assert.Throws<InvalidDataException>(fun () -> TrialFolder.tryLock file |> ignore)
    Assert.Equal($"{file} is a file where a trial's folder should be. Remove it.", thrown.Message)
    File.Delete file

[<Fact>]
let ``a lock that cannot be created is distinguished from one that is held`` () =
    let folder = folder ()
    let place = Path.Combine(folder, "lock")
    Directory.CreateDirectory place |> ignore
    let thrown =
        Assert.Throws<IOException>(fun () -> TrialFolder.tryLock folder |> ignore)
    Assert.Equal(
        $"Nothing can be trained in {folder}: Access to the path '{place}' is denied. Make it writable, or name another folder with --out.",
        thrown.Message
    )
    Directory.Delete(folder, true)

/// Results that an earlier state of the source wrote stay readable.
[<Fact>]
let ``the golden trial is read under its stable names`` () =
    let golden =
        Sed.Tests.Repository.path [| "tests"; "Sed.Runner.Tests"; "Trials"; "Golden" |]
    match TrialFolder.state golden with
    | Finished result ->
        Assert.Equal(result.Epochs, result.History.Length)
        Assert.Contains("evaluation", result.Scores.Keys)
        Assert.Contains("weakF", result.Scores["evaluation"].Keys)
        Assert.Contains(("training.optimizer.kind", "adam"), TrialFolder.key golden)
    | other -> failwith $"{other}"

[<Fact>]
let ``a run folder of an earlier version is refused with one line, and nothing in it changes`` () =
    let folder = folder ()
    Directory.CreateDirectory(Path.Combine(folder, "trials", "0123456789abcdef"))
    |> ignore
    let thrown = Assert.Throws<InvalidDataException>(fun () -> RunFolder.openFor folder)
    Assert.Equal(
        $"{folder} was written by another version of SedDsl (run folder format 1; this version uses 2). Nothing in it was changed; choose another folder with --out.",
        thrown.Message
    )
    Assert.Equal(1, Directory.GetFileSystemEntries(folder).Length)
    Directory.Delete(folder, true)
    RunFolder.openFor folder
    RunFolder.openFor folder
    Directory.Delete(folder, true)
