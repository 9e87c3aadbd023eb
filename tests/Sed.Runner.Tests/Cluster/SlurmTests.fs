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
    BatchTrials = 1
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
}

let private script options =
    SlurmScript.text options "table 2" "runs/slurm" [ "dotnet"; "fsi"; "it's.fsx"; "--only"; "weight 1" ] [
        [ 1; 2 ]
        [ 5 ]
    ]

[<Fact>]
let ``the submission script contains all options`` () =
    let lines = (script everything).Split '\n'
    for line in
        [
            "#SBATCH --job-name=table-2-prepare"
            "#SBATCH --output=runs/slurm/%x-%A_%a.out"
            "#SBATCH --partition=gpu"
            "#SBATCH --time=1-12"
            "#SBATCH --gpus=1"
            "#SBATCH --cpus-per-task=4"
            "#SBATCH --account=ears"
            "#SBATCH --mem=16G --comment='two words'"
            "#SBATCH --array=0-1"
            "#SBATCH --requeue"
            "#SBATCH --signal=B:USR1@60"
            "parts=(1,2 5)"
            @"exec dotnet fsi 'it'\''s.fsx' --only 'weight 1' --prepare"
        ] do
        Assert.Contains(line, lines)
    Assert.Contains("--dependency=\"afterok:$prepare\"", script everything)

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
            |> Seq.filter (fun path -> not (path.StartsWith "runs/slurm"))
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
                $"{word}: an option for Slurm; add --on slurm, or leave it out"
        ],
        problems [ "--partition"; "gpu"; "--gpus"; "1"; "--batch-trials"; "2"; "--wait" ]
    )

[<Fact>]
let ``invalid Slurm options are reported with remedies`` () =
    Assert.Equal<string list>(
        [
            "--partition: 'a b' is not a single word; give a value that sbatch accepts"
            "--gpus: 0 is too few; give at least 1"
            "--slurm: 'mem=3' is not a line of sbatch options; give all options in one line, for example --slurm \"--mem=16G --constraint=a100\""
            "--batch-trials: 0 is too few; give at least 1"
            "--jobs: a Slurm task trains one trial at a time; leave it out, or use --batch-trials N"
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

let rec private until (seconds: float) (reached: unit -> bool) =
    Assert.True(seconds > 0.0, "It takes too long.")
    if not (reached ()) then
        Thread.Sleep 100
        until (seconds - 0.1) reached

/// The stored table without training times.
let private table (out: string) =
    let lines = File.ReadAllLines(Path.Combine(out, "tables", "tiny-paper.csv"))
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
        slurm.Start("dotnet", [ "fsi"; "tiny.fsx"; "--profile"; "paper"; "--out"; out ] @ more)
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
    slurm.Run("scancel", [ "--signal=KILL"; "--full"; killed ]) |> ignore
    for task in [ killed; noticed ] do
        until 30.0 (fun () -> not ((state task).Contains "JobState=RUNNING"))
    Assert.Equal((0, "", ""), slurm.Run("scontrol", [ "requeue"; killed ]))
    // By default Slurm waits two minutes before it restarts a task. A restart within the same second fails, because Slurm confuses
    // the new start's credential with the revoked one.
    for task in [ killed; noticed ] do
        slurm.Run("scontrol", [ "update"; $"jobid={task}"; "starttime=now+3" ])
        |> ignore
    Assert.True(RunPlan.isKept (Path.Combine(slurm.Folder, "runs")) "tiny-paper", "The plan is not stored.")

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
