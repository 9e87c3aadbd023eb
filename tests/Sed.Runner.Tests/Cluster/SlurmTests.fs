/// Training a script's trials as Slurm jobs.
module Sed.Runner.Tests.Cluster.SlurmTests

open System
open System.Diagnostics
open System.IO
open System.Text.RegularExpressions
open System.Threading
open Xunit
open Sed.Tests
open Sed
open Sed.Runner

let private plain: SlurmOptions = {
    Partition = None
    Time = None
    Gpus = None
    Cpus = None
    Account = None
    More = None
    MoreForPreparation = None
    MoreForTrials = None
    Setup = []
    BatchTrials = 1
    ParallelTrials = 1
    MaxTasks = None
    Wait = false
    DryRun = true
}

let private everything = {
    plain with
        Partition = Some "gpu"
        Time = Some "1-12"
        Gpus = Some 1
        Cpus = Some 4
        Account = Some "ears"
        More = Some "--mem=16G --comment='two words'"
        MoreForPreparation = Some "--mem=64G"
        MoreForTrials = Some "--constraint=a100"
        Setup = [ "module load cuda" ]
        ParallelTrials = 2
        MaxTasks = Some 8
}

let private script options =
    SlurmScript.text options "table 2" "runs/slurm" [ "dotnet"; "fsi"; "it's.fsx"; "--only"; "weight 1" ] [
        {
            Trials = [ 1; 2 ]
            LogName = "weight-1-seed-1-and-1-more"
        }
        {
            Trials = [ 5 ]
            LogName = "weight-3-seed-1"
        }
    ]

[<Fact>]
let ``the submission script contains all options`` () =
    let lines = (script everything).Split '\n'
    for line in
        [
            "#SBATCH --job-name=table-2-prepare"
            "#SBATCH --output=runs/slurm/%x-%A_%a.slurm"
            "#SBATCH --partition=gpu"
            "#SBATCH --time=1-12"
            "#SBATCH --gpus=1"
            "#SBATCH --cpus-per-task=4"
            "#SBATCH --account=ears"
            "#SBATCH --mem=16G --comment='two words'"
            "#SBATCH --array=0-1%8"
            "#SBATCH --constraint=a100"
            "names=(weight-1-seed-1-and-1-more weight-3-seed-1)"
            "log=${own%.slurm}-${names[$SLURM_ARRAY_TASK_ID]}.out"
            "for ((i = 0; i < 2; i++)); do"
            "#SBATCH --requeue"
            "#SBATCH --signal=B:USR1@60"
            "parts=(1,2 5)"
            @"exec dotnet fsi 'it'\''s.fsx' --only 'weight 1' --prepare"
        ] do
        Assert.Contains(line, lines)
    Assert.Contains("--dependency=\"afterok:$prepare\"", script everything)
    let job number =
        (script everything).Split "END_OF_JOB" |> Array.item number
    Assert.Contains("#SBATCH --mem=64G\nmodule load cuda\nexec dotnet", job 1)
    Assert.DoesNotContain("--constraint", job 1)
    Assert.DoesNotContain("--mem=64G", job 3)
    Assert.Contains("\nmodule load cuda\n", job 3)

[<Fact>]
let ``the submission script is valid bash and contains only the given paths`` () =
    for options in [ plain; everything ] do
        let text = script options
        let info =
            ProcessStartInfo("bash", [ "-n" ], RedirectStandardInput = true, RedirectStandardError = true)
        use bash = nonNull (Process.Start info)
        bash.StandardInput.Write text
        bash.StandardInput.Close()
        Assert.Equal("", bash.StandardError.ReadToEnd())
        let paths =
            Regex.Matches(text, @"[^\s=""']*/[^\s""']*")
            |> Seq.map _.Value
            |> Seq.filter (fun path -> path <> "#!/usr/bin/env" && path <> "2>/dev/null;" && path <> ">/dev/null;")
            |> Seq.filter (fun path -> path <> "2>/dev/null" && path <> "/" && not (path.StartsWith "runs/slurm"))
        Assert.Empty paths

let private problems arguments =
    match Options.parse "small.fsx" "runs" arguments with
    | Some(_, problems) -> List.map Problem.print problems
    | None -> []

