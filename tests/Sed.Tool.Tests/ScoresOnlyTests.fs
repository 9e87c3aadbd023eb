/// The torch-free build (tools/seddsl-alone) runs without the libraries that it leaves out.
[<Xunit.Collection("console")>]
module Sed.Tool.Tests.ScoresOnlyTests

open System
open System.IO
open System.Text.RegularExpressions
open Xunit
open Sed.Tests

let private root = Repository.root

/// The libraries that the project leaves out.
let private leftOut =
    let project =
        File.ReadAllText(Path.Combine(root, "tools", "seddsl-alone", "seddsl-alone.fsproj"))
    Set.ofArray (Regex.Match(project, "<LeftOut>;([^<]+);</LeftOut>").Groups[1].Value.Split ';')

/// Runs the command line in a folder without these libraries and without native libraries.
let private withoutThem (arguments: string list) =
    use folder = new Folder()
    for file in Directory.GetFiles(AppContext.BaseDirectory, "*.dll") do
        if not (leftOut.Contains(string (Path.GetFileNameWithoutExtension file))) then
            File.CreateSymbolicLink(folder.Path(string (Path.GetFileName file)), file)
            |> ignore
    File.Copy(
        Path.Combine(AppContext.BaseDirectory, "Sed.Tool.Tests.runtimeconfig.json"),
        folder.Path "seddsl.runtimeconfig.json"
    )
    let exitCode, output, errors =
        Repository.dotnet (folder.Path "seddsl.dll" :: arguments)
    {
        ExitCode = exitCode
        Output = output
        Errors = errors
    }

[<Fact>]
let ``evaluate, show and compare give the same results without torch`` () =
    Assert.Contains("TorchSharp", leftOut)
    use lists = new Folder()
    let reference =
        lists.List("reference.tsv", [ "a.wav 0.5 2.0 Car"; "b.wav 1.0 3.0 Bus" ])
    let estimate =
        lists.List("estimate.tsv", [ "a.wav 0.6 2.0 Car"; "b.wav 1.0 2.5 Car" ])
    Directory.CreateDirectory(lists.Path "tables") |> ignore
    for name, weak in [ "left", "0.4"; "right", "0.6" ] do
        File.WriteAllText(lists.Path $"tables/{name}.csv", $"row,trial,seed,weak F\n16,one,1,{weak}\n16,two,2,0.5\n")
    for arguments in
        [
            [
                "evaluate"
                "--reference"
                reference
                "--estimated"
                estimate
                "--bootstrap"
                "50"
            ]
            [ "show"; lists.Path "left" ]
            [ "compare"; lists.Path "left"; lists.Path "right" ]
        ] do
        let there, here = withoutThem arguments, Run.seddsl arguments
        Assert.Equal("", there.Errors)
        Assert.Equal(0, there.ExitCode)
        let words (run: Run) =
            run.Output.Split([| ' '; '\n'; '\r'; '\u00a0'; '─' |], StringSplitOptions.RemoveEmptyEntries)
        Assert.Equal<string[]>(words here, words there)

[<Fact>]
let ``A command that needs torch names the package that contains it`` () =
    AppContext.SetSwitch("Sed.WithoutTorch", true)
    try
        for name in [ "predict"; "features"; "report"; "export"; "weights"; "devices" ] do
            let run = Run.seddsl [ name ]
            Assert.Equal(2, run.ExitCode)
            Assert.StartsWith(
                $"seddsl {name}: this build has no libtorch; install the full tool with: dotnet tool install",
                run.Errors
            )
        let help = (Run.seddsl [ "help" ]).Output
        Assert.Contains("  evaluate", help)
        Assert.DoesNotContain("  predict", help)
        Assert.Contains(
            "Only in the package SedDsl.Tool: train, predict, next, review, find, estimate, features, report, export, weights, devices.",
            help
        )
    finally
        AppContext.SetSwitch("Sed.WithoutTorch", false)
