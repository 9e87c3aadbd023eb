/// Runs the experiments of a script: plans all of them, trains every trial that has no result yet,
/// and prints the tables.
module Sed.Runner.Session

open System
open System.Globalization
open System.IO
open System.Threading
open Sed
open Sed.Core.Annotations
open Sed.Core.Corpora
open Sed.Core.Runtime

/// The plans of all experiments, or all their problems.
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
                    Problem.at "experiments" $"{times} experiments have this name" "give each experiment its own name"
                ]
    ]

    match bad with
    | [] ->
        Ok [
            for _, plan in planned -> Result.defaultWith (fun _ -> failwith "no plan") plan
        ]
    | _ -> Error bad

/// The folder of recorded results, beside the script.
let private recordedFolder (script: string) =
    Path.Combine(Path.GetDirectoryName(Path.GetFullPath script) |> string, "recorded")

let private runPlans (options: Options) (display: Display) (caller: Caller) (plans: Plan list) (stopping: StopSignals) =
    let stop = stopping.Token
    // `arguments` copies the script now, so that workers that start later run the same script.
    RunFolder.openFor options.Out
    let worker = caller.Worker |> Option.map (fun arguments -> arguments options.Out)
    let runAll (workspace: Workspace) =
        if options.RetryFailed then
            Sweep.reopenFailed workspace plans
        for plan in plans do
            ResultWriter.writePlan workspace caller.Source plan
        use _ = Processes.startWorkers options worker display workspace plans
        let outcomes = [
            for plan in plans do
                let progress = Progress(plan, workspace.Jobs, workspace.TrialFolder)
                let states =
                    display.Watch (fun () -> progress.Running @ [ progress.Summary ]) (fun () ->
                        Sweep.run workspace display plan (fun () -> progress.Left) stop)
                let outcome = ExperimentOutcome.ofStates workspace plan states
                stop.ThrowIfCancellationRequested()
                outcome,
                ResultWriter.writeAll
                    options
                    caller.Command
                    (recordedFolder caller.Name)
                    (plans.Length > 1)
                    workspace
                    outcome
        ]
        let failed =
            outcomes
            |> List.exists (fun (outcome, _) -> outcome.States |> List.exists (snd >> _.IsFailed))
        if failed then
            display.Line
                "The error of a failed trial is stored in its folder. To train failed trials again, use --retry-failed."
        if failed || outcomes |> List.exists (snd >> not) then
            1
        else
            0
    Torch.Initialize()
    stop.ThrowIfCancellationRequested()
    use workspace =
        new Workspace(options.Out, Devices.Choose options.Device, display.Line, display.Clips, stop)
    match plans |> List.collect (CorpusProblems.ofPlan workspace) with
    | [] -> runAll workspace
    | problems ->
        display.Clear()
        ResultWriter.printProblems caller.Name problems
        2

// ENOSPC and EDQUOT of Linux and macOS, ERROR_DISK_FULL of Windows.
let private isFull (error: IOException) =
    List.contains error.HResult [ 28; 122; 69; 0x80070070 ]

/// Calls `work` and returns its exit code. For an exception because of files, corpora or annotations, and for
/// cancellation, prints a short message and returns the corresponding exit code.
let private guarded (caller: Caller) (options: Options) (display: Display) (stopping: StopSignals) (work: unit -> int) =
    let ended code (message: string) =
        display.Clear()
        eprintfn $"{OneLine.EachOf message}"
        code
    try
        work ()
    with
    | :? OutputClosedException as closed ->
        eprintfn
            $"{closed.Message} Finished trials and completed epochs are kept in {options.Out}. {caller.Again} to resume."
        1
    | :? OperationCanceledException ->
        display.Line
            $"Stopped. Finished trials and completed epochs are kept in {options.Out}. {caller.Again} to resume."
        stopping.Code
    | :? CorpusException
    | :? AnnotationException as problem -> ended 2 problem.Message
    | :? IOException as full when isFull full ->
        ended
            2
            $"{full.Message.TrimEnd '.'}. Finished trials and completed epochs are kept. Free some space or name another folder with --out, then repeat the command."
    | :? IOException
    | :? UnauthorizedAccessException
    | :? InvalidDataException as problem -> ended 1 problem.Message

