/// Runs experiments as a script does.
module Sed.Runner.Tests.Sessions

open System
open System.IO
open Sed
open Sed.Runner

/// The folder for the runs of all tests.
let home = Path.Combine(Path.GetTempPath(), "sed-" + Guid.NewGuid().ToString "N")

/// Two rows that train within seconds.
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

        addRow "crnn" []
        addRow "baseline" [ Network mlp; WeakWeight 0.0 ]
        seeds [ 1 ]
        report [ WeakF; StrongER ]
    }

/// Runs a script's experiments. Returns the exit code, the output and the error output. Writes a report only on
/// request, because a report takes longer than the rest.
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

/// Runs the experiments of a script called small.fsx.
let run out arguments experiments =
    runAs "small.fsx" out arguments experiments
