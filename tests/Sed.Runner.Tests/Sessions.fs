/// Whole runs of experiments, as a script starts them.
module Sed.Runner.Tests.Sessions

open System
open System.IO
open Sed.Runner

/// Runs a script's experiments: the exit code, what was printed, and what was printed as an error.
let runAs script out arguments experiments =
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
