/// Submits the plans of a script to Slurm and follows the jobs to their end.
module internal Sed.Runner.Submission

open System
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

/// The folder of the jobs' logs, relative to the current folder unless `--out` was given.
let private logsOf (options: Options) (arguments: string list) =
    let out =
        if List.contains "--out" arguments then
            options.Out
        else
            Path.GetRelativePath(Environment.CurrentDirectory, options.Out)
    Path.Combine(out, "slurm").Replace('\\', '/')

let private scriptOf (options: Options) slurm script arguments (plans: Plan list) numbers =
    let name = [ for plan in plans -> plan.Experiment.Name ] |> String.concat "-"
    let retry = if options.RetryFailed then [ "--retry-failed" ] else []
    let device =
        if options.Device = "auto" then
            []
        else
            [ "--device"; options.Device ]
    let command =
        [ "dotnet"; "fsi"; script ]
        @ WorkerProcesses.Arguments arguments
        @ device
        @ retry
    SlurmScript.text slurm name (logsOf options arguments) command (List.chunkBySize slurm.BatchTrials numbers)

let private pause = TimeSpan.FromSeconds 2.0

/// Shows the progress of the jobs until they end. Returns the trials that have no result then.
let private follow
    (options: Options)
    (display: Display)
    (jobs: Slurm.Jobs)
    (plans: Plan list)
    (stop: CancellationToken)
    =
    let folder (specification: Specification) =
        PreparedCorpora.trialFolder options.Out specification
        |> Option.defaultValue (Path.Combine(options.Out, "trials", "unknown"))
    let hasEnded (trial: Trial) =
        match TrialFolder.state (folder trial.Specification) with
        | Open -> false
        | Finished _
        | Failed _ -> true
    let trials = everyTrial plans
    let watch (plan: Plan) =
        let progress = Progress(plan, max 1 (Plan.allTrials plan).Length, folder)
        let own = Plan.allTrials plan
        let rec wait () =
            let ended = own |> List.filter hasEnded |> List.length
            display.State $"{plan.Experiment.Name}: {ended} of {own.Length} trials done{progress.Left}"
            if ended < own.Length && (Slurm.isActive jobs.Array || Slurm.isActive jobs.Prepare) then
                stop.WaitHandle.WaitOne pause |> ignore
                stop.ThrowIfCancellationRequested()
                wait ()
        display.Watch (fun () -> TableView.rendered progress.View) (fun () -> progress.Running) wait
    List.iter watch plans
    display.Clear()
    trials |> List.filter (hasEnded >> not)

/// Submits the unfinished trials. Returns None if all trials are finished, at once or after `--wait`, so that the table can be
/// shown; otherwise the exit code.
let run
    (options: Options)
    (display: Display)
    (slurm: SlurmOptions)
    script
    arguments
    (plans: Plan list)
    (stop: CancellationToken)
    =
    match openNumbers options.Out options.RetryFailed plans with
    | [] -> None
    | numbers when slurm.DryRun ->
        printf $"{scriptOf options slurm script arguments plans numbers}"
        Some 0
    | numbers ->
        match Slurm.submit (scriptOf options slurm script arguments plans numbers) with
        | Error complaint ->
            let problem = Problem.at "--on" $"Slurm rejected the jobs: {complaint}" ""
            eprintfn $"{Problem.printAll script [ problem ]}"
            Some 2
        | Ok jobs ->
            let logs = logsOf options arguments
            printfn
                $"""Submitted: job {jobs.Prepare} prepares corpora and features, array job {jobs.Array} trains {Text.count numbers.Length "trial"}. Logs: {logs}"""
            if not slurm.Wait then
                printfn "When they have ended, the same command without --on slurm prints the table."
                Some 0
            else
                try
                    match follow options display jobs plans stop with
                    | [] -> None
                    | left ->
                        eprintfn $"The jobs have ended. Trials without a result ({left.Length}):"
                        for trial in left do
                            eprintfn $"  {trial.Name}"
                        eprintfn
                            $"The logs in {logs} show why. To submit these trials again, repeat the command; they resume from their last epoch."
                        Some 1
                with :? OperationCanceledException ->
                    display.Line $"The jobs keep running. To cancel them: scancel {jobs.Prepare} {jobs.Array}"
                    reraise ()
