// What every experiment script loads: `#load "sed.fsx"`, then `open Sed`. Needs the build: `dotnet fsi build.fsx`.
#r "../artifacts/bin/Sed.Runner/release/Deedle.dll"
#r "../artifacts/bin/Sed.Runner/release/TorchSharp.dll"
#r "../artifacts/bin/Sed.Runner/release/Sed.Core.dll"
#r "../artifacts/bin/Sed.Runner/release/Sed.Dsl.dll"
#r "../artifacts/bin/Sed.Runner/release/Sed.Runner.dll"

open System.IO
open Sed

/// A profile for 2 CPU cores and the built-in corpus: few clips and epochs, a hop of 40 ms, a higher learning rate.
let quick = [
    TrainingClips 360
    TestingClips 120
    EvaluationClips 120
    Features(logMel { overlap 0.0 })
    Optimizer(adam 3e-3)
    Batch 16
    Epochs 12
]

/// The least that still runs everything.
let smoke = [
    TrainingClips 32
    TestingClips 16
    EvaluationClips 16
    Features(logMel { overlap 0.0 })
    Batch 16
    Epochs 2
]

/// Runs experiments as the command line says: plans them, trains what has no result yet, prints their tables.
let run (experiments: Experiment list) =
    let script = fsi.CommandLineArgs[0]
    let runs = Path.GetFullPath(Path.Combine(__SOURCE_DIRECTORY__, "..", "runs"))

    match Sed.Runner.Session.run script runs (List.tail (List.ofArray fsi.CommandLineArgs)) experiments with
    | 0 -> ()
    | code -> exit code
