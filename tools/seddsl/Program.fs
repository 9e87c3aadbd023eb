module Sed.Tool.Program

open System
open System.Reflection
open Sed.Core.Runtime
open Sed.Tool.Estimate
open Sed.Tool.Evaluate
open Sed.Tool.Find
open Sed.Tool.Next
open Sed.Tool.Predict
open Sed.Tool.Review
open Sed.Tool.Train

/// Every command, in the order of the help text.
let private commands = [
    Train.command
    Evaluate.command
    Predict.command
    Next.command
    Review.command
    Find.command
    Estimate.command
    Check.command
    Features.command
    Report.command
    Export.command
    Weights.command
    Show.command
    Compare.command
    Status.command
    Devices.command
]

/// Whether this is the torch-free build (tools/seddsl-alone).
let private withoutTorch () =
    match AppContext.TryGetSwitch "Sed.WithoutTorch" with
    | true, without -> without
    | _ -> false

/// The package version, followed by the commit in a build from a git checkout: "0.1.0+148b2d9...".
let private version () =
    match Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>() with
    | null -> "unknown"
    | attribute -> attribute.InformationalVersion

/// The commands whose first example is shown by `seddsl help`.
let private shownInHelp = [ "train"; "predict"; "evaluate"; "check"; "show" ]

let private help () =
    let absent, present =
        commands
        |> List.partition (fun command -> withoutTorch () && command.NeedsTorch)
    printfn "seddsl: weakly labelled sound event detection"
    printfn ""
    printfn "USAGE: seddsl COMMAND [options]"
    printfn ""
    printfn "COMMANDS:"
    printfn ""

    for command in present do
        printfn $"  {command.Name, -12} {command.Summary}"

    if not absent.IsEmpty then
        printfn ""
        printfn $"""Only in the package SedDsl.Tool: {absent |> List.map _.Name |> String.concat ", "}."""

    printfn ""
    printfn "EXAMPLES:"
    printfn ""
    for command in present do
        match command.Examples with
        | example :: _ when List.contains command.Name shownInHelp -> printfn $"    {example}"
        | _ -> ()
    printfn ""
    printfn
        "Run 'seddsl COMMAND --help' for the options of a command and more examples, 'seddsl --version' for the version."

/// The message for an unknown command.
let private unknown name =
    match Spelling.Nearest(name, [ for command in commands -> command.Name ]) with
    | null ->
        let known = commands |> List.map _.Name |> String.concat ", "
        $"seddsl: '{name}' is not a command; the commands are {known}"
    | nearest -> $"seddsl: '{name}' is not a command; did you mean '{nearest}'?"

/// Runs the command that the arguments name. Returns the exit code.
let rec run arguments =
    match List.ofArray arguments with
    | []
    | [ "help" ]
    | [ "--help" ]
    | [ "-h" ] ->
        help ()
        ExitCode.Done
    | [ "--version" ] ->
        printfn $"{version ()}"
        ExitCode.Done
    | [ "help"; name ] -> run [| name; "--help" |]
    | name :: rest ->
        match commands |> List.tryFind (fun command -> command.Name = name) with
        | Some command when withoutTorch () && command.NeedsTorch ->
            eprintfn
                $"seddsl {name}: this build has no libtorch; install the full tool with: dotnet tool install --global SedDsl.Tool"
            ExitCode.BadInput
        | Some command -> command.Run command (Array.ofList rest)
        | None ->
            Command.complain (unknown name)
            ExitCode.BadInput

[<EntryPoint>]
let main arguments =
    StandardStreams.Install()
    Interruption.start ()
    try
        run arguments
    with :? OutputClosedException as closed ->
        eprintfn $"seddsl: {closed.Message}"
        ExitCode.Failed
