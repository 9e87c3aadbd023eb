namespace Sed.Runner

open System
open System.IO
open System.Text.Json
open Sed.Core.Runtime

/// A trial of a submitted task.
type SubmittedTrial = {
    Name: string
    /// Identifies the trial before the preparation, when the hash of its data is unknown: its
    /// `Specification.identityKey` or, if a search has not chosen the trial yet, the provisional key of its place.
    Key: string
}

type SubmittedTask = {
    Trials: SubmittedTrial list
    Log: string
    /// The file for Slurm's own messages. It exists only if there are such messages.
    SlurmLog: string
}

/// A submission: the job that prepares corpora and features, and an array job that trains trials (for a search, one of
/// several). It is stored in the run folder, so that other processes can report the state of the jobs and do not submit
/// the same trials again.
type SubmittedJobs = {
    Name: string
    /// The names of the experiments and of their tables.
    Tables: string list
    Prepare: string
    PrepareLog: string
    Array: string
    Tasks: SubmittedTask list
}

/// The current state of a submission according to Slurm.
type internal SubmissionState = {
    Jobs: SubmittedJobs
    /// The state of the preparation; None if Slurm has no record of that job.
    Prepare: Slurm.JobState option
    /// The state of each task; None for tasks of which Slurm has no record.
    Tasks: (SubmittedTask * Slurm.JobState option) list
}

module internal SlurmJobs =
    let private options = JsonSerializerOptions(WriteIndented = true)

    let private folder (out: string) = Path.Combine(out, "slurm")

    let save (out: string) (jobs: SubmittedJobs) =
        let file =
            Path.Combine(folder out, $"{SlurmScript.plainName jobs.Name}-{jobs.Array}.json")
        Directory.CreateDirectory(folder out) |> ignore
        AtomicFile.Write(file, JsonSerializer.Serialize(jobs, options))

    /// Reads all submissions of a run folder, the latest first. Submissions with unreadable files are left out.
    let load (out: string) : SubmittedJobs list =
        if not (Directory.Exists(folder out)) then
            []
        else
            [
                for file in
                    DirectoryInfo(folder out).GetFiles "*.json"
                    |> Array.sortByDescending _.LastWriteTimeUtc do
                    try
                        match JsonSerializer.Deserialize<SubmittedJobs>(File.ReadAllText file.FullName, options) with
                        | null -> ()
                        // Earlier versions did not store the names of the tables.
                        | jobs when isNull (box jobs.Tables) -> { jobs with Tables = [ jobs.Name ] }
                        | jobs -> jobs
                    with
                    | :? JsonException
                    | :? IOException -> ()
            ]

    /// Whether a submission, or one of its experiments or tables, has the name `name`.
    let isNamed (name: string) (jobs: SubmittedJobs) =
        jobs.Name = name || List.contains name jobs.Tables

    let private isActive (state: Slurm.JobState option) = state |> Option.exists Slurm.isActive

    /// Asks Slurm for the state of a submission. None if Slurm cannot be reached. `before` is the last known state; it
    /// is kept for jobs that Slurm has dropped from its records.
    let state (before: SubmissionState option) (jobs: SubmittedJobs) : SubmissionState option =
        let prepareBefore = before |> Option.bind _.Prepare
        let prepare =
            if prepareBefore.IsSome && not (isActive prepareBefore) then
                Some prepareBefore
            else
                Slurm.states jobs.Prepare
                |> Option.map (List.tryHead >> Option.orElse prepareBefore)
        match prepare, Slurm.states jobs.Array with
        | Some prepare, Some tasks ->
            let known = Map [ for task in tasks -> task.Task, task ]
            let stateOf index =
                Map.tryFind (Some index) known
                |> Option.orElse (Map.tryFind (Some Slurm.remainingTasks) known)
                |> Option.orElse (before |> Option.bind (fun before -> snd before.Tasks[index]))
            Some {
                Jobs = jobs
                Prepare = prepare
                Tasks = [ for index, task in List.indexed jobs.Tasks -> task, stateOf index ]
            }
        | _ -> None

    /// Whether a job of the submission is waiting or running.
    let isAnyActive (state: SubmissionState) =
        isActive state.Prepare || state.Tasks |> List.exists (snd >> isActive)

    /// The keys of the trials in waiting or running tasks, each with the task's array job.
    let activeTrials (states: SubmissionState list) =
        dict [
            for state in states do
                for task, own in state.Tasks do
                    if isActive own then
                        for trial in task.Trials -> trial.Key, state.Jobs.Array
        ]

    /// The name of a task's first trial, with the number of further trials: "weight 1, seed 2" or "weight 1, seed 2 and
    /// 3 more".
    let trialNames (task: SubmittedTask) =
        match task.Trials with
        | [] -> ""
        | [ only ] -> only.Name
        | first :: rest -> $"{first.Name} and {rest.Length} more"

    /// The log of a task, followed by the file with Slurm's messages if there are any.
    let logs (task: SubmittedTask) =
        if File.Exists task.SlurmLog && FileInfo(task.SlurmLog).Length > 0L then
            $"{task.Log}, Slurm's messages: {task.SlurmLog}"
        else
            task.Log

    let private inState (state: Slurm.JobState option) =
        match state with
        | Some state -> Slurm.describe state
        | None -> "no longer in Slurm's records, because it ended some minutes ago or was cancelled before its start"

    /// One line for each job: the preparation and all tasks, each with its state and its log.
    let lines (state: SubmissionState) = [
        $"preparation, job {state.Jobs.Prepare}: {inState state.Prepare}; log: {state.Jobs.PrepareLog}"
        for index, (task, own) in List.indexed state.Tasks do
            $"{trialNames task}, job {state.Jobs.Array}_{index}: {inState own}; log: {logs task}"
    ]

    /// The number of tasks in each state, for example "2 running, 4 waiting for free resources (Resources)".
    let summary (state: SubmissionState) =
        let words (own: Slurm.JobState option) =
            match own with
            | Some own when own.State = "RUNNING" -> "running"
            | other -> inState other
        let tasks =
            state.Tasks
            |> List.countBy (snd >> words)
            |> List.map (fun (words, count) -> $"{count} {words}")
            |> String.concat ", "
        match state.Prepare with
        | Some prepare when Slurm.isActive prepare -> $"preparation {Slurm.describe prepare}"
        | Some prepare when prepare.State <> "COMPLETED" -> $"preparation {Slurm.describe prepare}; tasks: {tasks}"
        | _ -> $"tasks: {tasks}"

    let private lastLines count (file: string) =
        try
            File.ReadAllLines file
            |> Array.filter (fun line -> line.Trim() <> "")
            |> Array.rev
            |> Array.truncate count
            |> Array.rev
            |> List.ofArray
        with
        | :? IOException
        | :? UnauthorizedAccessException -> []

    /// The last lines of a log, indented.
    let private ending (file: string) = [ for line in lastLines 3 file -> $"    {line}" ]

    /// The causes of missing results: each job that did not succeed, its final state, its log and the log's last lines.
    /// `isOpen` is false for the keys of trials with a result.
    let explain (isOpen: string -> bool) (state: SubmissionState) : string list = [
        match state.Prepare with
        | Some prepare when not (Slurm.isActive prepare) && prepare.State <> "COMPLETED" ->
            $"No trial was started, because the preparation (job {state.Jobs.Prepare}) did not succeed: {Slurm.describe prepare}. Its log: {state.Jobs.PrepareLog}"
            yield! ending state.Jobs.PrepareLog
        | _ ->
            for index, (task, own) in List.indexed state.Tasks do
                let isCause =
                    not (isActive own) && own |> Option.forall (fun own -> own.State <> "COMPLETED")
                if isCause && task.Trials |> List.exists (fun trial -> isOpen trial.Key) then
                    $"{trialNames task} (job {state.Jobs.Array}_{index}): {inState own}. Its log: {logs task}"
                    yield! ending task.Log
    ]

