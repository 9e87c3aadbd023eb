// What every experiment script loads: `#load "sed.fsx"`, then `open Sed`. Needs the build: `dotnet fsi build.fsx`.
#r "../artifacts/bin/Sed.Runner/release/Deedle.dll"
#r "../artifacts/bin/Sed.Runner/release/TorchSharp.dll"
#r "../artifacts/bin/Sed.Runner/release/Sed.Core.dll"
#r "../artifacts/bin/Sed.Runner/release/Sed.Dsl.dll"
#r "../artifacts/bin/Sed.Runner/release/Sed.Runner.dll"

open System.IO
open Sed
open Sed.Runner

/// A profile for 2 CPU cores and the built-in corpus: few clips and epochs, a hop of 40 ms, a higher learning rate.
let quick = [
    TrainingClips 360
    TestingClips 120
    EvaluationClips 120
    Features(logMel { overlap 0.0 })
    Optimizer(adam 3e-3)
    Batch 8
    Epochs 25
]

/// A profile for 2 CPU cores and the built-in corpus in which networks come to differ by what they can learn: some 5
/// minutes for three trainings of the CRNN.
let long = quick @ [ TrainingClips 600; Batch 16; Epochs 60 ]

/// The least that still runs everything.
let smoke = [
    TrainingClips 32
    TestingClips 16
    EvaluationClips 16
    Features(logMel { overlap 0.0 })
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
let show title frame = Show.frame title frame

/// Writes a frame to a file: .csv, .parquet, .md or .tex.
let export file frame = Export.frame file frame

/// Runs experiments as the command line says: plans them, trains what has no result yet, prints their tables.
let run (experiments: Experiment list) =
    match Session.run fsi.CommandLineArgs[0] runs (List.tail (List.ofArray fsi.CommandLineArgs)) experiments with
    | 0 -> ()
    | code -> exit code
