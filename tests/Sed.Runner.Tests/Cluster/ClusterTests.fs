/// Training a script's trials on a real Slurm.
module Sed.Runner.Tests.Cluster.ClusterTests

open System.IO
open System.Text.RegularExpressions
open System.Threading
open Xunit
open Sed.Tests
open Sed.Runner

let private root = Repository.root

let private tiny =
    $"""#load "{Path.Combine(root, "experiments", "sed.fsx")}"
open Sed
let tiny =
    experiment "tiny" {{
        title "As jobs"
        data Soundscapes.smartCars
        clips 12 8 4
        network (crnn {{ convolutions [ 4, 5; 4, 8 ]; recurrent [ 4 ]; dense [] }})
        train (training {{ epochs 25; batch 4 }})
        vary Dropout [ 0.1; 0.2 ]
        seeds [ 1 ]
        report [ WeakF; StrongER ]
    }}
run [ tiny ]
"""

let rec private until (seconds: float) (reached: unit -> bool) =
    Assert.True(seconds > 0.0, "It takes too long.")
    if not (reached ()) then
        Thread.Sleep 100
        until (seconds - 0.1) reached

/// The stored table without training times.
let private table (out: string) =
    let lines = File.ReadAllLines(Path.Combine(out, "tables", "tiny.csv"))
    let names = lines[0].Split ','
    [
        for line in lines ->
            [
                for name, cell in Seq.zip names (line.Split ',') do
                    if name.Trim '"' <> "seconds" && name.Trim '"' <> "clips per second" then
                        cell
            ]
    ]

[<Fact>]
let ``an array job gives the same table as a local run, even if tasks are killed or run out of time`` () =
    use slurm = new OneNode()
    File.WriteAllText(Path.Combine(slurm.Folder, "tiny.fsx"), tiny)
    let script out more =
        slurm.Start("dotnet", [ "fsi"; "tiny.fsx"; "--out"; out ] @ more)
    use submitted = script "runs" [ "--on"; "slurm"; "--wait" ]
    let errors = submitted.StandardError.ReadToEndAsync()
    let first = nonNull (submitted.StandardOutput.ReadLine())
    let array = Regex.Match(first, @"array job (\d+) trains 2 trials").Groups[1].Value
    Assert.True(array <> "", first)
    let output = submitted.StandardOutput.ReadToEndAsync()
    use undisturbed = script "undisturbed" [ "--jobs"; "1" ]
    let quietly = undisturbed.StandardOutput.ReadToEndAsync()

    let trials = Path.Combine(slurm.Folder, "runs", "trials")
    let checkpoints () =
        if Directory.Exists trials then
            Directory.GetFiles(trials, "checkpoint.npz", SearchOption.AllDirectories).Length
        else
            0
    until 120.0 (fun () -> checkpoints () = 2)
    let killed, noticed = $"{array}_0", $"{array}_1"
    let state task =
        let _, output, _ = slurm.Run("scontrol", [ "show"; "job"; task ])
        output
    // The signal that Slurm sends shortly before a task's time limit.
    slurm.Run("scancel", [ "--signal=USR1"; "--batch"; noticed ]) |> ignore
    // As the kernel does when memory runs out.
    slurm.KillTraining "1"
    // Each task's script queues it again.
    for task in [ killed; noticed ] do
        until 30.0 (fun () -> (state task).Contains "Restarts=1")
    // By default Slurm waits two minutes before it restarts a task. A restart within the same second fails, because
    // Slurm confuses the new start's credential with the revoked one.
    for task in [ killed; noticed ] do
        slurm.Run("scontrol", [ "update"; $"jobid={task}"; "starttime=now+3" ])
        |> ignore
    Assert.True(RunPlan.isKept (Path.Combine(slurm.Folder, "runs")) "tiny", "The plan is not stored.")

    submitted.WaitForExit()
    Assert.True((submitted.ExitCode = 0 && errors.Result = ""), errors.Result + slurm.Logs)
    Assert.Contains("tiny: As jobs", output.Result)
    for task in [ killed; noticed ] do
        Assert.Contains("Restarts=1", state task)
    undisturbed.WaitForExit()
    Assert.Equal(0, undisturbed.ExitCode)
    Assert.Contains("tiny: As jobs", quietly.Result)
    Assert.Equal<string list list>(
        table (Path.Combine(slurm.Folder, "undisturbed")),
        table (Path.Combine(slurm.Folder, "runs"))
    )

let private small = tiny.Replace("seeds [ 1 ]", "seeds [ 1; 2 ]")

