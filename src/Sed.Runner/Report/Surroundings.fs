/// The machine that writes a report, and what its trials were run with, in words.
module internal Sed.Runner.Surroundings

open System
open System.Reflection
open System.Runtime.InteropServices
open Sed.Core.Runtime

let private version (assembly: Assembly) =
    match assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>() with
    | null -> string (assembly.GetName().Version)
    | stated -> stated.InformationalVersion.Split('+').[0]

/// Names and values: versions, system and processor, and with what the trials computed.
let describe (results: TrialResult list) =
    let distinct (value: TrialResult -> string) =
        results |> List.map value |> List.distinct |> String.concat ", "
    [
        "SedDsl", version (Assembly.GetExecutingAssembly())
        ".NET", RuntimeInformation.FrameworkDescription
        "TorchSharp", version typeof<TorchSharp.torch>.Assembly
        "libtorch", Torch.Library
        "System", RuntimeInformation.OSDescription
        "Processor", $"{Processor.Name}, {Environment.ProcessorCount} cores, {Processor.VectorWidth}"
        "Device of the trials", distinct _.Device
        "Threads of the trials", distinct (fun result -> string result.Threads)
    ]
