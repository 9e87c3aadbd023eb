/// What a plan came to, for others: on the screen, beside the trials, and where the command line says.
module internal Sed.Runner.Publishing

open System
open System.IO
open Sed

/// Says every problem of something, as errors.
let complain (name: string) problems =
    eprintfn $"{Problem.printAll name problems}"

/// Where a table goes that is exported: beside its name there is the experiment's, where a script has several.
let private exportFile (file: string) (outcome: Outcome) several =
    if several then
        let folder = Path.GetDirectoryName file |> string
        let name = Path.GetFileNameWithoutExtension file
        Path.Combine(folder, $"{name}-{outcome.Plan.Experiment.Name}{Path.GetExtension file}")
    else
        file

/// Does what writes something beside the trials; where it cannot be written, that is said and nothing is lost.
let private keeping (what: string) (write: unit -> unit) =
    try
        write ()
        true
    with
    | :? IOException
    | :? UnauthorizedAccessException as refused ->
        printfn $"{what} could not be kept: {refused.Message}"
        false

let private writeFigures (workspace: Workspace) (outcome: Outcome) =
    for figure in Report.asked workspace outcome do
        let folder = Path.Combine(workspace.Folder, "figures", outcome.Plan.Experiment.Name)
        Directory.CreateDirectory folder |> ignore
        let file = Path.Combine(folder, figure.Name)
        for ending in [ ".svg"; ".png" ] do
            FigureFile.write (file + ending) figure
        printfn $"{figure.Title}: {file}.svg and .png"

let private writeReport (workspace: Workspace) (outcome: Outcome) audio command =
    let file = RunPlan.reportFile workspace.Folder outcome.Plan.FileName
    Report.write workspace outcome audio command file
    printfn $"Report: {file}"

/// False where there is no model, which is said.
let private writeModel (workspace: Workspace) (outcome: Outcome) file =
    let mutable written = true
    keeping file (fun () ->
        match ModelExport.write workspace outcome file with
        | Ok what -> printfn $"{what}"
        | Error why ->
            eprintfn $"{why}"
            written <- false)
    && written

let private verify recorded (outcome: Outcome) =
    match Recorded.verify recorded outcome with
    | Ok verified ->
        printfn $"{verified}"
        true
    | Error problems ->
        complain "verify" problems
        false

/// Keeps what a run is to come to, for who watches it. What is finished is shown from storage that cannot be written too, so
/// then a plan stays that is kept already.
let keepPlan (workspace: Workspace) (plan: Plan) =
    let isOver () =
        (Sweep.openTrials workspace plan).IsEmpty
    if not (RunPlan.isKept workspace.Folder plan.FileName && isOver ()) then
        keeping "The plan" (fun () -> RunPlan.write workspace plan) |> ignore

/// Prints what a plan came to, and keeps and compares it as the command line says; false where it is not as recorded, or
/// where a file that the command line names could not be written.
let publish (options: Options) command recorded several (workspace: Workspace) (outcome: Outcome) =
    Table.print outcome.Table
    printfn ""
    if outcome.Plan.Experiment.Question <> "" then
        printfn $"{outcome.Plan.Experiment.Question}"
    for sentence in outcome.Answers do
        printfn $"{sentence}"
    for table in outcome.Below do
        Table.print table
    // What is kept in the workspace is a convenience, so a finished table is shown from storage that is read only.
    keeping "The table" (fun () -> Outcome.save outcome) |> ignore
    keeping "The figures" (fun () -> writeFigures workspace outcome) |> ignore
    let isWhole = outcome.Plan.FileName = outcome.Plan.Experiment.Name
    if options.Report |> Option.defaultValue isWhole then
        keeping "The report" (fun () -> writeReport workspace outcome options.Audio command)
        |> ignore
    [
        for file in options.Exports do
            let file = exportFile file outcome several
            keeping file (fun () ->
                Export.write file (fun () -> outcome.Table) outcome.Frame
                printfn $"Exported: {file}")
        for file in Option.toList options.ExportModel do
            writeModel workspace outcome (exportFile file outcome several)
        if options.Record then
            keeping "The record" (fun () -> printfn $"Recorded: {Recorded.write recorded outcome}")
        if options.Verify then
            verify recorded outcome
    ]
    |> List.forall id
