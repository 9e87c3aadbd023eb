module Sed.Tool.Report

open System
open System.Diagnostics
open System.Runtime.InteropServices
open System.Threading
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
                "a table's name, for example table2 or table2-smoke; or a folder of runs and a name: elsewhere/table2."
            | Runs _ -> "the folder of the runs where the name has none; runs by default."
            | Open -> "open the page in a browser."
            | Serve -> "show the run while it goes on, in a page of a local address, until Ctrl-C."
            | Port _ -> "the port of that address, 1 to 65535; one that is free by default."

let private show (address: string) =
    use _ = Process.Start(ProcessStartInfo(address, UseShellExecute = true))
    ()

let private serve runs run port (isOpened: bool) =
    use stop = new CancellationTokenSource()
    let ended (signal: PosixSignalContext) =
        signal.Cancel <- true
        stop.Cancel()
    use _ = PosixSignalRegistration.Create(PosixSignal.SIGINT, ended)
    use _ = PosixSignalRegistration.Create(PosixSignal.SIGTERM, ended)
    let say address =
        printfn $"{address} (Ctrl-C ends it)"
        if isOpened then
            show address
    Reports.serve runs run port say stop.Token

let private work (given: ParseResults<ReportArguments>) =
    let runs = given.GetResult(Runs, "runs")
    let port = given.TryGetResult Port
    match port with
    | Some number when number < 1 || number > 65535 ->
        raise (BadArguments [ $"--port {number} is no port: give a number from 1 to 65535" ])
    | Some number when not (given.Contains Serve) ->
        raise (BadArguments [ $"--port {number} says where a page is served: add --serve" ])
    | _ -> ()
    if given.Contains Serve then
        serve runs (given.GetResult Run) port (given.Contains Open)
    else
        let file, remark = Reports.find runs (given.GetResult Run)
        printfn $"{file}"
        remark |> Option.iter (fun remark -> eprintfn $"seddsl report: {remark}")
        if given.Contains Open then
            show file

/// seddsl report: a run's report, or the run while it goes on.
let command = {
    Name = "report"
    Summary = "says where a run's report is, or shows a run while it goes on"
    NeedsTorch = true
    Run = Command.run<ReportArguments> "report" work
}