[<Fact>]
let ``impossible requests, failed preparations, drained nodes, repeated submissions and cancelled tasks are explained``
    ()
    =
    use slurm = new OneNode()
    let within name = Path.Combine(slurm.Folder, name)
    File.WriteAllText(within "tiny.fsx", small)
    File.WriteAllText(
        within "status.fsx",
        $"""#load "{Path.Combine(root, "experiments", "sed.fsx")}"
for line in Sed.Runner.SubmittedJobs.describe "runs" do
    System.Console.WriteLine line
"""
    )
    let arguments more =
        [ "fsi"; "tiny.fsx"; "--profile"; "paper"; "--on"; "slurm" ] @ more
    let submit more = slurm.Run("dotnet", arguments more)

    let code, _, errors = submit [ "--out"; "refused"; "--cpus"; "1000" ]
    Assert.Equal(2, code)
    Assert.Contains(
        "Slurm can never start these jobs, so they were cancelled: no node of the partition has what the job requests (PartitionConfig)",
        errors
    )

    let code, _, errors =
        submit [
            "--out"
            "unprepared"
            "--wait"
            "--setup"
            "echo no such module >&2; exit 7"
        ]
    Assert.Equal(1, code)
    Assert.Matches(
        @"No trial was started, because the preparation \(job \d+\) did not succeed: failed with exit code 7 on \S+\. Its log: unprepared/slurm/tiny-prepare-\d+\.out\r?\n    no such module",
        errors
    )

    let node state =
        slurm.Run("scontrol", [ "update"; $"nodename={slurm.Node}"; $"state={state}"; "reason=disk" ])
        |> ignore
    node "drain"
    use waiting = slurm.Start("dotnet", arguments [ "--out"; "runs"; "--wait" ])
    let errors = waiting.StandardError.ReadToEndAsync()
    let first = nonNull (waiting.StandardOutput.ReadLine())
    // Arrays have at most two tasks here.
    let array =
        Regex.Match(first, @"array job (\d+) trains 4 trials in 2 tasks").Groups[1].Value
    Assert.True(array <> "", first)
    Assert.Contains("drained", (nonNull (waiting.StandardOutput.ReadLine())).ToLowerInvariant())
    let output = waiting.StandardOutput.ReadToEndAsync()
    let code, status, _ = slurm.Run("dotnet", [ "fsi"; "status.fsx" ])
    Assert.Equal(0, code)
    Assert.Contains("drained", status.ToLowerInvariant())
    Assert.Contains($"runs/slurm/tiny-{array}_1-dropout-0.2-seed-1-and-1-more.out", status)
    let code, again, _ = submit [ "--out"; "runs" ]
    Assert.Equal(0, code)
    Assert.StartsWith(
        $"Already waiting or running in job {array}, so not submitted again: 4 trials (of 4 without a result).",
        again
    )

    node "resume"
    let trials = within "runs/trials"
    until 120.0 (fun () ->
        Directory.Exists trials
        && Directory.GetFiles(trials, "checkpoint.npz", SearchOption.AllDirectories).Length = 2)
    slurm.Run("scancel", [ $"{array}_0" ]) |> ignore
    waiting.WaitForExit()
    Assert.Equal(1, waiting.ExitCode)
    Assert.Contains("tasks: ", output.Result)
    Assert.Contains(
        $"dropout 0.1, seed 1 and 1 more (job {array}_0): cancelled. Its log: runs/slurm/tiny-{array}_0-",
        errors.Result
    )
    let code, output, errors = submit [ "--out"; "runs"; "--wait" ]
    Assert.True((code = 0), output + errors + slurm.Logs)
    Assert.Contains("trains 2 trials in 2 tasks", output)
    Assert.Contains("tiny: As jobs", output)

let private searching =
    tiny
        .Replace("epochs 25", "epochs 4")
        .Replace(
            "vary Dropout [ 0.1; 0.2 ]",
            "sample 4 [ draw Dropout (uniform 0.0 0.5) ]\n        search (halving { eta 2 })"
        )

[<Fact>]
let ``a search trains each rung as an array job, and gives the same table as a local search with several processes``
    ()
    =
    use slurm = new OneNode()
    let within name = Path.Combine(slurm.Folder, name)
    File.WriteAllText(within "tiny.fsx", searching)
    // A submission without --wait: no process follows the jobs.
    let code, output, errors =
        slurm.Run("dotnet", [ "fsi"; "tiny.fsx"; "--on"; "slurm"; "--out"; "runs" ])
    Assert.True((code = 0), errors + slurm.Logs)
    let rungs =
        Regex.Matches(output, @"array job \d+ trains (?:the best )?(\d) trials?")
        |> Seq.map _.Groups[1].Value
    Assert.Equal<string list>([ "4"; "2"; "1" ], List.ofSeq rungs)
    let _, again, _ =
        slurm.Run("dotnet", [ "fsi"; "tiny.fsx"; "--on"; "slurm"; "--out"; "runs" ])
    Assert.Contains("so not submitted again: 7 trials (of 7 without a result).", again)
    let code, _, errors =
        slurm.Run("dotnet", [ "fsi"; "tiny.fsx"; "--out"; "local"; "--jobs"; "3"; "--no-report" ])
    Assert.True((code = 0), errors)
    let code, output, errors =
        slurm.Run("dotnet", [ "fsi"; "tiny.fsx"; "--on"; "slurm"; "--wait"; "--out"; "runs"; "--no-report" ])
    Assert.True((code = 0), output + errors + slurm.Logs)
    Assert.DoesNotContain("paused after", output)
    Assert.Equal<string list list>(table (within "local"), table (within "runs"))
