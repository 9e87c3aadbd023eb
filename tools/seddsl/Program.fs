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

/// Whether this is the command line for those who only score (tools/seddsl-alone), which has no torch.
let private scoresOnly () =
    match AppContext.TryGetSwitch "Sed.WithoutTorch" with
    | true, without -> without
    | _ -> false

let private help () =
    let absent, present =
        commands |> List.partition (fun command -> scoresOnly () && command.NeedsTorch)
    printfn "seddsl COMMAND [options]"
    printfn ""

    for command in present do
        printfn $"  {command.Name, -12} {command.Summary}"

    if not absent.IsEmpty then
        printfn ""
        printfn
            $"""Of the whole command line, the package SedDsl.Tool: {absent |> List.map _.Name |> String.concat ", "}."""

    printfn ""
    printfn "seddsl COMMAND --help tells the options of a command."

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
        | Some command when scoresOnly () && command.NeedsTorch ->
            eprintfn
                $"seddsl {name}: this seddsl only scores and has no torch; install the whole one (dotnet tool install --global SedDsl.Tool)"
            ExitCode.BadInput
        | Some command -> command.Run(Array.ofList rest)
        | None ->
            let known = commands |> List.map _.Name |> String.concat ", "
            eprintfn $"seddsl: there is no command \"{name}\"; there is {known}"
            ExitCode.BadInput
