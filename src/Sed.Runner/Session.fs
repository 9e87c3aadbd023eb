/// Runs the experiments of a script: plans them all, runs every trial that has no result yet, prints the tables.
module Sed.Runner.Session

open System
open System.IO
open System.Threading
open Sed
open Sed.Core.Annotations
open Sed.Core.Corpora
open Sed.Core.Runtime

/// Every experiment's plan, or every problem of every experiment.
let private plans choices (experiments: Experiment list) =
    let planned =
        List.zip [ for experiment in experiments -> experiment.Name ] (Plan.ofExperiments choices experiments)

    let bad = [
        for name, plan in planned do
            match plan with
            | Error problems -> name, problems
            | Ok _ -> ()
        for name, times in experiments |> List.countBy _.Name do
            if times > 1 then
                name,
                [
                    Problem.at "experiments" $"{times} have this name" "give each a name of its own"
                ]
    ]

    match bad with
    | [] ->
        Ok [
            for _, plan in planned -> Result.defaultWith (fun _ -> failwith "no plan") plan
        ]
    | _ -> Error bad

/// Recorded results lie beside the script.
let private recordedFolder (script: string) =
    Path.Combine(Path.GetDirectoryName(Path.GetFullPath script) |> string, "recorded")

let private commandLine (script: string) (arguments: string list) =
    let quoted (word: string) =
        if word.Contains ' ' then $"\"{word}\"" else word
    "dotnet" :: "fsi" :: script :: arguments |> List.map quoted |> String.concat " "

/// Has the kernels take as many processors as the other processes leave them.
let private shareProcessors (workspace: Workspace) (plans: Plan list) =
    let folders =
        plans
        |> List.collect Plan.allTrials
        |> List.map (fun trial -> workspace.TrialFolder trial.Specification)
        |> List.distinct
    workspace.KernelThreads <- fun () -> Places.threadsNow workspace.Threads Environment.ProcessorCount folders

/// Makes ready what all trials share, and starts the processes that train beside this one.
let private helpers (options: Options) script arguments (display: Display) (workspace: Workspace) (plans: Plan list) =
    let waiting =
        [ for plan in plans -> Sweep.openTrials workspace plan ]
        |> List.concat
        |> List.map snd
    match Places.forTrials options workspace waiting with
    | []
    | [ _ ] -> new Helpers(script, [], [], 0)
    | own :: others ->
        for trial in waiting do
            if trial.Specification.Members.IsEmpty then
                workspace.Source trial.Specification |> ignore
        let jobs = 1 + others.Length
        workspace.Jobs <- jobs
        workspace.Threads <- max 1 (Environment.ProcessorCount / jobs)
        shareProcessors workspace plans
        let on =
            own :: others
            |> List.countBy id
            |> List.map (fun (device, count) -> $"{count} on {device}")
            |> String.concat ", "
        display.Line
            $"{jobs} trials at a time ({on}), each in a process of its own; they share {Environment.ProcessorCount} processors (--jobs)."
        new Helpers(
            script,
            Helpers.Arguments arguments,
            [ for device in others -> [ "--device"; device ] ],
            workspace.Threads
        )

/// What a process does that another one started: trains until there is nothing to do, or until the other one ends.
let private work (options: Options) threads (plans: Plan list) (stopping: Stopping) =
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
        use workspace =
            new Workspace(options.Out, Devices.Choose options.Device, ignore, (fun _ _ _ -> ()), either.Token)
        workspace.Threads <- threads
        shareProcessors workspace plans
        for plan in plans do
            Sweep.help workspace plan either.Token
        0
    with :? OperationCanceledException ->
        130

/// What a job of a cluster does: makes ready what all trials share, or trains those of its part.
let private onNode (options: Options) (display: Display) (plans: Plan list) (stopping: Stopping) =
    let progress what finished all =
        display.State $"{what}: {finished} of {all} clips"
    Torch.Initialize()
    use workspace =
        new Workspace(options.Out, Devices.Choose options.Device, display.Line, progress, stopping.Token)
    workspace.Threads <- Option.defaultValue 0 options.Worker
    match options.Part with
    | Some numbers ->
        let states = [
            for plan in Submission.part numbers plans do
                let progress = Progress(plan, 1, workspace.TrialFolder)
                yield! Sweep.run workspace display options.RetryFailed plan (fun () -> progress.Left) stopping.Token
        ]
        if states |> List.exists (snd >> _.IsFailed) then 1 else 0
    | None ->
        match plans |> List.collect workspace.Lacking with
        | [] ->
            Prepared.make workspace (List.collect Plan.allTrials plans)
            for plan in plans do
                Publishing.keepPlan workspace plan
            0
        | problems ->
            Publishing.complain "data" problems
            2

