// What every experiment script loads: `#load "sed.fsx"`, then `open Sed`. Needs the build: `dotnet fsi build.fsx`.
#r "../artifacts/bin/Sed.Runner/release/Deedle.dll"
#r "../artifacts/bin/Sed.Runner/release/TorchSharp.dll"
#r "../artifacts/bin/Sed.Runner/release/Sed.Core.dll"
#r "../artifacts/bin/Sed.Runner/release/Sed.Dsl.dll"
#r "../artifacts/bin/Sed.Runner/release/Sed.Runner.dll"

open System.IO
open Sed

/// Runs experiments as the command line says: plans them, trains what has no result yet, prints their tables.
let run (experiments: Experiment list) =
    let script = fsi.CommandLineArgs[0]
    let runs = Path.GetFullPath(Path.Combine(__SOURCE_DIRECTORY__, "..", "runs"))

    match Sed.Runner.Session.run script runs (List.tail (List.ofArray fsi.CommandLineArgs)) experiments with
    | 0 -> ()
    | code -> exit code
