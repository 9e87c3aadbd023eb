module Sed.Tool.Report

open System
open Argu
open Sed.Runner

type private ReportArguments =
    | [<MainCommand; ExactlyOnce>] Run of run: string
    | [<Unique>] Runs of folder: string
    | [<Unique>] Open
    | [<Unique>] Serve
    | [<Unique>] Port of number: int

    interface IArgParserTemplate with
        member argument.Usage =
            match argument with
            | Run _ ->
                "a table's name, for example table2 or table2-smoke, optionally with its runs folder: elsewhere/table2."
            | Runs _ -> "the runs folder, if it is not part of the name (default: runs)."
            | Open -> "open the report in a browser."
            | Serve -> "serve a page on this machine that follows the run while it trains, until Ctrl-C."
            | Port _ -> "port of the served page, 1 to 65535 (default: any free port)."

let private openInBrowser = Command.openInBrowser "report"

let private serve runs run port (openPage: bool) =
    let onStarted address =
        printfn $"{address} (press Ctrl-C to stop)"
        if openPage then
            openInBrowser address
    Reports.serve runs run port onStarted (Interruption.token ())

let private work (arguments: ParseResults<ReportArguments>) =
    let runs = arguments.GetResult(Runs, "runs")
    let port = arguments.TryGetResult Port
    match port with
    | Some number when number < 1 || number > 65535 ->
        raise (BadArguments [ $"--port must be between 1 and 65535, was {number}" ])
    | Some _ when not (arguments.Contains Serve) -> raise (BadArguments [ "--port needs --serve" ])
    | _ -> ()
    if arguments.Contains Serve then
        serve runs (arguments.GetResult Run) port (arguments.Contains Open)
    else
        let file, remark = Reports.find runs (arguments.GetResult Run)
        printfn $"{file}"
        remark |> Option.iter (fun remark -> eprintfn $"seddsl report: {remark}")
        if arguments.Contains Open then
            openInBrowser file

/// seddsl report: prints the path of a report or serves a live page.
let command = {
    Name = "report"
    Summary = "prints the path of a run's report, or serves a page that follows a run"
    Examples = [ "seddsl report runs/table2"; "seddsl report runs/table2 --serve" ]
    NeedsTorch = true
    Run = Command.run<ReportArguments> work
}
