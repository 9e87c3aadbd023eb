/// Checks the script of this process for mistakes before the compiler reads it. When the process ends, reports if the
/// script has not run any experiment. Used by sed.fsx.
module Sed.Runner.Script

open System
open System.IO
open Sed
open Sed.Core.Runtime

let mutable private isUsed = false
let mutable private isScript = false

let private isFile (arguments: string list) =
    match arguments with
    | script :: _ -> script.EndsWith ".fsx" && File.Exists script
    | [] -> false

/// Notes that the script has run an experiment or read results.
let markUsed () = isUsed <- true

let private warnIfNothingRan (script: string) (_: EventArgs) =
    // A script that stopped with an error has already printed it.
    if not isUsed && Environment.ExitCode = 0 then
        match ScriptFiles.read script |> List.collect (snd >> ScriptMistakes.experimentsIn) with
        | [] -> ()
        | names ->
            let described, them =
                match names with
                | [ name ] -> $"the experiment '{name}'", "it"
                | _ ->
                    "the experiments "
                    + ([ for name in names -> $"'{name}'" ] |> String.concat ", "),
                    "them"
            eprintfn
                $"{script}: nothing was run. The script describes {described} but does not run {them}. Add `run [ NAME ]` as the last line, where NAME is the value that holds the experiment."
            Environment.ExitCode <- 2

/// Evaluates a function. In a script, an error in the input prints its message and ends the process; in an interactive
/// session, the exception is raised as usual.
let orExit (compute: unit -> 'value) : 'value =
    try
        compute ()
    with
    | :? IOException
    | :? InvalidDataException
    | :? ArgumentException as error when isScript ->
        eprintfn $"{OneLine.EachOf(ErrorText.ofInput error)}"
        exit 2

/// Checks the text of the script named by the command line. If it has mistakes, prints them and ends the process.
/// Prints a message at the end of the process if the script describes experiments but has run none.
let check (arguments: string[]) =
    let arguments = List.ofArray arguments
    if isFile arguments then
        isScript <- true
        let script = arguments.Head
        let mistakes = [
            for file, text in ScriptFiles.read script do
                let shown = if file = Path.GetFullPath script then script else file
                yield! ScriptMistakes.ofText shown text
        ]
        if mistakes.IsEmpty then
            AppDomain.CurrentDomain.ProcessExit.Add(warnIfNothingRan script)
        else
            for mistake in mistakes do
                eprintfn $"{ScriptMistakes.print mistake}"
            exit 2
