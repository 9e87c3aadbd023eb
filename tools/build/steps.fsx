// What build.fsx is made of: steps that run a program and say so, or fail with what it said.
open System
open System.Diagnostics
open System.IO

let root = Path.GetFullPath(Path.Combine(__SOURCE_DIRECTORY__, "..", ".."))
let path (parts: string) = Path.Combine(root, parts)
let windows = OperatingSystem.IsWindows()

/// A step that did not succeed: what was run, and what it said if that was not on screen already.
exception Failed of command: string * exitCode: int * output: string

let private start (quiet: bool) (folder: string) (file: string) (arguments: string list) =
    let info =
        ProcessStartInfo(
            file,
            arguments,
            WorkingDirectory = folder,
            RedirectStandardOutput = quiet,
            RedirectStandardError = quiet
        )
    // Paket reads the packages where NuGet keeps them by default, so NuGet has to put them there.
    info.Environment.Remove "NUGET_PACKAGES" |> ignore
    info.Environment["DOTNET_NOLOGO"] <- "1"
    info.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] <- "1"
    info.Environment["MSBUILDDISABLENODEREUSE"] <- "1"
    info.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] <- "0"
    Process.Start info

/// Runs a program whose output belongs on the screen; its exit code.
let exitCodeOf (file: string) (arguments: string list) =
    use running = start false root file arguments
    running.WaitForExit()
    running.ExitCode

/// Fails with a step that did not succeed.
let fail (file: string) (arguments: string list) exitCode output =
    raise (Failed(String.concat " " (file :: arguments), exitCode, output))

/// Runs a step whose output belongs on the screen.
let run (file: string) (arguments: string list) =
    match exitCodeOf file arguments with
    | 0 -> ()
    | code -> fail file arguments code ""

/// What a step writes that runs in a folder.
let outputOf (folder: string) (file: string) (arguments: string list) =
    use running = start true folder file arguments
    let errors = running.StandardError.ReadToEndAsync()
    let output = running.StandardOutput.ReadToEnd()
    running.WaitForExit()
    if running.ExitCode <> 0 then
        fail file arguments running.ExitCode (output + errors.Result)
    output

/// Runs a step whose output is shown only if it fails.
let runQuietly (file: string) (arguments: string list) = outputOf root file arguments |> ignore

let timed (name: string) (step: unit -> unit) =
    let clock = Stopwatch.StartNew()
    printf $"{name} ... "
    stdout.Flush()
    step ()
    printfn $"{clock.Elapsed.TotalSeconds:F0} s"
