/// Submits the plans of a script to Slurm and follows the jobs to their end.
module internal Sed.Runner.Submission

open System
open System.IO
open System.Threading
open Sed
open Sed.Core.Runtime.Keys

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
                        Needed = plan.Trials @ plan.Needed
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

/// The key of a trial without the hash of the data.
let private keyOf (trial: Trial) =
    CanonicalKey.Hash(Specification.key trial.Specification)

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

let private pause = TimeSpan.FromSeconds 2.0

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

/// The folder of the result of a submitted trial.
let private folderIn out (specification: Specification) =
    PreparedCorpora.trialFolder out specification
    |> Option.defaultValue (Path.Combine(out, "trials", "unknown"))

let private hasEnded out (trial: Trial) =
    match TrialFolder.state (folderIn out trial.Specification) with
    | Open -> false
    | Finished _
    | Failed _ -> true

/// Requeues tasks that were killed or lost their node, a limited number of times. If only the training was killed, the
/// task's own script requeues the task.
type private Requeues() =
    let mutable counts = Map.empty<string, int>

    member _.Apply (display: Display) (state: SubmissionState) =
        for index, (task, own) in List.indexed state.Tasks do
            match own with
            | Some own when
                List.contains own.State [ "OUT_OF_MEMORY"; "NODE_FAIL"; "BOOT_FAIL" ]
                || (own.State = "FAILED" && own.Signal = 9)
                ->
                let job = $"{state.Jobs.Array}_{index}"
                let count = counts |> Map.tryFind job |> Option.defaultValue 0
                if count < SlurmScript.mostKills && Slurm.requeue job then
                    counts <- Map.add job (count + 1) counts
                    display.Line
                        $"{SlurmJobs.trialNames task} (job {job}): {Slurm.describe own}; queued again, {count + 1} of {SlurmScript.mostKills} times"
            | _ -> ()

/// Shows the progress of the jobs until they end. Returns the last known states of the jobs and the trials without a
/// result.
let private follow
    (options: Options)
    (display: Display)
    (jobs: SubmittedJobs list)
    (plans: Plan list)
    (stop: CancellationToken)
    =
    let requeues = Requeues()
    let mutable states = List.choose SlurmJobs.state jobs
    let mutable shown = ""
    let refresh () =
        let now = List.choose SlurmJobs.state jobs
        // Slurm drops the records of jobs after some minutes. The last known state of an ended job gives its cause.
        if now.Length = jobs.Length then
            let past = states
            states <- [
                for state in now do
                    let before = past |> List.tryFind (fun other -> other.Jobs.Array = state.Jobs.Array)
                    {
                        state with
                            Prepare = state.Prepare |> Option.orElse (before |> Option.bind _.Prepare)
                            Tasks = [
                                for index, (task, own) in List.indexed state.Tasks ->
                                    task,
                                    own
                                    |> Option.orElse (before |> Option.bind (fun before -> snd before.Tasks[index]))
                            ]
                    }
            ]
            for state in states do
                requeues.Apply display state
        let summary = states |> List.map SlurmJobs.summary |> String.concat "; "
        if summary <> shown then
            shown <- summary
            display.Line summary
        now.Length < jobs.Length || now |> List.exists SlurmJobs.isAnyActive
    let taskLines () = [
        for state in states do
            for index, (task, own) in List.indexed state.Tasks do
                match own with
                | Some own when own.State <> "COMPLETED" ->
                    $"{SlurmJobs.trialNames task}, job {state.Jobs.Array}_{index}: {Slurm.describe own}"
                | _ -> ()
    ]
    let shortened (lines: string list) =
        if lines.Length <= 10 then
            lines
        else
            List.truncate 9 lines
            @ [ $"and {lines.Length - 9} more; `seddsl status` shows all" ]
    let watch (plan: Plan) =
        let folder = folderIn options.Out
        let progress = Progress(plan, max 1 (Plan.allTrials plan).Length, folder)
        let own = Plan.allTrials plan
        let rec wait isActive polls =
            let ended = own |> List.filter (hasEnded options.Out) |> List.length
            display.State $"{plan.Experiment.Name}: {ended} of {own.Length} trials done{progress.Left}"
            if ended < own.Length && isActive then
                stop.WaitHandle.WaitOne pause |> ignore
                stop.ThrowIfCancellationRequested()
                // The controller serves all users, so it is polled less often than the folders.
                wait (polls % 2 = 0 || refresh ()) (polls + 1)
        display.Watch (fun () -> TableView.rendered progress.View) (fun () -> shortened (taskLines ())) (fun () ->
            wait (refresh ()) 0)
    List.iter watch plans
    refresh () |> ignore
    display.Clear()
    states, everyTrial plans |> List.filter (hasEnded options.Out >> not)

/// Waits for jobs. Returns None if all trials have results, so that the table can be shown; otherwise the exit code.
let private waitFor options (display: Display) (jobs: SubmittedJobs list) (plans: Plan list) (stop: CancellationToken) =
    try
        match follow options display jobs plans stop with
        | _, [] -> None
        | states, left ->
            eprintfn $"""The jobs have ended; {Text.count left.Length "trial"} without a result."""
            for state in states do
                for line in SlurmJobs.explain state do
                    eprintfn $"{line}"
            if states |> List.forall (SlurmJobs.explain >> List.isEmpty) then
                for trial in left do
                    eprintfn $"  {trial.Name}"
            eprintfn "To submit these trials again, repeat the command; they resume from their last completed epoch."
            Some 1
    with :? OperationCanceledException ->
        let numbers =
            jobs
            |> List.collect (fun jobs -> [ jobs.Prepare; jobs.Array ])
            |> String.concat " "
        display.Line $"The jobs keep running. To cancel them: scancel {numbers}"
        reraise ()

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
            let cancelled =
                try
                    Ok(refusal slurm jobs.Prepare stop)
                with :? OperationCanceledException as stopped ->
                    Slurm.cancel [ jobs.Prepare; jobs.Array ]
                    Error stopped
            match cancelled with
            | Error stopped -> raise stopped
            | Ok(Some reason) -> refuse reason
            | Ok None ->
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
        let trials = everyTrial plans
        let active =
            SlurmJobs.load options.Out
            |> List.choose SlurmJobs.state
            |> List.filter SlurmJobs.isAnyActive
        let taken = SlurmJobs.activeTrials active
        let mine, others =
            numbers
            |> List.partition (fun number -> not (taken.ContainsKey(keyOf trials[number - 1])))
        let jobsOfOthers =
            others
            |> List.map (fun number -> taken[keyOf trials[number - 1]])
            |> List.distinct
        if not others.IsEmpty then
            printfn
                $"""{Text.count others.Length "trial"} of {numbers.Length} without a result already waiting or running in {String.concat ", " [ for job in jobsOfOthers -> $"job {job}" ]}; not submitted again."""
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
        | Ok jobs when slurm.Wait -> waitFor options display jobs plans stop
        | Ok _ ->
            printfn
                $"`seddsl status {options.Out}` shows the state of each task. When they have ended, the same command without --on slurm prints the table."
            Some 0
