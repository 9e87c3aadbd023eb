/// Runs the commands of the installed Slurm.
module internal Sed.Runner.Slurm

open System
open System.Diagnostics
open System.Globalization
open System.IO
open System.Text.RegularExpressions

/// The job IDs of the submitted jobs: the preparation and the array job. A search has one array job for each rung.
type Jobs = { Prepare: string; Arrays: string list }

/// The state of a job, or of a task of an array job, as Slurm reports it.
type JobState = {
    /// The task's number in its array; None for a job without tasks.
    Task: int option
    /// Slurm's name of the state, for example PENDING, RUNNING or OUT_OF_MEMORY.
    State: string
    /// Slurm's reason for the state; empty without one.
    Reason: string
    ExitCode: int
    /// The signal that ended the job; 0 without one.
    Signal: int
    Restarts: int
    Nodes: string
}

/// Whether sbatch is on the PATH.
let isInstalled () =
    (Environment.GetEnvironmentVariable "PATH"
     |> Option.ofObj
     |> Option.defaultValue "")
        .Split
        Path.PathSeparator
    |> Array.exists (fun folder -> folder <> "" && File.Exists(Path.Combine(folder, "sbatch")))

/// Runs a program. Returns its output, or an error message if the program fails or does not exist.
let private outputOf (program: string) (arguments: string list) (input: string) =
    try
        let info =
            ProcessStartInfo(
                program,
                arguments,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true
            )
        use running = nonNull (Process.Start info)
        let errors = running.StandardError.ReadToEndAsync()
        running.StandardInput.Write input
        running.StandardInput.Close()
        let output = running.StandardOutput.ReadToEnd()
        running.WaitForExit()
        if running.ExitCode = 0 then
            Ok output
        else
            Error(errors.Result.Trim())
    with :? ComponentModel.Win32Exception as missing ->
        Error missing.Message

/// Runs a submission script. Returns Slurm's error message if it rejects the jobs.
let submit (script: string) : Result<Jobs, string> =
    outputOf "bash" [ "-s" ] script
    |> Result.map (fun output ->
        let numbers (name: string) = [
            for line in output.Split '\n' do
                if line.StartsWith(name + " ", StringComparison.Ordinal) then
                    line.Substring(name.Length + 1).Trim()
        ]
        {
            Prepare = List.exactlyOne (numbers "prepare")
            Arrays = numbers "array"
        })

/// Submits a job script. Returns the job's number, or Slurm's error message if the job is rejected.
let submitJob (script: string) : Result<string, string> =
    outputOf "sbatch" [ "--parsable" ] script
    |> Result.map (fun output -> output.Trim().Split(';').[0])

let cancel (jobs: string list) = outputOf "scancel" jobs "" |> ignore

/// Requeues a task that ended without success. Returns whether Slurm accepted the request.
let requeue (task: string) =
    match outputOf "scontrol" [ "requeue"; task ] "" with
    | Ok _ -> true
    | Error _ -> false

/// The maximum number of tasks of an array job. If Slurm does not state it, this is Slurm's default of 1,001.
let mostTasks () =
    match outputOf "scontrol" [ "show"; "config" ] "" with
    | Ok config ->
        let found = Regex.Match(config, @"(?m)^\s*MaxArraySize\s*=\s*(\d+)")
        // The maximum task number plus 1, because task numbers start at 0.
        if found.Success then int found.Groups[1].Value else 1001
    | Error _ -> 1001

let private number (text: string) =
    match Int32.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture) with
    | true, value -> value
    | _ -> 0

/// The value of `JobState.Task` in the one record that Slurm keeps for all tasks of an array job that have no record of
/// their own.
let remainingTasks = -1

/// The task numbers in a text such as "7", "0-3,8" or "0-999%10"; [None] for a job without tasks. Slurm shortens long
/// lists with "...".
let private tasksOf (text: string) : int option list =
    if text = "" then
        [ None ]
    elif text = "4294967294" then
        [ Some remainingTasks ]
    else
        let plain = text.Split('%').[0].Trim('[', ']')
        [
            for part in plain.Split(',', StringSplitOptions.RemoveEmptyEntries) do
                match part.Split('-') |> Array.map (fun side -> side.Split(':').[0]) with
                | [| first; last |] when Seq.forall Char.IsDigit (first + last) ->
                    yield! List.map Some [ number first .. number last ]
                | [| only |] when only <> "" && Seq.forall Char.IsDigit only -> Some(number only)
                | _ -> ()
        ]

let private exit (text: string) =
    match text.Split ':' with
    | [| code; signal |] -> number code, number signal
    | _ -> 0, 0

/// Reads the output of `scontrol show job --oneliner`.
let internal readJobs (output: string) : JobState list = [
    for line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries) do
        let field name =
            let found = Regex.Match(line, $@"(?:^|\s){name}=(\S*)")
            if found.Success && found.Groups[1].Value <> "(null)" then
                found.Groups[1].Value
            else
                ""
        if field "JobId" <> "" then
            let code, signal = exit (field "ExitCode")
            for task in tasksOf (field "ArrayTaskId") do
                {
                    Task = task
                    State = field "JobState"
                    Reason =
                        match field "Reason" with
                        | "None" -> ""
                        | reason -> reason.Replace('_', ' ')
                    ExitCode = code
                    Signal = signal
                    Restarts = number (field "Restarts")
                    Nodes = field "NodeList"
                }
]