/// Reads the corpora of plans, prints their descriptions and checks the plans with them. Skips plans with a corpus that
/// must be synthesised first, and plans with a corpus whose folder does not exist.
let private checkCorpora (options: Options) (display: Display) (caller: Caller) (plans: Plan list) stop =
    let folders (plan: Plan) =
        Plan.allTrials plan
        |> List.collect (fun trial -> Corpus.parts trial.Specification.Corpus)
        |> List.distinct
        |> List.map (function
            | Collected(folder, _) -> Some folder
            | _ -> None)
    let exists (folder: string) =
        Directory.Exists folder || File.Exists folder
    for folder in plans |> List.collect folders |> List.choose id |> List.distinct do
        if not (exists folder) then
            display.Line $"The corpus was not checked: there is no folder '{folder}'."
    match plans |> List.filter (folders >> List.forall (Option.exists exists)) with
    | [] -> 0
    | plans ->
        Torch.Initialize()
        use workspace =
            new Workspace(options.Out, Devices.Choose "cpu", display.Line, display.Clips, stop)
        match plans |> List.collect (CorpusProblems.ofPlan workspace) with
        | [] -> 0
        | problems ->
            display.Clear()
            ResultWriter.printProblems caller.Name problems
            2

/// Checks that the device exists. Printing a plan needs no device.
let private deviceProblems (options: Options) = [
    if
        options.Device.StartsWith("cuda", StringComparison.Ordinal)
        && not options.PlanOnly
        && options.Slurm.IsNone
    then
        try
            Devices.Choose options.Device |> ignore
        with :? ArgumentException as missing ->
            Problem.at "--device" (missing.Message.Replace($" (Parameter '{missing.ParamName}')", "").TrimEnd '.') ""
]

let private noExperiments (experiments: Experiment list) = [
    if experiments.IsEmpty then
        Problem.at "run" "no experiments given" "name at least one, for example `run [ table2 ]`"
]

/// Checks that the output folder can be created. An existing folder may be read-only, because it may already hold all
/// results.
let private outProblems (options: Options) = [
    if not options.PlanOnly then
        try
            Directory.CreateDirectory options.Out |> ignore
        with
        | :? IOException
        | :? UnauthorizedAccessException ->
            Problem.at "--out" $"the folder '{options.Out}' cannot be created" "name a folder in a writable place"
]

/// Problems of tables that would replace a table of another script, experiment or corpus.
let private takenTables (options: Options) source planned =
    let isMain =
        options.Worker.IsNone
        && options.Part.IsNone
        && not (options.Prepare || options.PlanOnly)
    match planned with
    | Ok plans when isMain -> plans |> List.collect (TableOrigin.problems options.Out source)
    | _ -> []

/// Whether the script has the plan that this worker process or cluster job was started for. Always true in the main
/// process.
let private hasPlan (options: Options) (plans: Plan list) =
    options.PlanKey |> Option.forall ((=) (Plan.key plans))

/// Prints the values that profiles set in place of the values in the script.
let private printReplaced (options: Options) (plans: Plan list) =
    let isDryRun = options.Slurm |> Option.exists _.DryRun
    for line in plans |> List.choose Plan.printReplaced do
        // The output of a dry run is a script.
        if isDryRun then eprintfn $"{line}" else printfn $"{line}"

