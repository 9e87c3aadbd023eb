module Sed.Tool.Program

open System
open Sed.Tool.Data
open Sed.Tool.Evaluate
open Sed.Tool.Models
open Sed.Tool.Predict
open Sed.Tool.Runs

/// Every command, in the order in which they are listed.
let private commands = [
    Evaluate.command
    Predict.command
    Check.command
    Features.command
    Report.command
    Export.command
    Show.command
    Compare.command
    Devices.command
]

let private help () =
    printfn "sed COMMAND [options]"
    printfn ""

    for command in commands do
        printfn $"  {command.Name, -12} {command.Summary}"

    printfn ""
    printfn "sed COMMAND --help tells the options of a command."

[<EntryPoint>]
let main arguments =
    match List.ofArray arguments with
    | []
    | [ "help" ]
    | [ "--help" ]
    | [ "-h" ] ->
        help ()
        ExitCode.Done
    | name :: rest ->
        match commands |> List.tryFind (fun command -> command.Name = name) with
        | Some command -> command.Run(Array.ofList rest)
        | None ->
            let known = commands |> List.map _.Name |> String.concat ", "
            eprintfn $"sed: there is no command \"{name}\"; there is {known}"
            ExitCode.BadInput
