module Sed.Tool.Devices

open System
open Sed.Core.Runtime

let private run command (arguments: string[]) =
    match arguments with
    | [||] ->
        try
            for line in Devices.Describe() do
                printfn $"{line}"

            ExitCode.Done
        with :? NotSupportedException as unusable ->
            eprintfn $"seddsl devices: {unusable.Message}"
            ExitCode.BadInput
    | [| "--help" |]
    | [| "-h" |] ->
        printfn "USAGE: seddsl devices"
        printfn ""
        printfn
            "Lists the devices on which networks and features can be computed. If no GPU can be used, gives the reason."
        printfn ""
        Command.printExamples command
        ExitCode.Done
    | _ ->
        eprintfn "seddsl devices: this command takes no arguments"
        ExitCode.BadInput

/// seddsl devices: lists the available devices.
let command = {
    Name = "devices"
    Summary = "lists the devices (CPU, GPUs) that can be used for computation"
    Examples = [ "seddsl devices" ]
    NeedsTorch = true
    Run = run
}