let private runPlans
    (options: Options)
    (display: Display)
    script
    (arguments: string list)
    (plans: Plan list)
    (stopping: Stopping)
    =
    let command = commandLine script arguments
    let stop = stopping.Token
    let progress what finished all =
        display.State $"{what}: {finished} of {all} clips"
    let runAll (workspace: Workspace) =
        for plan in plans do
            Publishing.keepPlan workspace plan
        use _ = helpers options script arguments display workspace plans
        let outcomes = [
            for plan in plans do
                let progress = Progress(plan, workspace.Jobs, workspace.TrialFolder)
                let running () =
                    match progress.Running, progress.Left with
                    | [], _ -> []
                    | lines, "" -> lines
                    | lines, left -> lines @ [ left.TrimStart([| ','; ' ' |]) ]
                let states =
                    display.Watch (fun () -> Table.rendered progress.View) running (fun () ->
                        Sweep.run workspace display options.RetryFailed plan (fun () -> progress.Left) stop)
                let outcome = Outcome.ofStates workspace plan states
                stop.ThrowIfCancellationRequested()
                outcome, Publishing.publish options command (recordedFolder script) (plans.Length > 1) workspace outcome
        ]
        let failed =
            outcomes
            |> List.exists (fun (outcome, _) -> outcome.States |> List.exists (snd >> _.IsFailed))
        if failed then
            display.Line $"Failed trials are kept with their errors; --retry-failed trains them again."
        if failed || outcomes |> List.exists (snd >> not) then
            1
        else
            0
    Torch.Initialize()
    stop.ThrowIfCancellationRequested()
    use workspace =
        new Workspace(options.Out, Devices.Choose options.Device, display.Line, progress, stop)
    match plans |> List.collect workspace.Lacking with
    | [] -> runAll workspace
    | problems ->
        display.Clear()
        Publishing.complain script problems
        2

// ENOSPC and EDQUOT of Linux and macOS, ERROR_DISK_FULL of Windows.
let private isFull (error: IOException) =
    List.contains error.HResult [ 28; 122; 69; 0x80070070 ]

/// Does the script's work; what stops all of it is told in a sentence, and gives an exit code.
let private guarded (options: Options) (display: Display) (stopping: Stopping) (work: unit -> int) =
    let ended code (message: string) =
        display.Clear()
        eprintfn $"{message}"
        code
    try
        work ()
    with
    | :? OperationCanceledException ->
        display.Line
            $"Stopped. Finished trials and whole epochs are kept under {options.Out}; run the script again to go on."
        stopping.Code
    | :? CorpusException
    | :? AnnotationException as problem -> ended 2 problem.Message
    | :? IOException as full when isFull full ->
        ended
            2
            $"{full.Message.TrimEnd '.'}. Finished trials and whole epochs are kept; make room there, or name another folder with --out, and run the script again."
    | :? IOException
    | :? UnauthorizedAccessException
    | :? InvalidDataException as problem -> ended 1 problem.Message

/// A device by number may be one that this machine lacks; a plan alone needs none.
let private deviceProblems (options: Options) = [
    if options.Device.StartsWith "cuda" && not options.PlanOnly && options.Slurm.IsNone then
        try
            Devices.Choose options.Device |> ignore
        with :? ArgumentException as missing ->
            Problem.at "--device" (missing.Message.Replace($" (Parameter '{missing.ParamName}')", "").TrimEnd '.') ""
]

let private noExperiments (experiments: Experiment list) = [
    if experiments.IsEmpty then
        Problem.at "run" "no experiments" "name some, for example `run [ table2 ]`"
]

/// A folder that cannot be made keeps nothing; storage that is read only may still hold all that is asked for.
let private placeProblems (options: Options) = [
    if not options.PlanOnly then
        try
            Directory.CreateDirectory options.Out |> ignore
        with
        | :? IOException
        | :? UnauthorizedAccessException ->
            Problem.at "--out" $"the folder '{options.Out}' cannot be made" "name one where files can be written"
]

/// Runs experiments as the command line says, and gives the exit code: 0 when the tables are printed, 2 when something in
/// the script, the command line or the data has to be mended first, 1 when a trial failed, the table is not as recorded or
/// a file that the command line names could not be written, 130 when stopped by Ctrl-C, 143 by SIGTERM.
let run (script: string) (home: string) (arguments: string list) (experiments: Experiment list) =
    match Options.parse script home arguments with
    | None -> 0
    | Some(options, commandProblems) ->
        use stopping = new Stopping()
        let display = Display()
        let wrong =
            commandProblems
            @ deviceProblems options
            @ (if commandProblems.IsEmpty then
                   placeProblems options
               else
                   [])
            @ noExperiments experiments
        match wrong, plans options.Choices experiments with
        | [], Ok plans when options.PlanOnly ->
            printfn "%s" (plans |> List.map Plan.print |> String.concat "\n\n")
            0
        | [], Ok plans when options.Prepare || options.Part.IsSome ->
            guarded options display stopping (fun () -> onNode options display plans stopping)
        | [], Ok plans when options.Worker.IsSome -> work options options.Worker.Value plans stopping
        | [], Ok plans ->
            let runHere () =
                runPlans options display script arguments plans stopping
            guarded options display stopping (fun () ->
                match options.Slurm with
                | None -> runHere ()
                | Some slurm ->
                    Submission.run options display slurm script arguments plans stopping.Token
                    |> Option.defaultWith runHere)
        | _, planned ->
            if not wrong.IsEmpty then
                Publishing.complain script wrong
            match planned with
            | Ok _ -> ()
            | Error bad ->
                for name, problems in bad do
                    Publishing.complain name problems
            2
