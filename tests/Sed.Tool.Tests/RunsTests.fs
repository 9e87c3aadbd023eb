/// seddsl show and seddsl compare on tables as runs keep them.
[<Xunit.Collection("console")>]
module Sed.Tool.Tests.RunsTests

open System
open System.IO
open Xunit

/// A table of a few trials: row, seed, weak F, strong F.
let private table (runs: Folder) (name: string) (trials: (string * int * float * float) list) (dropout: string) =
    Directory.CreateDirectory(runs.Path "tables") |> ignore
    File.WriteAllLines(
        runs.Path $"tables/{name}.csv",
        [
            "row,trial,seed,weak F,strong F"
            for row, seed, weak, strong in trials do
                let trial = $"{name}-{row}-{seed}"
                Directory.CreateDirectory(runs.Path $"trials/{trial}") |> ignore
                File.WriteAllLines(
                    runs.Path $"trials/{trial}/specification.txt",
                    [ "data: smartCars"; $"dropout: {dropout}"; $"units: {row}"; $"seed: {seed}" ]
                )
                FormattableString.Invariant $"{row},{trial},{seed},{weak},{strong}"
        ]
    )
    runs.Path name

let private small = [ "16", 1, 0.4, 0.30; "16", 2, 0.5, 0.32; "32", 1, 0.6, 0.4; "32", 2, 0.7, 0.5 ]
let private better = [ "16", 1, 0.8, 0.31; "16", 2, 0.9, 0.33; "64", 1, 0.6, 0.4 ]

let private lines (run: Run) = [
    for line in run.Output.Split '\n' do
        if line.Trim() <> "" then
            String.Join(" ", line.Split([| ' '; '\u00a0'; '\r' |], StringSplitOptions.RemoveEmptyEntries))
]

[<Fact>]
let ``A table is shown with intervals over trials, what all rows specify and what each has of its own`` () =
    use runs = new Folder()
    let place = table runs "first" small "0.15"
    let run = Run.seddsl [ "show"; place ]
    Assert.Equal("", run.Errors)
    Assert.Equal(0, run.ExitCode)
    let shown = lines run
    // Student's t for one degree of freedom is 12.706: 0.05 times it.
    Assert.Contains("16 2 0.450 ± 0.635 0.310 ± 0.127", shown)
    Assert.Contains("dropout: 0.15", shown)
    Assert.Equal<string list>([ "16:"; "units: 16"; "32:"; "units: 32" ], shown[shown.Length - 4 ..])

[<Fact>]
let ``Two tables are compared row by row, with what differs`` () =
    use runs = new Folder()
    let left, right = table runs "first" small "0.15", table runs "second" better "0.5"
    let run = Run.seddsl [ "compare"; left; right; "--metric"; "weak F" ]
    Assert.Equal("", run.Errors)
    Assert.Equal(0, run.ExitCode)
    let shown = lines run
    // Welch: half of sqrt(0.0025 + 0.0025) times 4.303, the t of two degrees of freedom.
    Assert.Contains("16 weak F 0.450 ± 0.635 0.850 ± 0.635 +0.400 * +0.096 to +0.704", shown)
    Assert.Contains("32 weak F 0.650 ± 0.635 - -", shown)
    Assert.Contains("16: dropout: 0.15 -> 0.5", shown)
    Assert.Contains($"32: only in {left}", shown)
    Assert.Contains($"64: only in {right}", shown)

[<Fact>]
let ``A table that is not there and a metric that is none are named with what there is`` () =
    use runs = new Folder()
    let place = table runs "first" small "0.15"
    let missing = Run.seddsl [ "show"; runs.Path "other" ]
    Assert.Equal(2, missing.ExitCode)
    Assert.Contains("There are no results of 'other'", missing.Errors)
    Assert.Contains("which has first", missing.Errors)
    let unknown = Run.seddsl [ "show"; place; "--metric"; "beauty" ]
    Assert.Equal(2, unknown.ExitCode)
    Assert.Contains("there is no metric beauty; there is weak F, strong F", unknown.Errors)
