/// Submits the plans of a script to Slurm.
module internal Sed.Runner.Submission

open System
open System.Collections.Generic
open System.IO
open System.Threading
open Sed
open Sed.Runner.SubmissionPlaces

/// A path in the run folder, relative to the current folder unless `--out` was given as a full path.
let private fromHere (options: Options) (arguments: string list) (path: string) =
    let path =
        if List.contains "--out" arguments && Path.IsPathRooted options.Out then
            path
        else
            Path.GetRelativePath(Environment.CurrentDirectory, path)
    path.Replace('\\', '/')

/// The folder of the jobs' logs.
let private logsOf (options: Options) (arguments: string list) =
    fromHere options arguments (Path.Combine(options.Out, "slurm"))

/// A submission before Slurm has numbered its jobs. It has an array job for each rung.
type private Draft = {
    Name: string
    Tables: string list
    Logs: string
    Rungs: (SlurmScript.Task * Place list) list list
    Script: string
}

let private draft
    (options: Options)
    slurm
    script
    arguments
    (plans: Plan list)
    (rungs: (int * (int * Place) list) list)
    : Draft =
    let name = [ for plan in plans -> plan.Experiment.Name ] |> String.concat "-"
    let retry = if options.RetryFailed then [ "--retry-failed" ] else []
    let device =
        match options.Device with
        | "auto" -> []
        | "cuda" when SlurmScript.usesSeveralGpus slurm -> []
        | device -> [ "--device"; device ]
    // The jobs run a copy, so that later edits of the script do not affect them.
    let copy = ScriptFiles.copy (Path.Combine(options.Out, "scripts")) script
    let command =
        [ "dotnet"; "fsi"; fromHere options arguments copy ]
        @ WorkerProcesses.Arguments arguments
        @ [ "--plan-key"; Plan.key plans ]
        @ device
        @ retry
    let tasksOf (index, places: (int * Place) list) = [
        for own in SlurmOptions.tasks (Slurm.mostTasks ()) slurm places do
            let more = if own.Length = 1 then "" else $"-and-{own.Length - 1}-more"
            let numbers = [ for number, _ in own -> string number ] |> String.concat ","
            {
                SlurmScript.Part = if index = 0 then numbers else $"{index + 1}:{numbers}"
                SlurmScript.LogName = SlurmScript.plainName (snd own.Head).Name + more
            },
            List.map snd own
    ]
    let rungs = List.map tasksOf rungs
    let logs = logsOf options arguments
    {
        Name = name
        Tables =
            List.distinct [
                for plan in plans do
                    plan.Experiment.Name
                    plan.FileName
            ]
        Logs = logs
        Rungs = rungs
        Script = SlurmScript.text slurm name logs command [ for tasks in rungs -> List.map fst tasks ]
    }

/// The records of a submission, one for each array job.
let private submitted (draft: Draft) (jobs: Slurm.Jobs) : SubmittedJobs list = [
    for array, tasks in List.zip jobs.Arrays draft.Rungs ->
        {
            Name = draft.Name
            Tables = draft.Tables
            Prepare = jobs.Prepare
            PrepareLog = SlurmScript.prepareLog draft.Logs draft.Name jobs.Prepare
            Array = array
            Tasks = [
                for index, (task, places) in List.indexed tasks ->
                    {
                        Trials = [ for place in places -> { Name = place.Name; Key = place.Key } ]
                        Log = SlurmScript.taskLog draft.Logs draft.Name array index task
                        SlurmLog = SlurmScript.slurmLog draft.Logs draft.Name array index
                    }
            ]
        }
]

/// Polls a job until it starts or waits for resources. Returns Slurm's reason if the job can never start. Slurm first
/// gives new jobs a provisional reason, so a reason counts only if it is given twice in a row.
let rec private impossible (job: string) (before: string) (tries: int) (stop: CancellationToken) : string option =
    stop.WaitHandle.WaitOne(TimeSpan.FromSeconds 0.7) |> ignore
    stop.ThrowIfCancellationRequested()
    match Slurm.states job with
    | Some [ state ] when Slurm.isImpossible state ->
        if state.Reason = before then
            Some state.Reason
        else
            impossible job state.Reason tries stop
    | Some [ state ] when state.State = "PENDING" && state.Reason = "" && tries > 1 ->
        impossible job before (tries - 1) stop
    | _ -> None

/// The reason why the jobs can never start; None if they can. A probe job tests the options of the trials' tasks if
/// these differ from the options of the preparation.
let private refusal (slurm: SlurmOptions) (prepare: string) stop : string option =
    match impossible prepare "" 4 stop with
    | Some reason -> Some reason
    | None when slurm.Gpus.IsNone && slurm.MoreForTrials.IsNone -> None
    | None ->
        match Slurm.submitJob (SlurmScript.probe slurm) with
        | Error complaint -> Some complaint
        | Ok probe ->
            try
                impossible probe "" 4 stop
            finally
                Slurm.cancel [ probe ]

