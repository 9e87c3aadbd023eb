/// The tutorial on own sounds runs as it is written, and shows the output of each block. It is a module of its own, so that
/// it runs beside the first tutorial.
module Sed.Runner.Tests.Tutorials.OwnSoundsTutorialTests

open System
open System.IO
open Xunit
open Sed.Tests
open Sed.Runner.Tests.Tutorials.Tutorial

/// The shell script of a page: it writes the blocks that begin with a comment with a file name, and runs the others.
let private shellScript (page: string) =
    String.concat "\n" [
        "set -e"
        for index, block in List.indexed (code page) do
            match block.Text.Split('\n').[0].Split(' ') with
            | [| "//"; name |] when block.Language <> "bash" -> $"cat > {name} <<'END OF FILE'\n{block.Text}END OF FILE"
            | _ ->
                Assert.Equal("bash", block.Language)
                block.Text
            $"echo '{endOf index}'"
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
        outputOf Repository.root variables "bash" [ script ]
        |> divided (code page).Length
        |> check (Repository.path [| "experiments"; "own-sounds.md" |]))
