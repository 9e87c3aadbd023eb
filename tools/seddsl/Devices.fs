module Sed.Tool.Devices

open System
open Sed.Core.Runtime

let private run (arguments: string[]) =
    match arguments with
    | [||] ->
        try
            for line in Devices.Describe() do
                printfn $"{line}"

            ExitCode.Done
        with :? NotSupportedException as unusable ->
            eprintfn $"seddsl devices: {unusable.Message}"
            ExitCode.BadInput
    | [| "--help" |] ->
        printfn "USAGE: seddsl devices"
        printfn ""
        printfn
            "Lists the devices on which networks and features can be computed. If no GPU can be used, gives the reason."
        ExitCode.Done
    | _ ->
        eprintfn "seddsl devices: this command takes no arguments"
        ExitCode.BadInput

/// seddsl devices: lists the available devices.
let command = {
    Name = "devices"
    Summary = "lists the devices (CPU, GPUs) that can be used for computation"
    NeedsTorch = true
    Run = run
}
