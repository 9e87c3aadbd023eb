/// Whole runs of experiments, as a script starts them.
module Sed.Runner.Tests.Sessions

open System
open System.IO
open Sed
open Sed.Runner

/// Where the runs of all tests are kept, each in a folder of its own.
let home = Path.Combine(Path.GetTempPath(), "sed-" + Guid.NewGuid().ToString "N")

/// Two rows that are trained in no time.
let small =
    experiment "small" {
        title "Two trials"
        data Soundscapes.smartCars
        clips 12 8 4

        network (
            crnn {
                convolutions [ 4, 5; 4, 8 ]
                recurrent [ 4 ]
                dense []
            }
        )

        train (
            training {
                epochs 2
                batch 4
            }
        )

        alongside "crnn" []
        alongside "baseline" [ Network mlp; WeakWeight 0.0 ]
        seeds [ 1 ]
        report [ WeakF; StrongER ]
    }

/// Runs a script's experiments: the exit code, what was printed, and what was printed as an error. A report takes longer
/// than all else, so it is written where it is asked for.
let runAs script out arguments experiments =
    let arguments =
        if List.contains "--report" arguments then
            arguments
        else
            "--no-report" :: arguments
    use output = new StringWriter()
    use errors = new StringWriter()
    let before = Console.Out, Console.Error
    Console.SetOut output
    Console.SetError errors

    try
        let code = Session.run script out arguments experiments
        code, output.ToString(), errors.ToString()
    finally
        Console.SetOut(fst before)
        Console.SetError(snd before)

/// The same of a script called small.fsx.
let run out arguments experiments =
    runAs "small.fsx" out arguments experiments
