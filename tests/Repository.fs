/// Paths of the repository that contains the tests.
module Sed.Tests.Repository

open System
open System.Diagnostics
open System.IO

/// The root folder.
let root =
    let rec above (folder: DirectoryInfo | null) =
        match folder with
        | null -> failwith "The tests must run inside the repository."
        | folder when File.Exists(Path.Combine(folder.FullName, "SedDsl.sln")) -> folder.FullName
        | folder -> above folder.Parent
    above (DirectoryInfo AppContext.BaseDirectory)

/// The path of a file or folder, from its parts below the root.
let path ([<ParamArray>] parts: string[]) =
    Path.Combine(Array.append [| root |] parts)

/// Runs a program in a folder with the given environment variables. Returns its exit code, standard output and standard
/// error.
let runIn (folder: string) (variables: (string * string) list) (program: string) (arguments: string list) =
    let start =
        ProcessStartInfo(
            program,
            arguments,
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true
        )
    for name, value in variables do
        start.Environment[name] <- value
    use running =
        match Process.Start start with
        | null -> failwith $"{program} cannot be started."
        | running -> running
    let errors = running.StandardError.ReadToEndAsync()
    let output = running.StandardOutput.ReadToEnd()
    running.WaitForExit()
    running.ExitCode, output, errors.Result

/// Runs the program dotnet in the root folder with the given environment variables.
let dotnetWith variables arguments = runIn root variables "dotnet" arguments

/// Runs the program dotnet in the root folder. Returns its exit code, standard output and standard error.
let dotnet (arguments: string list) = dotnetWith [] arguments
