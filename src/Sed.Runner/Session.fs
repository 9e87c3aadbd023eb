/// Runs the experiments of a script: plans them all, runs every trial that has no result yet, prints the tables.
module Sed.Runner.Session

open System
open System.IO
open System.Threading
open Sed
open Sed.Core.Annotations
open Sed.Core.Corpora
open Sed.Core.Runtime
open Sed.Core.Training

let private report (name: string) problems =
    eprintfn $"{Problem.printAll name problems}"

/// Every experiment's plan, or every problem of every experiment.
let private plans choices (experiments: Experiment list) =
    let planned = [
        for experiment in experiments -> experiment.Name, Plan.ofExperiment choices experiment
    ]

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

/// Where a table goes that is exported: beside its name there is the experiment's, where a script has several.
let private exportFile (file: string) (outcome: Outcome) several =
    if several then
        let folder = Path.GetDirectoryName file |> string
        let name = Path.GetFileNameWithoutExtension file
        Path.Combine(folder, $"{name}-{outcome.Plan.Experiment.Name}{Path.GetExtension file}")
    else
        file

/// Prints what a plan came to, and keeps and compares it as the command line says; false where it is not as recorded.
let private publish (options: Options) command recorded several (workspace: Workspace) (outcome: Outcome) =
    Outcome.save outcome
    Table.print outcome.Table
    printfn ""
    if outcome.Plan.Experiment.Question <> "" then
        printfn $"{outcome.Plan.Experiment.Question}"
    for sentence in outcome.Answers do
        printfn $"{sentence}"
    for table in outcome.Below do
        Table.print table
    for figure in Report.asked workspace outcome do
        let folder = Path.Combine(workspace.Folder, "figures", outcome.Plan.Experiment.Name)
        Directory.CreateDirectory folder |> ignore
        let file = Path.Combine(folder, figure.Name)
        for ending in [ ".svg"; ".png" ] do
            FigureFile.write (file + ending) figure
        printfn $"{figure.Title}: {file}.svg and .png"
    for file in options.Exports do
        let file = exportFile file outcome several
        Export.write file (fun () -> outcome.Table) outcome.Frame
        printfn $"Exported: {file}"
    if options.Report then
        let file =
            Path.Combine(workspace.Folder, "reports", outcome.Plan.Experiment.Name + ".html")
        Report.write workspace outcome command file
        printfn $"Report: {file}"
    if options.Record then
        printfn $"Recorded: {Recorded.write recorded outcome}"
    if options.Verify then
        match Recorded.verify recorded outcome with
        | Ok verified ->
            printfn $"{verified}"
            true
        | Error problems ->
            report "verify" problems
            false
    else
        true

/// Recorded results lie beside the script.
let private recordedFolder (script: string) =
    Path.Combine(Path.GetDirectoryName(Path.GetFullPath script) |> string, "recorded")

let private runPlans (options: Options) script command (plans: Plan list) (stop: CancellationToken) =
    let display = Display()
    Torch.Initialize()
    let progress what finished all =
        display.State $"{what}: {finished} of {all} clips"
    use workspace =
        new Workspace(options.Out, Core.Runtime.Devices.Choose options.Device, display.Line, progress, stop)
    let runAll () =
        let outcomes = [
            for plan in plans do
                let states = Sweep.run workspace display options.RetryFailed plan stop
                let outcome = Outcome.ofStates workspace plan states
                outcome, publish options command (recordedFolder script) (plans.Length > 1) workspace outcome
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
    try
        match plans |> List.collect workspace.Lacking with
        | [] -> runAll ()
        | problems ->
            display.Clear()
            report script problems
            2
    with
    | :? OperationCanceledException ->
        display.Line $"Stopped. Finished trials are kept under {options.Out}; run the script again to go on."
        130
    | :? CorpusException
    | :? AnnotationException as problem ->
        display.Clear()
        eprintfn $"{problem.Message}"
        2
    | :? IOException
    | :? UnauthorizedAccessException
    | :? InvalidDataException as problem ->
        display.Clear()
        eprintfn $"{problem.Message}"
        1

let private commandLine (script: string) (arguments: string list) =
    let quoted (word: string) =
        if word.Contains ' ' then $"\"{word}\"" else word
    "dotnet" :: "fsi" :: script :: arguments |> List.map quoted |> String.concat " "

/// Runs experiments as the command line says, and gives the exit code: 0 when the tables are printed, 2 when something in
/// the script, the command line or the data has to be mended first, 1 when a trial failed or the table is not as recorded,
/// 130 when stopped by Ctrl-C.
let run (script: string) (home: string) (arguments: string list) (experiments: Experiment list) =
    match Options.parse script home arguments with
    | Ok None -> 0
    | Error problems ->
        report script problems
        2
    | Ok(Some options) ->
        match plans options.Choices experiments with
        | Error bad ->
            for name, problems in bad do
                report name problems

            2
        | Ok plans when options.PlanOnly ->
            printfn "%s" (plans |> List.map Plan.print |> String.concat "\n\n")
            0
        | Ok plans ->
            use stop = new CancellationTokenSource()

            let onCancel =
                ConsoleCancelEventHandler(fun _ pressed ->
                    pressed.Cancel <- true
                    stop.Cancel())

            Console.CancelKeyPress.AddHandler onCancel

            try
                runPlans options script (commandLine script arguments) plans stop.Token
            finally
                Console.CancelKeyPress.RemoveHandler onCancel
