// What every experiment script loads: `#load "sed.fsx"`, then `open Sed`. Needs the build: `dotnet fsi build.fsx`.
#r "../artifacts/bin/Sed.Runner/release/Deedle.dll"
#r "../artifacts/bin/Sed.Runner/release/TorchSharp.dll"
#r "../artifacts/bin/Sed.Runner/release/Sed.Core.dll"
#r "../artifacts/bin/Sed.Runner/release/Sed.Dsl.dll"
#r "../artifacts/bin/Sed.Runner/release/Sed.Runner.dll"

open System.IO
open Sed
open Sed.Runner

/// The default: a profile for 2 CPU cores and the built-in corpus, in which the networks learn. Fewer and longer frames, fewer
/// clips and epochs than the paper's, a higher learning rate that falls to 0. At least 20 clips of each class are scored.
let quick = [
    TrainingClips 800
    TestingClips 440
    EvaluationClips 440
    Window 100.0<ms>
    Hop 100.0<ms>
    Filters 16
    Optimizer(adam 3e-3)
    Schedule(Cosine 2)
    Batch 16
    Epochs 40
    Patience 15
]

/// As many clips and epochs again: what the built-in corpus has to teach.
let long = quick @ [ TrainingClips 1600; Epochs 80; Patience 30 ]

/// The least that still runs everything.
let smoke = [
    TrainingClips 32
    TestingClips 16
    EvaluationClips 16
    Hop 40.0<ms>
    Batch 16
    Epochs 2
]

/// Where corpora, features, trials and tables are kept: what `--out` says, or else runs, beside the scripts.
let runs =
    match fsi.CommandLineArgs |> Array.tryFindIndex ((=) "--out") with
    | Some index when index + 1 < fsi.CommandLineArgs.Length -> fsi.CommandLineArgs[index + 1]
    | _ -> Path.GetFullPath(Path.Combine(__SOURCE_DIRECTORY__, "..", "runs"))

/// The results of an experiment that has run, a row for each trial: `results "table2"`, or `results "elsewhere/table2"` for
/// runs that are kept in another folder.
let results place = Results.read runs place

/// Two experiments, or one in two folders, side by side: what differs in specification and in result.
let compare left right = Results.compare runs left right

/// Shows a frame as a table.
let show title frame = Results.print title frame

/// Writes a frame to a file: .csv, .parquet, .md or .tex.
let export file frame = Export.frame file frame

/// Runs experiments as the command line says: plans them, trains what has no result yet, prints their tables.
let run (experiments: Experiment list) =
    StaleBuild.warn (Path.Combine(__SOURCE_DIRECTORY__, "..", "src"))
    let experiments = [
        for experiment in experiments ->
            if experiment.Profiles.IsEmpty then
                let profile name settings : Profile = { Name = name; Settings = settings }
                {
                    experiment with
                        Profiles = [ profile "quick" quick, [ 1; 2 ]; profile "smoke" smoke, [ 1 ] ]
                }
            else
                experiment
    ]
    match Session.run fsi.CommandLineArgs[0] runs (List.tail (List.ofArray fsi.CommandLineArgs)) experiments with
    | 0 -> ()
    | code -> exit code
