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
        [
            {
                Part = "1,2"
                LogName = "weight-1-seed-1-and-1-more"
            }
            {
                Part = "5"
                LogName = "weight-3-seed-1"
            }
        ]
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
            "--jobs: this option is for trials on this machine; use --parallel-trials N to set how many trials a task trains at the same time"
            for word in [ "--verify"; "--export-model" ] do
                $"{word}: there is no table until the jobs have ended; add --wait, or use this option without --on slurm when the jobs have ended"
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
            Some 1,
            "killed for lack of memory on n7; request more with \"--mem=...\" in --slurm-trials (for the preparation: --slurm-prepare)"
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

[<Fact>]
let ``the processes of a task are distributed over its GPUs unless a device is given`` () =
    let command device options =
        SlurmScript.text options "tiny" "runs/slurm" ([ "dotnet"; "fsi"; "tiny.fsx" ] @ device) [
            [ { Part = "1,2"; LogName = "both" } ]
        ]
        |> _.Split('\n')
        |> Array.find _.Contains("--worker")
    let with' gpus processes = {
        plain with
            Gpus = gpus
            ParallelTrials = processes
    }
    Assert.StartsWith(
        "    dotnet fsi tiny.fsx --device \"cuda:$(( i % 2 ))\" --part \"$part\" ",
        command [] (with' (Some 2) 4)
    )
    for gpus, processes in [ Some 2, 1; Some 1, 2; None, 2 ] do
        Assert.StartsWith("    dotnet fsi tiny.fsx --part ", command [] (with' gpus processes))
    Assert.StartsWith(
        "    dotnet fsi tiny.fsx --device cuda:1 --part ",
        command [ "--device"; "cuda:1" ] (with' (Some 2) 2)
    )

[<Fact>]
let ``jobs are found by the name of each of their experiments and tables, also those of earlier versions`` () =
    let out = Directory.CreateTempSubdirectory("sed-jobs-").FullName
    let jobs: SubmittedJobs = {
        Name = "table2-table3"
        Tables = [ "table2"; "table2-quick"; "table3" ]
        Prepare = "7"
        PrepareLog = "runs/slurm/prepare.out"
        Array = "8"
        Tasks = []
    }
    SlurmJobs.save out jobs
    let namesOf names = [
        for name in names do
            for jobs in SlurmJobs.load out do
                if SlurmJobs.isNamed name jobs then
                    name
    ]
    let known = [ "table2-table3"; "table2"; "table2-quick"; "table3" ]
    Assert.Equal<string list>(known, namesOf ("table" :: known))

    let file = Directory.GetFiles(Path.Combine(out, "slurm")) |> Array.exactlyOne
    let earlier = Regex.Replace(File.ReadAllText file, "\"Tables\": \\[[^\\]]*\\],", "")
    Assert.DoesNotContain("Tables", earlier)
    File.WriteAllText(file, earlier)
    Assert.Equal<string list>([ "table2-table3" ], namesOf known)
    Directory.Delete(out, true)
