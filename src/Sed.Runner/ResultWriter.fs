/// Writes the results of a plan to the console, to the workspace and to the files named on the command line.
module internal Sed.Runner.ResultWriter

open System
open System.IO
open Sed
open Sed.Core.Runtime

/// Prints problems on standard error. The heading `name` is, for example, the name of an experiment or script.
let printProblems (name: string) problems =
    eprintfn $"{Problem.printAll (OneLine.Of name) problems}"

/// The path of an experiment's export. If a script has several experiments, the file name also contains the
/// experiment's name.
let private exportFile (file: string) (plan: Plan) several =
    if several then
        let folder = Path.GetDirectoryName file |> string
        let name = Path.GetFileNameWithoutExtension file
        Path.Combine(folder, $"{name}-{plan.Experiment.Name}{Path.GetExtension file}")
    else
        file

// EROFS of Linux and macOS, ERROR_WRITE_PROTECT of Windows.
let private isReadOnly (refused: exn) =
    refused :? UnauthorizedAccessException
    || List.contains refused.HResult [ 30; 0x80070013 ]

/// Calls `write` and returns whether it succeeded. A failure is printed, and the run continues. With `mayBeReadOnly`, a
/// failure because of read-only storage counts as success, so that a finished table can be shown from such storage.
let private tryWriteTo mayBeReadOnly (what: string) (write: unit -> unit) =
    try
        write ()
        true
    with
    | :? OutputClosedException -> reraise ()
    | :? IOException
    | :? UnauthorizedAccessException as refused ->
        printfn $"{what} could not be written: {OneLine.Of refused.Message}"
        mayBeReadOnly && isReadOnly refused

let private tryWrite what write = tryWriteTo false what write

let private writeFigures (workspace: Workspace) (outcome: ExperimentOutcome) =
    for figure in Report.requestedFigures workspace outcome do
        let folder = Path.Combine(workspace.Folder, "figures", outcome.Plan.FileName)
        Directory.CreateDirectory folder |> ignore
        let file = Path.Combine(folder, figure.Name)
        for ending in [ ".svg"; ".png" ] do
            FigureFile.write (file + ending) figure
        printfn $"{figure.Title}: {file}.svg and .png"

let private writeReport (workspace: Workspace) (outcome: ExperimentOutcome) audio command =
    let file = RunPlan.reportFile workspace.Folder outcome.Plan.FileName
    Report.write workspace outcome audio command file
    printfn $"Report: {file}"

/// Writes the model file and returns whether it was written. If it was not, prints the reason.
let private writeModel (workspace: Workspace) (outcome: ExperimentOutcome) withEncoder file =
    let mutable written = true
    tryWrite file (fun () ->
        match ModelExport.write workspace outcome withEncoder file with
        | Ok what -> printfn $"{what}"
        | Error why ->
            eprintfn $"{why}"
            written <- false)
    && written

let private verify recorded (outcome: ExperimentOutcome) =
    match Recorded.verify recorded outcome with
    | Ok verified ->
        printfn $"{verified}"
        true
    | Error problems ->
        printProblems "verify" problems
        false

/// Writes the plan of a run, so that `seddsl report` can follow its progress. The plan of a finished run is not written
/// again, because a finished table can also be shown from read-only storage.
let writePlan (workspace: Workspace) (source: string) (plan: Plan) =
    try
        TableOrigin.write workspace.Folder source plan
    with
    | :? IOException
    | :? UnauthorizedAccessException -> ()
    let isFinished () =
        (Sweep.openTrials workspace plan).IsEmpty
    if not (RunPlan.isKept workspace.Folder plan.FileName && isFinished ()) then
        tryWrite "The plan" (fun () -> RunPlan.write workspace plan) |> ignore

/// The problems of exports that would overwrite the script, its corpora, its recorded results or files of the run.
let outputProblems (options: Options) (script: string) recorded (plans: Plan list) = [
    let several = plans.Length > 1
    let fileOf (plan: Plan) file = exportFile file plan several
    let outputs = [
        for plan in plans do
            for file in options.Exports do
                "--export", fileOf plan file
            for file in Option.toList options.ExportModel do
                "--export-model", fileOf plan file
    ]
    if not outputs.IsEmpty then
        let corpora =
            plans
            |> List.collect Plan.allTrials
            |> List.collect (fun trial -> Corpus.parts trial.Specification.Corpus)
            |> List.distinct
        let folders = [
            for corpus in corpora do
                match corpus with
                | SmartCars
                | LikeDesed None -> ()
                | Recordings folder
                | LikeDesed(Some folder) -> "a folder of recordings", folder
                | Collected(folder, _) -> "the corpus", folder
                | Several _ -> ()
            "the recorded results", recorded
            for name in [ "corpora"; "features"; "trials"; "tables" ] do
                $"the {name} of the run", Path.Combine(options.Out, name)
        ]
        yield! OutputPath.overwritten outputs [ "the script", script ] folders
]

/// Prints the results of a plan, and writes and verifies them as the command line requests. Returns false if the
/// results differ from the recorded ones or a file cannot be written.
let writeAll (options: Options) command recorded several (workspace: Workspace) (outcome: ExperimentOutcome) =
    TableView.print { outcome.Table with Notes = [] }
    TableView.print {
        outcome.Answers with
            Title = outcome.Plan.Experiment.Question
    }
    if options.Answers then
        TableView.printLines outcome.Verdicts
    elif not outcome.Verdicts.IsEmpty then
        TableView.printLines [ "--answers prints all comparisons with differences, intervals and p-values." ]
    printfn ""
    TableView.printLines outcome.Table.Notes
    if not outcome.Rungs.IsEmpty then
        TableView.print (SearchTable.rungs outcome.Plan outcome.Rungs)
    for table in outcome.Below do
        TableView.print table
    let isWhole = outcome.Plan.IsWhole
    [
        tryWriteTo true "The table" (fun () ->
            ExperimentOutcome.save outcome
            printfn $"Scores of each trial: {Path.GetRelativePath(Directory.GetCurrentDirectory(), outcome.File)}")
        tryWriteTo true "The figures" (fun () -> writeFigures workspace outcome)
        if options.Report |> Option.defaultValue isWhole then
            tryWriteTo options.Report.IsNone "The report" (fun () ->
                writeReport workspace outcome options.Audio command)
        for file in options.Exports do
            let file = exportFile file outcome.Plan several
            tryWrite file (fun () ->
                Export.write file (fun () -> outcome.Table) outcome.Frame
                printfn $"Exported: {file}")
        for file in Option.toList options.ExportModel do
            writeModel workspace outcome options.WithEncoder (exportFile file outcome.Plan several)
        if options.Record then
            tryWrite "The recorded results" (fun () -> printfn $"Recorded: {Recorded.write recorded outcome}")
        if options.Verify then
            verify recorded outcome
    ]
    |> List.forall id
