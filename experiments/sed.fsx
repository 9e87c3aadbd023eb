// The environment of experiment scripts: `#load "sed.fsx"`, then `open Sed`. Build first: `dotnet fsi build.fsx`.
#r "../artifacts/bin/Sed.Runner/release/Deedle.dll"
#r "../artifacts/bin/Sed.Runner/release/TorchSharp.dll"
#r "../artifacts/bin/Sed.Runner/release/Sed.Core.dll"
#r "../artifacts/bin/Sed.Runner/release/Sed.Dsl.dll"
#r "../artifacts/bin/Sed.Runner/release/Sed.Runner.dll"

open System
open System.IO
open System.Runtime.CompilerServices
open System.Runtime.InteropServices
open Sed
open Sed.Runner

// Runs before the compiler reads the script, so that common mistakes are reported in the terms of the language.
Script.check fsi.CommandLineArgs

/// Settings of a profile for two CPU cores and the built-in corpus: fewer and longer frames, fewer clips and fewer
/// epochs than in the paper, and a higher learning rate that decreases to 0. At least 20 clips of each class are
/// scored. They apply only to scripts that declare the profile: `profile "quick" [ 1; 2 ] quick`.
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

/// Settings of a profile with twice the training clips and epochs of `quick`.
let long = quick @ [ TrainingClips 1600; Epochs 80; Patience 30 ]

/// The settings of the built-in profile `smoke`, for scripts that extend it.
let smoke = Profile.smoke

/// The path of the file of a pretrained network: in the folder that the environment variable MODELS names; by default,
/// in the folder models.
let pretrained (file: string) =
    match Environment.GetEnvironmentVariable "MODELS" with
    | null
    | "" -> Path.Combine("models", file)
    | folder -> Path.Combine(folder, file)

/// Functions on networks in scripts.
module Network =
    /// The names of a network's parameters and buffers with their shapes, for the tables of `startFromWith`. If the network
    /// has problems, they are printed, and the script ends.
    let parameters (features: Features) (network: Network) = ScriptRuns.parameters features network

/// The folder of corpora, features, trials and tables: the value of `--out`; by default, the folder runs of the
/// repository.
let runs =
    match fsi.CommandLineArgs |> Array.tryFindIndex ((=) "--out") with
    | Some index when index + 1 < fsi.CommandLineArgs.Length -> fsi.CommandLineArgs[index + 1]
    | _ -> Path.GetFullPath(Path.Combine(__SOURCE_DIRECTORY__, "..", "runs"))

/// The results of an experiment as a frame with one row for each trial: `results "table2"`, or
/// `results "elsewhere/table2"` for another folder of runs. If the script has run the experiment, these are the results
/// of that run, with its profile and corpus.
let results place = ScriptRuns.results runs place

/// Compares two experiments, or the same experiment in two folders: differences in settings and scores.
let compare left right = ScriptRuns.compare runs left right

/// Shows a frame as a table.
let show title frame = Results.print title frame

/// Writes a frame to a file: .csv, .parquet, .md or .tex.
let export file frame = Export.frame file frame

let private runAll (source: string) (experiments: Experiment list) =
    Sed.Core.Runtime.StandardStreams.Install()
    StaleBuild.warn (Path.Combine(__SOURCE_DIRECTORY__, "..", "src"))
    let script, arguments =
        fsi.CommandLineArgs[0], List.tail (List.ofArray fsi.CommandLineArgs)
    let source = if source = "" then script else source
    ScriptRuns.run source script runs arguments experiments

[<AutoOpen>]
type Run =
    /// Runs experiments with the options of the command line: plans them, trains the unfinished trials and prints the
    /// tables.
    static member run
        (experiments: Experiment list, [<CallerFilePath; Optional; DefaultParameterValue("")>] source: string)
        =
        runAll source experiments

    /// Runs a single experiment: `run first` is the same as `run [ first ]`.
    static member run(experiment: Experiment, [<CallerFilePath; Optional; DefaultParameterValue("")>] source: string) =
        runAll source [ experiment ]
