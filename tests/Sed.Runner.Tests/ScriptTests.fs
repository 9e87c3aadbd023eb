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
            [ "fsi"; Path.Combine(root, "experiments", script); "--plan" ],
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

/// What the compiler says of a script whose experiment has these words: where, and its first sentence.
let private complaints (words: string list) =
    let script =
        Path.Combine(Path.GetTempPath(), $"sed-{Guid.NewGuid():N}", "wrong.fsx")
    Directory.CreateDirectory(nonNull (Path.GetDirectoryName script)) |> ignore
    let prelude = Path.Combine(root, "experiments", "sed.fsx")
    File.WriteAllLines(
        script,
        [
            $"#load @\"{prelude}\""
            "open Sed"
            "let wrong ="
            "    experiment \"wrong\" {"
            yield! [ for word in words -> "        " + word ]
            "    }"
        ]
    )
    let _, _, errors = plan script
    Directory.Delete(nonNull (Path.GetDirectoryName script), true)
    errors.Split '\n'
    |> Array.map _.Trim()
    |> Array.filter ((<>) "")
    |> Array.map (fun line -> line.Replace(script, "wrong.fsx"))

[<Fact>]
let ``a misspelt word is named with its place and the word that it may stand for`` () =
    let said =
        complaints [ "title \"One\""; "varry Dropout [ 0.1; 0.2 ]"; "seeds [ 1 ]" ]
    Assert.Equal(
        "wrong.fsx(6,9): error FS0039: The value or constructor 'varry' is not defined. Maybe you want one of the following:",
        said[0]
    )
    Assert.Contains("vary", said)

[<Fact>]
let ``a misspelt word in a block within is named too`` () =
    let said =
        complaints [
            "title \"One\""
            "train (training { epochs 3; learningRat 1e-3 })"
            "seeds [ 1 ]"
        ]
    Assert.StartsWith("wrong.fsx(6,37): error FS0039: The value or constructor 'learningRat' is not defined.", said[0])

[<Fact>]
let ``what is no word at all is refused with a sentence`` () =
    let said = complaints [ "title \"One\""; "printfn \"hello\""; "seeds [ 1 ]" ]
    Assert.Equal(
        "wrong.fsx(5,9): error FS10001: Only the words of the block can stand here; lists and loops belong before it or into the values of `vary` and `rows`.",
        said[0]
    )