/// Reads the output of `sacct --parsable2 --noheader --allocations --format=JobID,State,ExitCode,Reason,NodeList`.
let internal readAccounting (output: string) : JobState list = [
    for line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries) do
        match line.Split '|' with
        | [| job; state; exitCode; reason; nodes |] ->
            let code, signal = exit exitCode
            let task =
                match job.IndexOf '_' with
                | -1 -> ""
                | at -> job.Substring(at + 1)
            for task in tasksOf task do
                {
                    Task = task
                    State = state.Split(' ').[0] // "CANCELLED by 1000"
                    Reason = if reason = "None" then "" else reason.Replace('_', ' ')
                    ExitCode = code
                    Signal = signal
                    Restarts = 0
                    Nodes = nodes
                }
        | _ -> ()
]

/// The state of a job or of the tasks of an array job. Empty if Slurm has no record of the job: without accounting,
/// Slurm drops the record some minutes after the job's end. None if the state cannot be read, for example because
/// Slurm's controller is unavailable.
let states (job: string) : JobState list option =
    match outputOf "scontrol" [ "show"; "job"; "--oneliner"; job ] "" with
    | Ok output -> Some(readJobs output)
    | Error complaint when complaint.Contains "Invalid job id" ->
        match
            outputOf
                "sacct"
                [
                    "--parsable2"
                    "--noheader"
                    "--allocations"
                    "--format=JobID,State,ExitCode,Reason,NodeList"
                    "--jobs"
                    job
                ]
                ""
        with
        | Ok output -> Some(readAccounting output)
        | Error _ -> Some []
    | Error _ -> None // the controller may be temporarily unavailable

/// Whether a job or task is waiting or running.
let isActive (state: JobState) =
    List.contains state.State [
        "PENDING"
        "CONFIGURING"
        "RUNNING"
        "COMPLETING"
        "SUSPENDED"
        "STOPPED"
        "REQUEUED"
        "REQUEUE_FED"
        "REQUEUE_HOLD"
        "RESIZING"
        "SIGNALING"
        "STAGE_OUT"
    ]

/// Whether a waiting job can never start, because the reason for which it waits does not disappear with time or when
/// resources become free.
let isImpossible (state: JobState) =
    state.State = "PENDING"
    && List.exists (fun (reason: string) -> state.Reason.StartsWith reason) [
        "PartitionConfig"
        "PartitionTimeLimit"
        "PartitionNodeLimit"
        "BadConstraints"
        "AccountNotAllowed"
        "InvalidAccount"
        "InvalidQOS"
        "QOSNotAllowed"
        "AssocMaxWallDurationPerJobLimit"
        "QOSMaxWallDurationPerJobLimit"
        "AssocMaxCpuPerJobLimit"
        "QOSMaxCpuPerJobLimit"
        "QOSMaxCpuPerNode"
        "AssocMaxNodePerJobLimit"
        "QOSMaxNodePerJobLimit"
        "QOSMaxGRESPerJob"
        "AssocMaxGRESPerJob"
    ]

/// An explanation of Slurm's most common reasons for waiting; empty for other reasons.
let private meaning (reason: string) =
    match reason.Split(',').[0] with
    | "" -> ""
    | "Dependency" -> "for the preparation to succeed"
    | "DependencyNeverSatisfied" -> "for a preparation that failed"
    | "Resources" -> "for free resources"
    | "Priority" -> "for jobs of higher priority"
    | "JobArrayTaskLimit" -> "for other tasks to end (--max-tasks)"
    | "BeginTime" -> "for its start time; a requeued task waits for some time first"
    | "ReqNodeNotAvail" -> "for a node that is down, drained or reserved"
    | "JobHeldUser" -> "to be released: scontrol release"
    | "JobHeldAdmin" -> "to be released by an administrator"
    | "PartitionDown"
    | "PartitionInactive" -> "for its partition, which is down"
    | "PartitionConfig" -> "no node of the partition has what the job requests"
    | "PartitionTimeLimit" -> "the job's time limit exceeds the partition's limit"
    | "PartitionNodeLimit" -> "the job requests more nodes than the partition allows"
    | _ -> ""

/// Slurm's reason, preceded by its explanation if there is one.
let describeReason (reason: string) =
    match meaning reason with
    | "" -> reason
    | text -> $"{text} ({reason})"

/// A state in words, for example "waiting for free resources (Resources)" or "failed with exit code 3".
let describe (state: JobState) =
    let at = if state.Nodes = "" then "" else $" on {state.Nodes}"
    let restarted =
        if state.Restarts = 0 then
            ""
        else
            $", restarts: {state.Restarts}"
    match state.State with
    | "PENDING" when state.Reason = "" -> "waiting"
    | "PENDING" when isImpossible state -> $"can never start: {describeReason state.Reason}"
    | "PENDING" when meaning state.Reason = "" -> $"waiting: {state.Reason}"
    | "PENDING" -> $"waiting {describeReason state.Reason}"
    | "RUNNING" -> $"running{at}{restarted}"
    | "COMPLETED" -> "completed"
    | "FAILED" when state.Signal <> 0 -> $"killed by signal {state.Signal}{at}"
    // The exit code is 128 plus the signal's number.
    | "FAILED" when state.ExitCode > 128 && state.ExitCode <= 192 -> $"killed by signal {state.ExitCode - 128}{at}"
    | "FAILED" -> $"failed with exit code {state.ExitCode}{at}"
    | "CANCELLED" -> "cancelled"
    | "TIMEOUT" -> $"stopped at its time limit{at}"
    | "OUT_OF_MEMORY" ->
        $"killed for lack of memory{at}; request more with \"--mem=...\" in --slurm-trials (for the preparation: --slurm-prepare)"
    | "NODE_FAIL" -> $"lost with its node{at}"
    | "PREEMPTED" -> "preempted by another job"
    | "" -> "unknown to Slurm"
    | other -> $"{other.ToLowerInvariant()}{at}"
