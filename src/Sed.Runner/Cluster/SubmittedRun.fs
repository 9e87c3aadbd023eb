/// Follows the jobs of a submission to their end.
module internal Sed.Runner.SubmittedRun

open System
open System.IO
open System.Threading
open Sed

/// The folder of a submitted trial. Until the trial's corpus is prepared, the path of a folder that does not exist.
let private folderIn out (specification: Specification) =
    PreparedCorpora.trialFolder out specification
    |> Option.defaultValue (Path.Combine(out, "trials", $"unknown-{Specification.identityKey specification}"))

/// The trials of a plan. A training run that several rows share is listed once.
let private trainings (plan: Plan) =
    Plan.allTrials plan
    |> List.distinctBy (fun trial -> Specification.identity trial.Specification)

let private hasEnded out (trial: Trial) =
    match TrialFolder.state (folderIn out trial.Specification) with
    | Open
    | Stopped _ -> false
    | Finished _
    | Failed _ -> true

/// The trials that still have to be trained. For a search, only the trials of the current rungs.
let private left out (plan: Plan) =
    if plan.Brackets.IsEmpty then
        trainings plan |> List.filter (hasEnded out >> not)
    else
        [
            for job in SearchState(plan, PreparedCorpora.trialFolder out).Due -> job.Trial
        ]

/// Requeues, a limited number of times, tasks that were killed or lost their node. If only the training process was
/// killed, the task's own script requeues the task.
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

let private pause = TimeSpan.FromSeconds 2.0

/// Shows the progress of the jobs until they end. Returns the last known states of the jobs and the trials without a
/// result.
let private follow
    (out: string)
    (display: Display)
    (jobs: SubmittedJobs list)
    (plans: Plan list)
    (stop: CancellationToken)
    =
    let requeues = Requeues()
    let mutable states: SubmissionState list = []
    let mutable shown = ""
    let refresh () =
        let now =
            jobs
            |> List.choose (fun jobs ->
                let before = states |> List.tryFind (fun state -> state.Jobs.Array = jobs.Array)
                SlurmJobs.state before jobs)
        if now.Length = jobs.Length then
            states <- now
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
        let own = trainings plan
        let progress = Progress(plan, max 1 own.Length, folderIn out)
        let rec wait isActive polls =
            let left = left out plan
            let state =
                if not plan.Brackets.IsEmpty then
                    progress.Summary
                else
                    $"""{own.Length - left.Length} of {own.Length} trials done{if progress.Left = "" then "" else ", " + progress.Left}"""
            display.State $"{plan.Experiment.Name}: {state}"
            if not left.IsEmpty && isActive then
                stop.WaitHandle.WaitOne pause |> ignore
                stop.ThrowIfCancellationRequested()
                // Slurm's controller serves all users of the cluster, so it is polled less often than the trials'
                // folders.
                wait (polls % 2 = 0 || refresh ()) (polls + 1)
        display.Watch (fun () -> shortened (taskLines ()) @ [ progress.Summary ]) (fun () -> wait (refresh ()) 0)
    List.iter watch plans
    refresh () |> ignore
    display.Clear()
    states, List.collect (left out) plans

/// Waits for jobs. Returns None if every trial has finished or failed, so that the table can be shown; otherwise the exit
/// code.
/// isOpen: returns whether the submitted trial with a given key has no result; called after the jobs have ended.
let waitFor
    out
    (display: Display)
    (jobs: SubmittedJobs list)
    (plans: Plan list)
    (isOpen: unit -> string -> bool)
    (stop: CancellationToken)
    =
    try
        match follow out display jobs plans stop with
        | _, [] -> None
        | states, left ->
            eprintfn $"""The jobs have ended. {Text.count left.Length "trial"} without a result:"""
            let lines =
                match states |> List.collect (SlurmJobs.explain (isOpen ())) with
                | [] -> [ for trial in left -> $"  {trial.Name}" ]
                | causes -> causes
            for line in lines do
                eprintfn $"{line}"
            eprintfn "To submit these trials again, repeat the command; they resume from their last completed epoch."
            Some 1
    with :? OperationCanceledException ->
        let numbers =
            jobs
            |> List.collect (fun jobs -> [ jobs.Prepare; jobs.Array ])
            |> List.distinct
            |> String.concat " "
        display.Line $"The jobs keep running. To cancel them: scancel {numbers}"
        reraise ()
