/// The first tutorial runs as it is written, and shows the output of each block.
module Sed.Runner.Tests.Tutorials.FirstTutorialTests

open System.IO
open Xunit
open Sed.Tests
open Sed.Runner.Tests.Tutorials.Tutorial

let private experiments = Repository.path [| "experiments" |]

/// Writes the blocks of the first tutorial as one script and returns its path.
let private scriptOfFirst (folder: string) =
    let script = Path.Combine(folder, "first.fsx")
    let sed = Path.Combine(experiments, "sed.fsx").Replace('\\', '/')
    File.WriteAllText(
        script,
        String.concat "\n" [
            for index, block in List.indexed (code (read "README.md")) do
                block.Text.Replace("#load \"sed.fsx\"", $"#load \"{sed}\"")
                $"printfn \"{endOf index}\""
        ]
    )
    script

/// Runs the blocks of the first tutorial as one script and returns the output of each block.
let private runFirst (folder: string) (arguments: string list) =
    [ "fsi"; scriptOfFirst folder; "--out"; "runs" ] @ arguments
    |> outputOf folder [] "dotnet"
    |> divided (code (read "README.md")).Length

[<Fact>]
let ``the first tutorial runs as written and shows the output of each block`` () =
    inFolder (fun folder ->
        let outputs = runFirst folder []
        // The worker processes of the last `run` skip the others.
        Assert.DoesNotContain(outputs, fun output -> output.Contains "worker processes have ended")
        check (Path.Combine(experiments, "README.md")) outputs)

[<Fact>]
let ``the plan of the first tutorial ends where the script reads results`` () =
    inFolder (fun folder ->
        let output =
            outputOf folder [] "dotnet" [ "fsi"; scriptOfFirst folder; "--out"; "runs"; "--plan" ]
        Assert.Contains("row 1: dropout 0.05", output)
        Assert.Contains("The plan ends here, because the script reads results.", output))

[<Fact>]
let ``the first tutorial runs in the smoke profile and finds its own results`` () =
    inFolder (fun folder ->
        let outputs = runFirst folder [ "--profile"; "smoke"; "--jobs"; "1" ]
        Assert.Contains(outputs, fun output -> output.StartsWith "2 trials,")
        Assert.True(File.Exists(Path.Combine(folder, "runs", "tables", "first-smoke.csv"))))
