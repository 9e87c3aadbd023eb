/// The tutorials run as they are written, and show the output of each block.
module Sed.Runner.Tests.TutorialTests

open System
open System.IO
open Xunit
open Sed.Tests

let private experiments = Repository.path [| "experiments" |]

let private read (name: string) =
    File.ReadAllText(Path.Combine(experiments, name)).ReplaceLineEndings "\n"

let private inFolder (use': string -> unit) =
    let folder = Directory.CreateTempSubdirectory("sed-tutorial-").FullName
    try
        use' folder
    finally
        Directory.Delete(folder, true)

/// Writes the blocks of the first tutorial as one script and returns its path.
let private scriptOfFirst (folder: string) =
    let script = Path.Combine(folder, "first.fsx")
    let sed = Path.Combine(experiments, "sed.fsx").Replace('\\', '/')
    File.WriteAllText(
        script,
        String.concat "\n" [
            for index, block in List.indexed (Tutorial.code (read "README.md")) do
                block.Text.Replace("#load \"sed.fsx\"", $"#load \"{sed}\"")
                $"printfn \"{Tutorial.endOf index}\""
        ]
    )
    script

/// Runs the blocks of the first tutorial as one script and returns the output of each block.
let private runFirst (folder: string) (arguments: string list) =
    [ "fsi"; scriptOfFirst folder; "--out"; "runs" ] @ arguments
    |> Tutorial.outputOf folder [] "dotnet"
    |> Tutorial.divided (Tutorial.code (read "README.md")).Length

[<Fact>]
let ``the first tutorial runs as written and shows the output of each block`` () =
    inFolder (fun folder ->
        let outputs = runFirst folder []
        // The worker processes of the last `run` skip the others.
        Assert.DoesNotContain(outputs, fun output -> output.Contains "worker processes have ended")
        Tutorial.check (Path.Combine(experiments, "README.md")) outputs)

[<Fact>]
let ``the plan of the first tutorial ends where the script reads results`` () =
    inFolder (fun folder ->
        let output =
            Tutorial.outputOf folder [] "dotnet" [ "fsi"; scriptOfFirst folder; "--out"; "runs"; "--plan" ]
        Assert.Contains("row 1: dropout 0.05", output)
        Assert.Contains("The plan ends here, because the script reads results.", output))

[<Fact>]
let ``the first tutorial runs in the smoke profile and finds its own results`` () =
    inFolder (fun folder ->
        let outputs = runFirst folder [ "--profile"; "smoke"; "--jobs"; "1" ]
        Assert.Contains(outputs, fun output -> output.StartsWith "2 trials,")
        Assert.True(File.Exists(Path.Combine(folder, "runs", "tables", "first-smoke.csv"))))

/// The shell script of a page: it writes the blocks that begin with a comment with a file name, and runs the others.
let private shellScript (page: string) =
    String.concat "\n" [
        "set -e"
        for index, block in List.indexed (Tutorial.code page) do
            match block.Text.Split('\n').[0].Split(' ') with
            | [| "//"; name |] when block.Language <> "bash" -> $"cat > {name} <<'END OF FILE'\n{block.Text}END OF FILE"
            | _ ->
                Assert.Equal("bash", block.Language)
                block.Text
            $"echo '{Tutorial.endOf index}'"
    ]

[<Fact>]
let ``the tutorial on own sounds runs as written and shows the output of each block`` () =
    Assert.SkipWhen(OperatingSystem.IsWindows(), "The commands of the tutorial are for a POSIX shell.")
    inFolder (fun folder ->
        let page = read "own-sounds.md"
        let script = Path.Combine(folder, "own-sounds.sh")
        File.WriteAllText(script, shellScript page)
        // `dotnet run` builds the C# program below XDG_DATA_HOME.
        let variables = [
            "TMPDIR", folder
            "XDG_DATA_HOME", folder
            "DOTNET_NOLOGO", "1"
            "MSBUILDDISABLENODEREUSE", "1"
            "DOTNET_CLI_USE_MSBUILD_SERVER", "0"
        ]
        Tutorial.outputOf Repository.root variables "bash" [ script ]
        |> Tutorial.divided (Tutorial.code page).Length
        |> Tutorial.check (Path.Combine(experiments, "own-sounds.md")))
