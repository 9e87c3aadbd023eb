/// Runs experiments for the calls of `run` in a script, and reads the tables of their results. Used by sed.fsx.
module Sed.Runner.ScriptRuns

open System
open System.IO
open Sed

let mutable private tables = Map.empty<string, string>
let mutable private isPlan = false

/// Maps the name of an experiment that this process has run to the name of its table, for example "first" to
/// "first-smoke" with `--profile smoke`. Other names are returned unchanged.
let private tableOf name =
    Map.tryFind name tables |> Option.defaultValue name

/// Reads results. If they cannot be read while `--plan` only prints the plans, the process ends without an error.
let private reading (read: unit -> 'frame) : 'frame =
    Script.markUsed ()
    Script.orExit (fun () ->
        try
            read ()
        with :? IOException as missing when isPlan ->
            printfn $"The plan ends here, because the script reads results. {missing.Message}"
            exit 0)

/// Reads the results of an experiment, which is given by its name or by the name of its table.
let results (runs: string) (place: string) =
    reading (fun () -> Results.read runs (tableOf place))

/// Compares two experiments, which are given by their names or by the names of their tables.
let compare (runs: string) (left: string) (right: string) =
    reading (fun () -> Results.compareNamed runs (tableOf left, left) (tableOf right, right))

/// The names and shapes of a network's parameters, as `Network.parameters` returns them.
let parameters (features: Features) (network: Network) =
    Script.orExit (fun () -> Network.parameters features network)

// Worker processes and cluster jobs run the whole script, but train the trials of one `run` only.
let private isPartOfRun (arguments: string list) = List.contains "--plan-key" arguments

/// Whether the last call of `run` had a different plan than this worker process or cluster job trains.
let mutable private isSearching = false

let private reportIfNotFound =
    lazy
        (AppDomain.CurrentDomain.ProcessExit.Add(fun _ ->
            if isSearching then
                Environment.ExitCode <- WorkerProcesses.OtherPlan))

/// Runs experiments with the options of the command line, and ends the process if they fail. A worker process or a
/// cluster job trains the trials of one call of `run`: it skips calls with a different plan, and ends after its own
/// call.
let run (source: string) (script: string) (home: string) (arguments: string list) (experiments: Experiment list) =
    Script.markUsed ()
    match Options.parse script home arguments with
    | Some(options, []) ->
        isPlan <- options.PlanOnly
        for experiment in experiments do
            tables <- tables.Add(experiment.Name, Plan.tableName options.Choices experiment)
    | _ -> ()
    match Session.runFrom source script home arguments experiments with
    | code when isPartOfRun arguments ->
        isSearching <- (code = WorkerProcesses.OtherPlan)
        if isSearching then reportIfNotFound.Force() else exit code
    | 0 -> ()
    | code -> exit code