/// The jobs that were submitted from a run folder.
module SubmittedJobs =
    /// Lists the state and the log of every job and task of all submissions with active jobs. If no job is active,
    /// lists the jobs and tasks of the last submission. The lines of each submission begin with a heading. `run` is a
    /// run folder, or the path RUN/NAME for the submissions of one experiment or table. Throws InvalidDataException if
    /// the run folder does not exist, no job was submitted from it, or Slurm cannot be reached.
    let describe (run: string) : string list =
        let folder, name =
            match Path.GetDirectoryName(run.TrimEnd('/', '\\')) with
            | null
            | "" -> run, None
            | parent when Directory.Exists run || not (Directory.Exists parent) -> run, None
            | parent -> parent, Some(string (Path.GetFileName(run.TrimEnd('/', '\\'))))
        if not (Directory.Exists folder) then
            raise (
                InvalidDataException
                    $"{folder}: no such run folder. Name the folder that the script wrote, for example runs."
            )
        let jobs =
            SlurmJobs.load folder
            |> List.filter (fun jobs -> name |> Option.forall (fun name -> SlurmJobs.isNamed name jobs))
        if jobs.IsEmpty then
            let what = name |> Option.defaultValue "this folder"
            raise (
                InvalidDataException
                    $"{run}: no jobs of {what} were submitted to Slurm. `seddsl report NAME --runs {folder} --serve` follows a run on this machine."
            )
        let states =
            jobs
            |> List.map (fun jobs ->
                match SlurmJobs.state None jobs with
                | Some state -> state
                | None -> raise (InvalidDataException $"Slurm gave no state for job {jobs.Array}. Try again later."))
        let shown =
            match states |> List.filter SlurmJobs.isAnyActive with
            | [] -> [ states.Head ]
            | active -> active
        [
            for state in shown do
                $"{state.Jobs.Name}: {SlurmJobs.summary state}"
                for line in SlurmJobs.lines state do
                    $"  {line}"
        ]
