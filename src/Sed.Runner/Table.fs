/// The table that an experiment asked for, in a terminal or in a file.
module internal Sed.Runner.Table

open System
open System.Globalization
open Spectre.Console
open Sed

let private invariant (format: string) (value: float) =
    value.ToString(format, CultureInfo.InvariantCulture)

let private cell (summary: (float * float option * int) option) =
    match summary with
    | None -> "-"
    | Some(mean, Some deviation, seeds) when seeds > 1 -> $"""{invariant "F3" mean} ± {invariant "F3" deviation}"""
    | Some(mean, _, _) -> invariant "F3" mean

let private console () =
    let settings = AnsiConsoleSettings(Out = AnsiConsoleOutput Console.Out)

    if Console.IsOutputRedirected then
        settings.Ansi <- AnsiSupport.No
        settings.ColorSystem <- ColorSystemSupport.NoColors

    let console = AnsiConsole.Create settings

    if Console.IsOutputRedirected then
        console.Profile.Width <- 200

    console

/// How many seeds stand behind a row, and how many are missing.
let private seedsCell (states: (Trial * TrialState) list) variant =
    let own = [
        for trial, state in states do
            if trial.Variant = variant then
                state
    ]
    let finished = own |> List.filter _.IsFinished |> List.length
    let failed = own |> List.filter _.IsFailed |> List.length
    if failed = 0 then
        string finished
    else
        $"{finished} (failed: {failed} of {own.Length})"

let private headings (plan: Plan) axes named anyPublished = [
    if named then
        "row", false
    for axis in axes do
        axis, true
    for metric in plan.Experiment.Report do
        (if metric.LowerIsBetter then
             $"{metric.Name} ↓"
         else
             metric.Name),
        true
        if anyPublished metric then
            "published", true
    "seeds", true
]

/// Prints a row for each of the plan's rows: mean and deviation over the seeds, and what was published beside it.
let print (plan: Plan) frame (states: (Trial * TrialState) list) (notes: string list) =
    let axes = ResultFrame.axes plan.Variants
    let named =
        axes.IsEmpty || plan.Variants |> List.exists (fun variant -> variant.Name <> "")
    let summaries = [
        for metric in plan.Experiment.Report -> metric, ResultFrame.summary metric.Name frame
    ]
    let anyPublished metric =
        plan.Variants
        |> List.exists (fun variant -> (Plan.published plan variant metric).IsSome)
    let table = Table(Border = TableBorder.Simple)
    for heading, isNumber in headings plan axes named anyPublished do
        let column = TableColumn(Markup.Escape heading)
        table.AddColumn(if isNumber then column.RightAligned() else column) |> ignore
    for variant in plan.Variants do
        let cells = [
            if named then
                if axes.IsEmpty then variant.Label else variant.Name
            for axis in axes do
                variant.Coordinates
                |> List.tryFind (fun (name, _) -> name = axis)
                |> Option.map snd
                |> Option.defaultValue "-"
            for metric, summary in summaries do
                cell (summary variant.Label)
                if anyPublished metric then
                    Plan.published plan variant metric
                    |> Option.map (invariant "F3")
                    |> Option.defaultValue "-"
            seedsCell states variant
        ]
        table.AddRow [| for text in cells -> Markup.Escape text |] |> ignore
    let console = console ()
    console.WriteLine()
    console.WriteLine $"{plan.Experiment.Name}: {plan.Experiment.Title}"
    console.Write table
    for note in notes do
        console.WriteLine note
