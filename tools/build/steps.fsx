// Functions for the steps of build.fsx. A step runs a program; if the program fails, its output is shown.
open System
open System.Diagnostics
open System.IO
open System.Threading.Tasks

let root = Path.GetFullPath(Path.Combine(__SOURCE_DIRECTORY__, "..", ".."))
let path (parts: string) = Path.Combine(root, parts)
let windows = OperatingSystem.IsWindows()

/// A failed step: the command line, the exit code and the output. The output is empty if it is on the screen already.
exception Failed of command: string * exitCode: int * output: string

let private describe (quiet: bool) (folder: string) (file: string) (arguments: string list) =
    let info =
        ProcessStartInfo(
            file,
            arguments,
            WorkingDirectory = folder,
            RedirectStandardOutput = quiet,
            RedirectStandardError = quiet
        )
    // Paket reads NuGet's default cache folder, so NuGet must use it.
    info.Environment.Remove "NUGET_PACKAGES" |> ignore
    info.Environment["DOTNET_NOLOGO"] <- "1"
    info.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] <- "1"
    info.Environment["MSBUILDDISABLENODEREUSE"] <- "1"
    info.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] <- "0"
    info

let private start quiet folder file arguments =
    Process.Start(describe quiet folder file arguments)

/// Runs a program with additional environment variables and its output on the screen. Returns the exit code.
let exitCodeWith (settings: (string * string) list) (file: string) (arguments: string list) =
    let info = describe false root file arguments
    for name, value in settings do
        info.Environment[name] <- value
    use running = Process.Start info
    running.WaitForExit()
    running.ExitCode

/// Runs a program with its output on the screen and returns the exit code.
let exitCodeOf file arguments = exitCodeWith [] file arguments

/// Raises `Failed` for a step.
let fail (file: string) (arguments: string list) exitCode output =
    raise (Failed(String.concat " " (file :: arguments), exitCode, output))

/// Runs a step with its output on the screen.
let run (file: string) (arguments: string list) =
    match exitCodeOf file arguments with
    | 0 -> ()
    | code -> fail file arguments code ""

/// Runs a step in a folder and returns its standard output.
let outputOf (folder: string) (file: string) (arguments: string list) =
    use running = start true folder file arguments
    let errors = running.StandardError.ReadToEndAsync()
    let output = running.StandardOutput.ReadToEnd()
    running.WaitForExit()
    if running.ExitCode <> 0 then
        fail file arguments running.ExitCode (output + errors.Result)
    output

/// The outcome of `tryRun`.
type Attempt =
    | Succeeded
    | FailedWith of output: string
    | OutOfTime

/// Runs a program with additional environment variables for at most `seconds` seconds; 0 for no limit.
let tryRun (settings: (string * string) list) (seconds: int) (file: string) (arguments: string list) =
    let info = describe true root file arguments
    for name, value in settings do
        info.Environment[name] <- value
    use running = Process.Start info
    let output = running.StandardOutput.ReadToEndAsync()
    let errors = running.StandardError.ReadToEndAsync()
    if not (running.WaitForExit(if seconds = 0 then -1 else 1000 * seconds)) then
        running.Kill true
        OutOfTime
    elif running.ExitCode <> 0 then
        FailedWith(output.Result + errors.Result)
    else
        Succeeded

/// Runs a step and shows its output only if it fails.
let runQuietly (file: string) (arguments: string list) = outputOf root file arguments |> ignore

/// Runs steps in parallel. If any of them fail, raises the exception of the first failed step in the list, after all
/// steps have ended.
let together (steps: (unit -> 'result) list) : 'result list =
    let tasks = [| for step in steps -> Task.Run step |]

    try
        Task.WaitAll [| for task in tasks -> task :> Task |]
    with :? AggregateException ->
        ()

    [ for task in tasks -> task.GetAwaiter().GetResult() ]

/// Prints the name of a step and the seconds that it takes.
let timed (name: string) (step: unit -> unit) =
    let clock = Stopwatch.StartNew()
    printf $"{name} ... "
    stdout.Flush()
    step ()
    printfn $"{clock.Elapsed.TotalSeconds:F0} s"