[<Fact>]
let ``Slurm options without --on slurm are reported at once`` () =
    Assert.Equal<string list>(
        [
            for word in [ "--partition"; "--gpus"; "--batch-trials"; "--wait" ] ->
                $"{word}: this option requires --on slurm; add --on slurm, or leave this option out"
        ],
        problems [ "--partition"; "gpu"; "--gpus"; "1"; "--batch-trials"; "2"; "--wait" ]
    )

[<Fact>]
let ``invalid Slurm options are reported with remedies`` () =
    Assert.Equal<string list>(
        [
            "--partition: 'a b' is not a single word; give a value that sbatch accepts"
            "--time: a limit of 60 s leaves no time to train, because tasks are stopped 60 s before their limit; give several minutes"
            "--gpus: 0 is too few; give at least 1"
            "--slurm: 'mem=3' is not a line of sbatch options; give all options in one line, for example --slurm \"--mem=16G --constraint=a100\""
            "--setup: 'a\\nb' has more than one line; use a separate --setup for each line"
            "--batch-trials: 0 is too few; give at least 1"
            "--jobs: this option is for trials on this machine; use --parallel-trials N for the trials that a task trains at the same time"
            for word in [ "--verify"; "--export-model" ] do
                $"{word}: there is no table until the jobs have ended; add --wait, or use this option without --on slurm when they have ended"
        ],
        problems [
            yield! [
                "--on"
                "slurm"
                "--dry-run"
                "--partition"
                "a b"
                "--gpus"
                "0"
                "--slurm"
                "mem=3"
                "--time"
                "1"
                "--setup"
                "a\nb"
            ]
            yield! [ "--batch-trials"; "0"; "--jobs"; "2"; "--verify"; "--export-model"; "m.sed" ]
        ]
    )
    Assert.Equal<string list>([ "--on: unknown cluster 'pbs'; give slurm" ], problems [ "--on"; "pbs" ])

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

[<Fact>]
let ``the tasks of arrays and accounts are read`` () =
    let states =
        Slurm.readJobs
            "JobId=49 ArrayJobId=49 ArrayTaskId=0,2-3%2 JobState=PENDING Reason=Resources ExitCode=0:0 Restarts=0 NodeList=(null)\nJobId=50 ArrayJobId=49 ArrayTaskId=1 JobState=FAILED Reason=NonZeroExitCode ExitCode=0:9 Restarts=1 NodeList=n7\n"
    Assert.Equal<(int option * string) list>(
        [
            for task in [ 0; 2; 3 ] do
                yield Some task, "waiting for free resources (Resources)"
            yield Some 1, "killed by signal 9 on n7"
        ],
        [ for state in states -> state.Task, Slurm.describe state ]
    )
    Assert.Equal<(int option * string) list>(
        [
            None, "completed"
            Some 0, "cancelled"
            Some 1, "killed for lack of memory on n7; request more with --slurm-trials \"--mem=...\""
        ],
        [
            for state in
                Slurm.readAccounting
                    "48|COMPLETED|0:0|None|n7\n49_0|CANCELLED by 1000|0:15|None|n7\n49_1|OUT_OF_MEMORY|0:125|None|n7\n" ->
                state.Task, Slurm.describe state
        ]
    )

[<Fact>]
let ``time limits are read in all formats of sbatch`` () =
    Assert.Equal<int64 option list>(
        [
            Some 1800L
            Some 90L
            Some 3661L
            Some 129600L
            Some 131400L
            Some 90061L
            None
            None
        ],
        [
            for limit in [ "30"; "1:30"; "1:1:1"; "1-12"; "1-12:30"; "1-1:1:1"; "UNLIMITED"; "a:b" ] ->
                SlurmOptions.seconds limit
        ]
    )

[<Fact>]
let ``tasks stay within the maximum size of an array`` () =
    let sizes maximum options =
        SlurmOptions.tasks maximum options [ 1..10 ] |> List.map List.length
    Assert.Equal<int list>(List.replicate 10 1, sizes 1001 plain)
    Assert.Equal<int list>([ 4; 4; 2 ], sizes 3 plain)
    Assert.Equal<int list>([ 5; 5 ], sizes 3 { plain with BatchTrials = 5 })
    Assert.Equal<int list>([ 2; 2; 2; 2; 2 ], sizes 1001 { plain with ParallelTrials = 2 })

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
        @"The preparation \(job \d+\) failed with exit code 7 on \S+, so no trial was started\. Its log: unprepared/slurm/tiny-prepare-\d+\.out\r?\n    no such module",
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
        $"4 trials of 4 without a result already waiting or running in job {array}; not submitted again.",
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
