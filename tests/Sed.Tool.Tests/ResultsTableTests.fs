/// seddsl show and seddsl compare on stored results tables.
[<Xunit.Collection("console")>]
module Sed.Tool.Tests.ResultsTableTests

open System
open System.IO
open Xunit

/// Writes a table of trials: row, seed, weak F, strong F.
let private table (runs: Folder) (name: string) (trials: (string * int * float * float) list) (dropout: string) =
    Directory.CreateDirectory(runs.Path "tables") |> ignore
    File.WriteAllLines(
        runs.Path $"tables/{name}.csv",
        [
            "row,trial,seed,weak F,strong F"
            for row, seed, weak, strong in trials do
                let trial = $"{name}-{row}-{seed}"
                Directory.CreateDirectory(runs.Path $"trials/{trial}") |> ignore
                File.WriteAllText(
                    runs.Path $"trials/{trial}/specification.json",
                    $$"""{ "dropout": {{dropout}}, "units": {{row}}, "seed": {{seed}} }"""
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
let ``show prints means with the same deviation as a run, the settings that all rows share and those of each row`` () =
    use runs = new Folder()
    let place = table runs "first" small "0.15"
    let run = Run.seddsl [ "show"; place ]
    Assert.Equal("", run.Errors)
    Assert.Equal(0, run.ExitCode)
    let shown = lines run
    Assert.Contains("16 2 0.450 ± 0.071 0.310 ± 0.014", shown)
    Assert.Contains("±: standard deviation over a row's trials.", shown)
    Assert.Contains("dropout: 0.15", shown)
    Assert.Equal<string list>([ "16:"; "units: 16"; "32:"; "units: 32" ], shown[shown.Length - 4 ..])

[<Fact>]
let ``A table with decimal commas is refused and not read with thousands separators`` () =
    use runs = new Folder()
    let place = table runs "first" small "0.15"
    File.AppendAllText(runs.Path "tables/first.csv", "32,first-32-1,3,\"0,5665044606650450\",0.5\n")
    let run = Run.seddsl [ "show"; place ]
    Assert.Equal(2, run.ExitCode)
    Assert.Equal("", run.Output)
    Assert.Contains("line 6: weak F is '0,5665044606650450'; write 0.5665044606650450", run.Errors)

[<Fact>]
let ``compare prints differences row by row, in metrics and settings`` () =
    use runs = new Folder()
    let left, right = table runs "first" small "0.15", table runs "second" better "0.5"
    let run = Run.seddsl [ "compare"; left; right; "--metric"; "weak F" ]
    Assert.Equal("", run.Errors)
    Assert.Equal(0, run.ExitCode)
    let shown = lines run
    // Welch's t-test: the t of two degrees of freedom is 4.303, the standard error sqrt(0.0025 + 0.0025).
    Assert.Contains("16 weak F 0.450 ± 0.071 0.850 ± 0.071 +0.400 * +0.096 to +0.704", shown)
    Assert.Contains("32 weak F 0.650 ± 0.071 - -", shown)
    Assert.Contains("16: dropout: 0.15 -> 0.5", shown)
    Assert.Contains($"32: only in {left}", shown)
    Assert.Contains($"64: only in {right}", shown)

[<Fact>]
let ``A missing table and an unknown metric are reported with the ones that exist`` () =
    use runs = new Folder()
    let place = table runs "first" small "0.15"
    let missing = Run.seddsl [ "show"; runs.Path "other" ]
    Assert.Equal(2, missing.ExitCode)
    Assert.Equal(
        $"seddsl show: There are no results of 'other' in {runs.Prefix.TrimEnd Path.DirectorySeparatorChar}. The folder contains these tables: first.",
        missing.Errors.TrimEnd()
    )
    let unknown = Run.seddsl [ "show"; place; "--metric"; "beauty" ]
    Assert.Equal(2, unknown.ExitCode)
    Assert.Contains("unknown metric beauty; the table has weak F, strong F", unknown.Errors)
