/// The tutorial in experiments/README.md.
module Sed.Runner.Tests.TutorialTests

open System.IO
open System.Text.RegularExpressions
open Xunit
open Sed.Tests

let private experiments = Repository.path [| "experiments" |]

let private blocks =
    let page =
        File.ReadAllText(Path.Combine(experiments, "README.md")).ReplaceLineEndings "\n"
    [
        for block in Regex.Matches(page, @"^```fsharp\n(.*?)^```", RegexOptions.Multiline ||| RegexOptions.Singleline) ->
            block.Groups[1].Value
    ]

[<Fact>]
let ``all code blocks of the tutorial compile and run in order`` () =
    let folder = Directory.CreateTempSubdirectory("sed-tutorial-").FullName
    try
        let script = Path.Combine(folder, "first.fsx")
        let sed = Path.Combine(experiments, "sed.fsx").Replace('\\', '/')
        File.WriteAllText(
            script,
            (String.concat "\n" blocks)
                .Replace("#load \"sed.fsx\"", $"#load \"{sed}\"")
                .Replace("results \"first\"", "results \"first-smoke\"")
                .Replace("compare \"first\" \"decided\"", "compare \"first-smoke\" \"decided-smoke\"")
        )
        let exitCode, output, errors =
            Repository.dotnet [
                "fsi"
                script
                "--profile"
                "smoke"
                "--jobs"
                "1"
                "--out"
                Path.Combine(folder, "runs")
            ]
        Assert.Equal("", errors)
        Assert.Equal(0, exitCode)
        Assert.Contains("2 trials: [", output)
        Assert.Contains("Effect of the detection options", output)
        Assert.Contains("Three networks", output)
    finally
        Directory.Delete(folder, true)
