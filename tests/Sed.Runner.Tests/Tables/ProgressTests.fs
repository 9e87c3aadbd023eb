/// The progress of a running plan, read from the folders of its trials.
module Sed.Runner.Tests.ProgressTests

open System
open System.IO
open Xunit
open Sed
open Sed.Runner

let private plan =
    let experiment =
        experiment "watched" {
            data Soundscapes.smartCars
            vary Dropout [ 0.1; 0.2; 0.3 ]
            train (training { epochs 9 })
            seeds [ 1; 2 ]
            report [ WeakF ]
        }
    match Plan.ofExperiment Choices.none experiment with
    | Ok plan -> plan
    | Result.Error problems -> failwith (Problem.printAll "watched" problems)

let private result weakF : TrialResult = {
    Key = "{}"
    Corpus = "smartcars"
    Data = ""
    Classes = 17
    Scores = Map.empty
    Epochs = 2
    BestEpoch = 2
    Parameters = 1L
    MultiplyAccumulates = 1L
    Threads = 1
    Device = "cpu"
    History = [
        for epoch in 1..2 do
            {
                Epoch = epoch
                Loss = 0.7
                Monitor = 0.1
                Scores = Map [ "weakF", weakF * float epoch / 2.0 ]
            }
    ]
}

[<Fact>]
let ``the progress table shows finished, running and waiting trials of each row`` () =
    let root = Path.Combine(Path.GetTempPath(), "sed-" + Guid.NewGuid().ToString "N")
    let folder (trial: Specification) =
        Path.Combine(root, $"{trial.Network.GetHashCode()}-{trial.Seed}")
    let folders = [ for trial in plan.Trials -> folder trial.Specification ]
    List.iter (Directory.CreateDirectory >> ignore) folders
    // An unlocked trial is waiting, even if it has logged epochs.
    let log index (lines: string list) =
        File.WriteAllLines(Path.Combine(folders[index], "epochs.csv"), "epoch,loss,weakF" :: lines)
    log 4 [ "1,0.7,0.1" ]
    let take index =
        File.WriteAllText(Path.Combine(folders[index], "lock"), "")
    let progress = Progress(plan, 2, folder)
    Assert.Equal<string list>([ "row"; "done"; "now" ], [ for heading in progress.View.Headings -> heading.Text ])
    Assert.Equal<string list>([ "dropout 0.1"; "0 of 2"; "waiting" ], progress.View.Rows[0])

    TrialFolder.finish folders[0] (result 0.5)
    TrialFolder.finish folders[1] (result 0.3)
    TrialFolder.finish folders[2] (result 0.2)
    take 3
    log 3 [ "1,0.7,0"; "2,0.6,0.125" ]
    TrialFolder.fail folders[5] "{}" (exn "no memory") |> ignore
    let view = progress.View
    Assert.Equal<string list>([ "row"; "done"; "weak F"; "now" ], [ for heading in view.Headings -> heading.Text ])
    Assert.Equal<string list list>(
        [
            [ "dropout 0.1"; "2 of 2"; "0.400"; "done" ]
            [ "dropout 0.2"; "1 of 2"; "0.200"; "seed 2: epoch 2 of 9, weak F 0.125" ]
            [ "dropout 0.3"; "0 of 2"; ""; "seed 2: failed" ]
        ],
        view.Rows
    )

    // Two concurrent trials: the running ones need 4 epochs of 10 s and 8 of 20 s, the starting one 9 of 20 s.
    let timed index epochs seconds =
        File.WriteAllLines(
            Path.Combine(folders[index], "epochs.csv"),
            "epoch,loss,clips per second,seconds"
            :: [ for epoch in 1..epochs -> $"{epoch},0.5,12.3,{epoch * seconds}" ]
        )
    timed 3 5 10
    timed 4 1 20
    take 4
    take 5
    File.Delete(Path.Combine(folders[5], "failure.json"))
    Assert.Equal<string list>(
        [
            "trial 4: dropout 0.2, seed 2, epoch 5 of 9, loss 0.5000, 12 clips/s"
            "trial 5: dropout 0.3, seed 1, epoch 1 of 9, loss 0.5000, 12 clips/s"
            "trial 6: dropout 0.3, seed 2, starting"
        ],
        progress.Running
    )
    Assert.Equal("at most 3 min 10 s left", progress.Left)

    // A search of another experiment has paused the last trial after 3 epochs of 20 s each: 6 remain, not 9.
    timed 5 3 20
    TrialFolder.suspend folders[5] {
        Key = "{}"
        Parameters = 1L
        MultiplyAccumulates = 1L
        History = [
            for epoch in 1..3 ->
                {
                    (result 0.1).History.Head with
                        Epoch = epoch
                }
        ]
    }
    File.Delete(Path.Combine(folders[5], "lock"))
    Assert.Equal("at most 2 min 40 s left", progress.Left)
    Assert.Contains("1 paused, 2 running, at most 2 min 40 s left", progress.Summary)
    Directory.Delete(root, true)

[<Fact>]
let ``a training run that several rows share is counted once`` () =
    let root = Directory.CreateTempSubdirectory("sed-shared-").FullName
    let plan =
        let experiment =
            experiment "shared" {
                data Soundscapes.smartCars
                vary Threshold [ 0.3; 0.5; 0.7 ]
                train (training { epochs 9 })
                seeds [ 1; 2 ]
                report [ WeakF ]
            }
        match Plan.ofExperiment Choices.none experiment with
        | Ok plan -> plan
        | Result.Error problems -> failwith (Problem.printAll "shared" problems)
    let folder (specification: Specification) =
        Path.Combine(root, string specification.Seed)
    for seed in [ "1"; "2" ] do
        Directory.CreateDirectory(Path.Combine(root, seed)) |> ignore
    TrialFolder.finish (Path.Combine(root, "1")) (result 0.5)
    File.WriteAllLines(
        Path.Combine(root, "2", "epochs.csv"),
        [ "epoch,loss,clips per second,seconds"; "1,0.5,12.3,10" ]
    )
    File.WriteAllText(Path.Combine(root, "2", "lock"), "")
    let progress = Progress(plan, 1, folder)
    Assert.Equal("1 of 2 trials done, 1 running, at most 80 s left", progress.Summary)
    Assert.Equal(1, progress.Running.Length)
    Assert.Equal(
        {
            All = 2
            Done = 1
            Failed = 0
            Running = 1
        },
        progress.Tally
    )
    Directory.Delete(root, true)

[<Fact>]
let ``several threads can read the progress at the same time`` () =
    let root = Directory.CreateTempSubdirectory("sed-threads-").FullName
    TrialFolder.finish root (result 0.5)
    let trials = 400
    let plan: RunPlan = {
        Title = ""
        Question = ""
        Profile = ""
        Monitor = ""
        Began = DateTime.UnixEpoch
        Rows = []
        Trials = [
            for index in 1..trials ->
                {
                    Name = $"trial {index}"
                    Seed = index
                    Folder = ""
                    Epochs = 9
                    IsTrained = true
                }
        ]
    }
    // Different names of the same folder.
    let names = [| for index in 0 .. trials - 1 -> root + String.replicate index "/." |]
    for _ in 1..4 do
        let progress = Progress(plan, 1, NoSearch, Array.get names)
        let summaries = Array.Parallel.init 8 (fun _ -> progress.Summary)
        Assert.All(summaries, fun summary -> Assert.StartsWith($"{trials} of {trials} trials done", summary))
    Directory.Delete(root, true)
