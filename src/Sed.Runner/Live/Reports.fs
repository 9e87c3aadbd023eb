/// Finds the reports of stored runs and serves live pages, without the scripts of the runs.
module Sed.Runner.Reports

open System
open System.IO
open System.Threading

let private tablesOf (runs: string) = [
    let tables = Path.Combine(runs, "tables")
    if Directory.Exists tables then
        for file in Directory.GetFiles(tables, "*.csv") do
            string (Path.GetFileNameWithoutExtension file)
]

let private noRun runs name =
    let known = List.distinct (RunPlan.names runs @ tablesOf runs) |> List.sort
    let found =
        if known.IsEmpty then
            "no runs"
        else
            "these runs: " + String.concat ", " known
    IOException $"There is no run '{name}' in {runs}. The folder contains {found}."

let private progressOf (plan: RunPlan) (runs: string) =
    let tally = Progress(plan, runs).Tally
    $"{tally.Done} of {tally.All} trials are finished"

/// The path of a run's report, and a remark if the run has begun again since the report was written. Raises IOException
/// if there is no such run or no report of it yet.
let find (runs: string) (place: string) : string * string option =
    let runs, name = RunPlan.locate runs place
    let file = RunPlan.reportFile runs name
    match RunPlan.read runs name with
    | Some plan when File.Exists file && File.GetLastWriteTimeUtc file < plan.Began ->
        file,
        Some
            $"The report is from an earlier run. In the run that began at {plan.Began.ToLocalTime():``yyyy-MM-dd HH:mm``}, {progressOf plan runs}. To follow it, use --serve."
    | _ when File.Exists file -> file, None
    | Some plan ->
        raise (
            IOException
                $"There is no report of '{name}' yet: {progressOf plan runs}. To follow the run, use --serve. The script writes the report at the end of the run; with a profile other than the default one, only with --report."
        )
    | None when List.contains name (tablesOf runs) ->
        raise (
            IOException
                $"There is no report of '{name}' in {runs}. To write one, run its script with --report; nothing is trained again."
        )
    | None -> raise (noRun runs name)

/// Serves a live page of a run on a port of the loopback address (any free one by default) until `stop` is cancelled.
/// Calls `say` with the page's address once it is available. Raises IOException if there is no such run or the port is
/// not available.
let serve (runs: string) (place: string) (port: int option) (say: string -> unit) (stop: CancellationToken) =
    let runs, name = RunPlan.locate runs place
    match RunPlan.read runs name with
    | Some plan ->
        use server = new LiveServer(runs, name, plan, port)
        say server.Address
        server.Serve stop
    | None when List.contains name (tablesOf runs) ->
        raise (
            IOException
                $"'{name}' in {runs} was written by an earlier version of SedDsl and has no plan. Run its script again to add the plan; nothing is trained again."
        )
    | None -> raise (noRun runs name)
