/// Submits the plans of a script to Slurm.
module internal Sed.Runner.Submission

open System
open System.Collections.Generic
open System.IO
open System.Threading
open Sed

let private everyTrial (plans: Plan list) = List.collect Plan.allTrials plans

/// The plans reduced to the trials with the given numbers, from 1 in the order of the script.
let part (numbers: int list) (plans: Plan list) : Plan list =
    let chosen = set numbers
    let numbered =
        plans
        |> List.collect (fun plan -> [ for trial in Plan.allTrials plan -> plan, trial ])
        |> List.indexed
    [
        for plan in plans do
            let own = [
                for index, (other, trial) in numbered do
                    if obj.ReferenceEquals(other, plan) && chosen.Contains(index + 1) then
                        trial
            ]
            if not own.IsEmpty then
                {
                    plan with
                        Trials = own
                        Retrained = []
                        Needed = plan.Trials @ plan.Retrained @ plan.Needed
                }
    ]

/// The numbers of the trials without a result. If a corpus was never prepared, all its trials count.
let private openNumbers out retryFailed (plans: Plan list) = [
    for index, trial in List.indexed (everyTrial plans) do
        match
            PreparedCorpora.trialFolder out trial.Specification
            |> Option.map TrialFolder.state
        with
        | Some(Finished _) -> ()
        | Some(Failed _) when not retryFailed -> ()
        | _ -> index + 1
]

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

let private keyOf (trial: Trial) =
    Specification.identityKey trial.Specification

/// A submission before Slurm has numbered its jobs.
type private Draft = {
    Name: string
    Logs: string
    Tasks: (SlurmScript.Task * Trial list) list
    Script: string
}

let private draft (options: Options) slurm script arguments (plans: Plan list) (numbers: int list) : Draft =
    let name = [ for plan in plans -> plan.Experiment.Name ] |> String.concat "-"
    let retry = if options.RetryFailed then [ "--retry-failed" ] else []
    let device =
        if options.Device = "auto" then
            []
        else
            [ "--device"; options.Device ]
    // The jobs run a copy, so that later edits of the script do not affect them.
    let copy = ScriptFiles.copy (Path.Combine(options.Out, "scripts")) script
    let command =
        [ "dotnet"; "fsi"; fromHere options arguments copy ]
        @ WorkerProcesses.Arguments arguments
        @ [ "--plan-key"; Plan.key plans ]
        @ device
        @ retry
    let trials = everyTrial plans
    let tasks = [
        for numbers in SlurmOptions.tasks (Slurm.mostTasks ()) slurm numbers do
            let own = [ for number in numbers -> trials[number - 1] ]
            let more = if own.Length = 1 then "" else $"-and-{own.Length - 1}-more"
            {
                SlurmScript.Trials = numbers
                SlurmScript.LogName = SlurmScript.plainName own.Head.Name + more
            },
            own
    ]
    let logs = logsOf options arguments
    {
        Name = name
        Logs = logs
        Tasks = tasks
        Script = SlurmScript.text slurm name logs command (List.map fst tasks)
    }

/// The record of a submission.
let private submitted (draft: Draft) (jobs: Slurm.Jobs) : SubmittedJobs = {
    Name = draft.Name
    Prepare = jobs.Prepare
    PrepareLog = SlurmScript.prepareLog draft.Logs draft.Name jobs.Prepare
    Array = jobs.Array
    Tasks = [
        for index, (task, trials) in List.indexed draft.Tasks ->
            {
                Trials = [ for trial in trials -> { Name = trial.Name; Key = keyOf trial } ]
                Log = SlurmScript.taskLog draft.Logs draft.Name jobs.Array index task
                SlurmLog = SlurmScript.slurmLog draft.Logs draft.Name jobs.Array index
            }
    ]
}

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

/// Submits the unfinished trials that no other active job has. Returns None once all trials are finished, immediately
/// or after `--wait`, so that the table can be shown; otherwise the exit code.
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
    let submit (numbers: int list) =
        let draft = draft options slurm script arguments plans numbers
        match Slurm.submit draft.Script with
        | Error complaint -> Error(Problem.at "--on" $"Slurm rejected the jobs: {complaint}" "")
        | Ok jobs ->
            let refuse (reason: string) =
                Slurm.cancel [ jobs.Prepare; jobs.Array ]
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
                    Slurm.cancel [ jobs.Prepare; jobs.Array ]
                    reraise ()
            match reason with
            | Some reason -> refuse reason
            | None ->
                let record = submitted draft jobs
                SlurmJobs.save options.Out record
                printfn
                    $"""Submitted: job {jobs.Prepare} prepares corpora and features, array job {jobs.Array} trains {Text.count numbers.Length "trial"} in {Text.count draft.Tasks.Length "task"}. Logs: {draft.Logs}"""
                Ok record
    match openNumbers options.Out options.RetryFailed plans with
    | [] -> None
    | numbers when slurm.DryRun ->
        printf $"{(draft options slurm script arguments plans numbers).Script}"
        Some 0
    | numbers ->
        for warning in SlurmOptions.warnings slurm do
            eprintfn $"{warning}"
        let keys = everyTrial plans |> List.map keyOf |> Array.ofList
        let isOpen = HashSet([ for number in numbers -> keys[number - 1] ]).Contains
        let active =
            SlurmJobs.load options.Out
            |> List.filter (fun jobs ->
                jobs.Tasks
                |> List.exists (fun task -> task.Trials |> List.exists (fun trial -> isOpen trial.Key)))
            |> List.choose (SlurmJobs.state None)
            |> List.filter SlurmJobs.isAnyActive
        let taken = SlurmJobs.activeTrials active
        let mine, others =
            numbers
            |> List.partition (fun number -> not (taken.ContainsKey keys[number - 1]))
        let jobsOfOthers =
            others |> List.map (fun number -> taken[keys[number - 1]]) |> List.distinct
        if not others.IsEmpty then
            printfn
                $"""Already waiting or running in {String.concat ", " [ for job in jobsOfOthers -> $"job {job}" ]}, so not submitted again: {Text.count others.Length "trial"} of {numbers.Length} without a result."""
        let older = [
            for state in active do
                if List.contains state.Jobs.Array jobsOfOthers then
                    state.Jobs
        ]
        match
            (if mine.IsEmpty then
                 Ok older
             else
                 submit mine |> Result.map (fun jobs -> jobs :: older))
        with
        | Error problem -> reject problem
        | Ok jobs when slurm.Wait -> SubmittedRun.waitFor options.Out display jobs plans stop
        | Ok _ ->
            printfn
                $"`seddsl status {options.Out}` shows the state of each task. When all tasks have ended, the same command without --on slurm prints the table."
            Some 0
