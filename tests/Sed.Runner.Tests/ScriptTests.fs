/// Every script under experiments, as a user starts it.
module Sed.Runner.Tests.ScriptTests

open System
open System.Diagnostics
open System.IO
open Xunit

let private root =
    let rec above (folder: DirectoryInfo | null) =
        match folder with
        | null -> failwith "The tests run outside the repository."
        | folder when File.Exists(Path.Combine(folder.FullName, "SedDsl.sln")) -> folder.FullName
        | folder -> above folder.Parent

    above (DirectoryInfo AppContext.BaseDirectory)

let private scripts = [
    for file in Directory.GetFiles(Path.Combine(root, "experiments"), "*.fsx") |> Array.sort do
        if File.ReadAllText(file).Contains "\nrun [" then
            Path.GetFileName file |> string
]

let private plan (script: string) =
    let info =
        ProcessStartInfo(
            "dotnet",
            [ "fsi"; Path.Combine("experiments", script); "--plan" ],
            WorkingDirectory = root,
            RedirectStandardOutput = true,
            RedirectStandardError = true
        )

    use started =
        match Process.Start info with
        | null -> failwith "dotnet does not start"
        | started -> started

    let errors = started.StandardError.ReadToEndAsync()
    let output = started.StandardOutput.ReadToEnd()
    started.WaitForExit()
    started.ExitCode, output, errors.Result

let allScripts = TheoryData<string>(scripts)

[<Theory>]
[<MemberData(nameof allScripts)>]
let ``a script prints its plan`` (script: string) =
    let code, output, errors = plan script
    Assert.Equal("", errors)
    Assert.Equal(0, code)
    let name = Path.GetFileNameWithoutExtension script |> string
    Assert.StartsWith(name, output)
    Assert.Contains("profile quick, ", output)
    Assert.Contains("every trial\n  data: smartCars\n", output.ReplaceLineEndings "\n")
    Assert.Contains("seeds: ", output)
