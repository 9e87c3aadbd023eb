/// Reports of runs for who has their folder and not their script: what is written, and what still goes on.
module Sed.Runner.Reports

open System
open System.IO
open System.Threading

/// A run's folder and name: "table2" of the given runs, or "elsewhere/table2" of others.
let private locate (runs: string) (place: string) =
    match Path.GetDirectoryName place with
    | null
    | "" -> runs, place
    | folder -> folder, string (Path.GetFileName place)

let private tablesOf (runs: string) = [
    let tables = Path.Combine(runs, "tables")
    if Directory.Exists tables then
        for file in Directory.GetFiles(tables, "*.csv") do
            string (Path.GetFileNameWithoutExtension file)
]

let private noRun runs name =
    let known = List.distinct (RunPlan.names runs @ tablesOf runs) |> List.sort
    let there =
        if known.IsEmpty then
            "has no runs"
        else
            "has " + String.concat ", " known
    IOException $"There is no run '{name}' in {runs}, which {there}."

let private reported (plan: RunPlan) (runs: string) =
    let tally = Progress(plan, runs).Tally
    $"{tally.Done} of {tally.All} trials are done"

/// The file of a run's report, and what a reader should know about it, or nothing.
/// Raises IOException where there is no such run, or no report of it yet.
let find (runs: string) (place: string) : string * string option =
    let runs, name = locate runs place
    let file = RunPlan.reportFile runs name
    match RunPlan.read runs name with
    | Some plan when File.Exists file && File.GetLastWriteTimeUtc file < plan.Began ->
        file,
        Some
            $"The report is of an earlier run. Of the one that began on {plan.Began.ToLocalTime():``yyyy-MM-dd HH:mm``} {reported plan runs}: --serve shows it."
    | _ when File.Exists file -> file, None
    | Some plan ->
        raise (
            IOException
                $"There is no report of '{name}' yet: {reported plan runs}. --serve shows them; the run's script writes the report at its end, of another profile than the default with --report."
        )
    | None when List.contains name (tablesOf runs) ->
        raise (
            IOException
                $"There is no report of '{name}' in {runs}. Its script writes one with --report; nothing is trained again."
        )
    | None -> raise (noRun runs name)

/// Serves a page that shows a run while it goes on, at a port of the loopback address (any that is free where none is named),
/// until it is told to stop; says the page's address once there is one.
/// Raises IOException where there is no such run, or the port cannot be had.
let serve (runs: string) (place: string) (port: int option) (say: string -> unit) (stop: CancellationToken) =
    let runs, name = locate runs place
    match RunPlan.read runs name with
    | Some plan ->
        use server = new LiveServer(runs, name, plan, port)
        say server.Address
        server.Serve stop
    | None when List.contains name (tablesOf runs) ->
        raise (
            IOException
                $"'{name}' in {runs} has no plan beside its table, as runs of earlier versions have none. Run its script again: nothing is trained again, and the plan is kept."
        )
    | None -> raise (noRun runs name)
