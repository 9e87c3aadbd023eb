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

/// The cell that was published for a row, where one was: its settings are among those of the published row.
let published (experiment: Experiment) (variant: Variant) metric =
    experiment.Published
    |> List.tryFind (fun row ->
        not row.Settings.IsEmpty
        && variant.Settings |> List.forall (fun s -> List.contains s row.Settings))
    |> Option.bind (fun row -> row.Cells |> List.tryFind (fun (known, _) -> known = metric))
    |> Option.map snd

let private console () =
    let settings = AnsiConsoleSettings(Out = AnsiConsoleOutput Console.Out)

    if Console.IsOutputRedirected then
        settings.Ansi <- AnsiSupport.No
        settings.ColorSystem <- ColorSystemSupport.NoColors

    let console = AnsiConsole.Create settings

    if Console.IsOutputRedirected then
        console.Profile.Width <- 200

    console

let print (plan: Plan) frame (notes: string list) =
    let experiment = plan.Experiment
    let axes = ResultFrame.axes plan.Variants

    let summaries = [
        for metric in experiment.Report -> metric, ResultFrame.summary metric.Name frame
    ]

    let seeds = ResultFrame.summary "seed" frame

    let anyPublished metric =
        plan.Variants
        |> List.exists (fun variant -> (published experiment variant metric).IsSome)

    let table = Table(Border = TableBorder.Simple)

    let right (heading: string) =
        table.AddColumn(TableColumn(Markup.Escape heading).RightAligned()) |> ignore

    let named =
        axes.IsEmpty || plan.Variants |> List.exists (fun variant -> variant.Name <> "")

    if named then
        table.AddColumn(TableColumn "row") |> ignore

    List.iter right axes

    for metric in experiment.Report do
        right (
            if metric.LowerIsBetter then
                $"{metric.Name} (lower is better)"
            else
                metric.Name
        )

        if anyPublished metric then
            right "published"

    right "seeds"

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
                    match published experiment variant metric with
                    | Some value -> invariant "F3" value
                    | None -> "-"
            match seeds variant.Label with
            | Some(_, _, count) -> string count
            | None -> "0"
        ]

        table.AddRow [| for text in cells -> Markup.Escape text |] |> ignore

    let console = console ()
    console.WriteLine()
    console.WriteLine $"{experiment.Name}: {experiment.Title}"
    console.Write table

    for note in notes do
        console.WriteLine note
