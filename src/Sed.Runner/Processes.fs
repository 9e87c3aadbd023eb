/// The processes that share the trials of a plan: worker processes on this machine and jobs of a cluster.
module internal Sed.Runner.Processes

open System
open System.IO
open System.Threading
open Sed
open Sed.Core.Runtime

/// Adjusts the number of CPU compute threads to the processors that other training runs leave free.
let private shareProcessors (workspace: Workspace) (plans: Plan list) =
    let folders =
        plans
        |> List.collect Plan.allTrials
        |> List.map (fun trial -> workspace.TrialFolder trial.Specification)
        |> List.distinct
    workspace.KernelThreads <-
        fun () -> DeviceAssignment.threadsNow workspace.Threads Environment.ProcessorCount folders

/// Prepares the features of all unfinished trials, then starts the worker processes. Does neither if only one trial is
/// trained at a time. `arguments`: the arguments with which this program starts as a worker; None if it cannot start
/// workers.
let startWorkers
    (options: Options)
    (arguments: string list option)
    (display: Display)
    (workspace: Workspace)
    (plans: Plan list)
    =
    let waiting =
        plans
        |> List.collect (Sweep.openTrials workspace)
        |> List.distinctBy (fun trial -> workspace.TrialFolder trial.Specification)
    match arguments, DeviceAssignment.forTrials arguments.IsSome options workspace waiting with
    | None, _
    | _, []
    | _, [ _ ] -> new WorkerProcesses([], [], 0, ignore)
    | Some arguments, own :: others ->
        for trial in waiting do
            if trial.Specification.Members.IsEmpty then
                workspace.Source trial.Specification |> ignore
        let jobs = 1 + others.Length
        workspace.Jobs <- jobs
        workspace.Threads <- max 1 (Environment.ProcessorCount / jobs)
        shareProcessors workspace plans
        let perDevice =
            own :: others
            |> List.countBy id
            |> List.map (fun (device, count) -> $"{count} on {device}")
            |> String.concat ", "
        display.Line
            $"Training {jobs} trials at a time ({perDevice}), each in its own process; they share {Environment.ProcessorCount} processors. Use --jobs to change this."
        new WorkerProcesses(
            arguments @ [ "--plan-key"; Plan.key plans ],
            [ for device in others -> [ "--device"; device ] ],
            workspace.Threads,
            fun () ->
                display.Line
                    "The worker processes have ended, because they found different trials than this process. Either the script was edited while it started, or it describes different trials each time, for example because of random numbers without a seed. This process trains all trials alone."
        )

/// Runs a worker process, which trains until no trial is left or the main process ends.
let work (options: Options) threads (plans: Plan list) (stopping: StopSignals) =
    use ended = new CancellationTokenSource()
    use either =
        CancellationTokenSource.CreateLinkedTokenSource(stopping.Token, ended.Token)
    let parent =
        Thread(
            (fun () ->
                while Console.In.Read() >= 0 do
                    ()
                ended.Cancel()),
            IsBackground = true
        )
    parent.Start()
    try
        Torch.Initialize()
        RunFolder.openFor options.Out
        use workspace =
            new Workspace(options.Out, Devices.Choose options.Device, ignore, (fun _ _ _ -> ()), either.Token)
        workspace.Threads <- threads
        shareProcessors workspace plans
        for plan in plans do
            Sweep.help workspace plan either.Token
        0
    with :? OperationCanceledException ->
        130

/// Trains the trials of a cluster job.
let private trainParts
    (display: Display)
    (workspace: Workspace)
    (parts: SubmissionPlaces.Part list)
    (stopping: StopSignals)
    =
    let trials =
        parts
        |> List.collect (function
            | SubmissionPlaces.Trials plan -> Plan.allTrials plan
            | SubmissionPlaces.RungJobs(_, jobs) -> [ for job in jobs -> job.Trial ])
        |> List.distinct
    let completedEpochs () =
        List.sum [
            for trial in trials do
                let folder = workspace.TrialFolder trial.Specification
                match TrialFolder.state folder, TrialFolder.log folder with
                | Finished result, _ -> result.Epochs
                | _, Some log -> log.Epochs
                | _ -> 0
        ]
    let atStart = completedEpochs ()
    try
        let states = [
            for part in parts do
                match part with
                | SubmissionPlaces.Trials plan ->
                    let progress = Progress(plan, 1, workspace.TrialFolder)
                    yield! Sweep.run workspace display plan (fun () -> progress.Left) stopping.Token
                | SubmissionPlaces.RungJobs(plan, jobs) ->
                    yield! Sweep.runJobs workspace display plan.Trials jobs (fun () -> "") stopping.Token
        ]
        if states |> List.exists (snd >> _.IsFailed) then 1 else 0
    with :? OperationCanceledException when completedEpochs () = atStart ->
        display.Line "Stopped before an epoch was completed."
        SlurmScript.stalledCode

/// Runs a cluster job: trains the trials that `--part` selects or, without `--part`, prepares corpora and features.
let onNode (options: Options) (display: Display) source (plans: Plan list) (stopping: StopSignals) =
    Torch.Initialize()
    RunFolder.openFor options.Out
    use workspace =
        new Workspace(options.Out, Devices.Choose options.Device, display.Line, display.Clips, stopping.Token)
    workspace.Threads <- Option.defaultValue 0 options.Worker
    match options.Part with
    | Some numbers ->
        match SubmissionPlaces.part numbers (Sweep.searchOf workspace) plans with
        | Error missing ->
            display.Line
                $"Rung {numbers.Rung + 1} cannot begin, because a trial of the rung before it is not trained: {missing.Head.Name}. When all tasks have ended, submit again."
            1
        | Ok parts -> trainParts display workspace parts stopping
    | None ->
        match plans |> List.collect (CorpusProblems.ofPlan workspace) with
        | [] ->
            PreparedCorpora.prepare workspace (List.collect Plan.allTrials plans)
            // The tasks, which begin afterwards, then train the failed trials like all others.
            if options.RetryFailed then
                Sweep.reopenFailed workspace plans
            for plan in plans do
                ResultWriter.writePlan workspace source plan
            0
        | problems ->
            ResultWriter.printProblems "data" problems
            2