/// Submits the unfinished trials that are not part of another active job. Returns None once all trials are finished,
/// immediately or after `--wait`, so that the table can be shown; otherwise the exit code.
let run
    (options: Options)
    (display: Display)
    (slurm: SlurmOptions)
    script
    arguments
    (plans: Plan list)
    (stop: CancellationToken)
    =
    let reject (problem: Problem) =
        eprintfn $"{Problem.printAll script [ problem ]}"
        Some 2
    let submit (rungs: (int * (int * Place) list) list) =
        let draft = draft options slurm script arguments plans rungs
        match Slurm.submit draft.Script with
        | Error complaint -> Error(Problem.at "--on" $"Slurm rejected the jobs: {complaint}" "")
        | Ok jobs ->
            let refuse (reason: string) =
                Slurm.cancel (jobs.Prepare :: jobs.Arrays)
                Error(
                    Problem.at
                        "--on"
                        $"Slurm can never start these jobs, so they were cancelled: {Slurm.describeReason reason}"
                        "change the options for Slurm (sinfo shows what the partitions offer)"
                )
            let reason =
                try
                    refusal slurm jobs.Prepare stop
                with :? OperationCanceledException ->
                    Slurm.cancel (jobs.Prepare :: jobs.Arrays)
                    reraise ()
            match reason with
            | Some reason -> refuse reason
            | None ->
                let records = submitted draft jobs
                List.iter (SlurmJobs.save options.Out) records
                if options.RetryFailed then
                    for _, places in rungs do
                        reopen options.Out plans (List.map snd places)
                for index, (record, (_, places)) in List.indexed (List.zip records rungs) do
                    let trials = Text.count (List.length places) "trial"
                    let tasks = Text.count record.Tasks.Length "task"
                    if index = 0 then
                        printfn
                            $"Submitted: job {jobs.Prepare} prepares corpora and features, array job {record.Array} trains {trials} in {tasks}. Logs: {draft.Logs}"
                    else
                        printfn
                            $"Then array job {record.Array} trains the best {trials} of the previous rung further, in {tasks}."
                Ok records
    match openPlaces options.Out options.RetryFailed plans with
    | [] -> None
    | rungs when slurm.DryRun ->
        printf $"{(draft options slurm script arguments plans rungs).Script}"
        Some 0
    | rungs ->
        for warning in SlurmOptions.warnings slurm do
            eprintfn $"{warning}"
        let places = rungs |> List.collect snd |> List.map snd
        let isOpen =
            HashSet(List.collect (fun (place: Place) -> place.Keys) places).Contains
        let active =
            SlurmJobs.load options.Out
            |> List.filter (fun jobs ->
                jobs.Tasks
                |> List.exists (fun task -> task.Trials |> List.exists (fun trial -> isOpen trial.Key)))
            |> List.choose (SlurmJobs.state None)
            |> List.filter SlurmJobs.isAnyActive
        let taken = SlurmJobs.activeTrials active
        /// The array job that contains a place, if this job is waiting or running.
        let jobOf (place: Place) =
            place.Keys
            |> List.tryPick (fun key ->
                match taken.TryGetValue key with
                | true, job -> Some job
                | _ -> None)
        let mine = [
            for index, places in rungs do
                match places |> List.filter (fun (_, place) -> (jobOf place).IsNone) with
                | [] -> ()
                | own -> index, own
        ]
        let others = places |> List.filter (fun place -> (jobOf place).IsSome)
        let jobsOfOthers = others |> List.choose jobOf |> List.distinct
        if not others.IsEmpty then
            printfn
                $"""Already waiting or running in {String.concat ", " [ for job in jobsOfOthers -> $"job {job}" ]}, so not submitted again: {Text.count others.Length "trial"} (of {places.Length} without a result)."""
        let older = [
            for state in active do
                if List.contains state.Jobs.Array jobsOfOthers then
                    state.Jobs
        ]
        match
            (if mine.IsEmpty then
                 Ok older
             else
                 submit mine |> Result.map (fun jobs -> jobs @ older))
        with
        | Error problem -> reject problem
        | Ok jobs when slurm.Wait ->
            let isOpen () =
                HashSet(openKeys options.Out false plans).Contains
            SubmittedRun.waitFor options.Out display jobs plans isOpen stop
        | Ok _ ->
            printfn
                $"`seddsl status {options.Out}` shows the state of each task. When all tasks have ended, the same command without --on slurm prints the table."
            Some 0