/// Runs experiments with parsed options. `commandProblems` are the problems of the command line.
let private runParsed
    (caller: Caller)
    (arguments: string list)
    (options: Options)
    (commandProblems: Problem list)
    experiments
    =
    use stopping = new StopSignals()
    let display = Display()
    let planned = plans options.Choices experiments
    let wrong =
        commandProblems
        @ deviceProblems options
        @ (if commandProblems.IsEmpty then
               outProblems options @ takenTables options caller.Source planned
           else
               [])
        @ noExperiments experiments
    let wrong =
        match wrong, planned with
        | [], Ok plans -> ResultWriter.outputProblems options caller.Name (recordedFolder caller.Name) plans
        | _ -> wrong
    let guarded = guarded caller options display stopping
    match wrong, planned with
    | [], Ok plans when options.PlanOnly ->
        printfn "%s" (plans |> List.map Plan.print |> String.concat "\n\n")
        guarded (fun () -> checkCorpora options display caller plans stopping.Token)
    | [], Ok plans when not (hasPlan options plans) ->
        eprintfn
            $"{caller.Name}: the script describes different trials than when this job was submitted. A file or a setting that it reads may have changed, or it uses random numbers without a seed. Nothing was trained; submit the job again."
        WorkerProcesses.OtherPlan
    | [], Ok plans when options.Prepare || options.Part.IsSome ->
        printReplaced options plans
        guarded (fun () -> Processes.onNode options display caller.Source plans stopping)
    | [], Ok plans when options.Worker.IsSome -> Processes.work options options.Worker.Value plans stopping
    | [], Ok plans ->
        printReplaced options plans
        guarded (fun () ->
            match options.Slurm with
            | None -> runPlans options display caller plans stopping
            | Some slurm ->
                // The jobs have trained the failed trials again.
                let options' = { options with RetryFailed = false }
                Submission.run options display slurm caller.Name arguments plans stopping.Token
                |> Option.defaultWith (fun () -> runPlans options' display caller plans stopping))
    | _, planned ->
        if not wrong.IsEmpty then
            ResultWriter.printProblems caller.Name wrong
        match planned with
        | Ok _ -> ()
        | Error bad ->
            for name, problems in bad do
                ResultWriter.printProblems name problems
        2

/// Runs work in the invariant culture, so that no output depends on the locale. A script is run by `dotnet fsi`, which
/// takes the culture from the environment.
let private invariantly (work: unit -> 'result) =
    let culture, language = CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture
    CultureInfo.CurrentCulture <- CultureInfo.InvariantCulture
    CultureInfo.CurrentUICulture <- CultureInfo.InvariantCulture
    try
        work ()
    finally
        CultureInfo.CurrentCulture <- culture
        CultureInfo.CurrentUICulture <- language

/// The problems of the path `file` of a model file, which was given with the command-line option `option`.
let modelFileProblems (option: string) (file: string) = ModelExport.problems option file

/// Prints the rounds of labelling and training of a model.
let printRounds (rounds: Sed.Core.Models.TrainingRound seq) =
    TableView.print (Rounds.view (List.ofSeq rounds))

/// Runs experiments with the options of a command line, for a caller other than a script. The exit codes are those of
/// `runFrom`.
let runFor (caller: Caller) (home: string) (arguments: string list) (experiments: Experiment list) =
    invariantly (fun () ->
        match Options.parse caller.Name home arguments with
        | None ->
            printfn $"{Options.help caller.Name}"
            0
        | Some(options, problems) -> runParsed caller arguments options problems experiments)

/// Runs experiments as the command line requests. `source` is the file that calls this function; the script may load
/// it. Returns the exit code: 0 when the tables are printed; 1 when a trial failed, the results differ from the
/// recorded ones or a file could not be written; 2 when the script, the command line or the data have a problem; 3 when
/// a cluster job finds a plan that differs from the submitted plan; 130 after Ctrl-C; 143 after SIGTERM.
let runFrom (source: string) (script: string) (home: string) (arguments: string list) (experiments: Experiment list) =
    runFor (Caller.ofScript source script arguments) home arguments experiments

/// `runFrom` for a script that calls this function itself, not through a file that it loads.
let run (script: string) (home: string) (arguments: string list) (experiments: Experiment list) =
    runFrom script script home arguments experiments
