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
        printfn "Lists what networks and features can be computed with, and why there is not more."
        ExitCode.Done
    | _ ->
        eprintfn "seddsl devices: it takes no arguments"
        ExitCode.BadInput

/// seddsl devices: what there is to compute with.
let command = {
    Name = "devices"
    Summary = "lists what networks can be computed with, and why there is not more"
    NeedsTorch = true
    Run = run
}
