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
let ``compare prints one line for each metric, then the rows that changed and the differences between settings`` () =
    use runs = new Folder()
    let left, right = table runs "first" small "0.15", table runs "second" better "0.5"
    let run = Run.seddsl [ "compare"; left; right; "--metric"; "weak F" ]
    Assert.Equal("", run.Errors)
    Assert.Equal(0, run.ExitCode)
    let shown = lines run
    Assert.Equal<string list>(
        [ "metric better worse equal largest change (row)"; "weak F 1 0 0 +0.400 (16)" ],
        [ shown[1]; shown[3] ]
    )
    // Welch's t-test: the t of two degrees of freedom is 4.303, the standard error sqrt(0.0025 + 0.0025).
    Assert.Contains("16 weak F 0.450 ± 0.071 0.850 ± 0.071 +0.400 * +0.096 to +0.704", shown)
    Assert.Contains("16: dropout: 0.15 -> 0.5", shown)
    Assert.Contains($"32: only in {left}", shown)
    Assert.Contains($"64: only in {right}", shown)
    Assert.DoesNotContain("32 weak F", run.Output)

[<Fact>]
let ``compare only counts rows without a change`` () =
    use runs = new Folder()
    let worse = [
        for row, seed, weak, strong in small -> row, seed, weak, (if row = "32" then strong - 0.25 else strong)
    ]
    let left, right = table runs "first" small "0.15", table runs "second" worse "0.15"
    let shown = lines (Run.seddsl [ "compare"; left; right ])
    Assert.Contains("weak F 0 0 2 -", shown)
    Assert.Contains("strong F 0 1 1 -0.250 (32)", shown)
    Assert.Contains("1 row without any change.", shown)
    Assert.Contains("The specifications of all rows are equal.", shown)
    Assert.Equal(1, shown |> List.filter (fun line -> line.StartsWith "32 strong F") |> List.length)
    Assert.DoesNotContain(shown, fun line -> line.StartsWith "16 ")

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
    let unknown =
        Run.seddsl [ "show"; place; "--metric"; "beauty"; "--metric"; "psds1" ]
    Assert.Equal(2, unknown.ExitCode)
    Assert.Equal(
        "seddsl show: 'beauty' is neither a metric nor a column of the table; the table has no values of 'PSDS1', because the experiment does not report it; the metrics are weak F, strong F",
        unknown.Errors.TrimEnd()
    )
    let misspelt = Run.seddsl [ "show"; place; "--metric"; "strng F" ]
    Assert.Equal(
        "seddsl show: 'strng F' is neither a metric nor a column of the table; did you mean 'strong F'? The metrics are weak F, strong F",
        misspelt.Errors.TrimEnd()
    )

[<Fact>]
let ``show takes metrics by name or key, and columns with the cost of training`` () =
    use runs = new Folder()
    let place = table runs "first" [ "16", 1, 0.4, 0.30 ] "0.15"
    File.WriteAllLines(
        runs.Path "tables/first.csv",
        [
            "row,trial,seed,weak F,parameters,seconds"
            "16,first-16-1,1,0.4,158599,12.345"
        ]
    )
    let run =
        Run.seddsl [
            "show"
            place
            "--metric"
            "weakF"
            "--metric"
            "parameters"
            "--metric"
            "Seconds"
        ]
    Assert.Equal("", run.Errors)
    Assert.Contains("row trials weak F parameters seconds", lines run)
    Assert.Contains("16 1 0.400 158599 12.3", lines run)
    let help = Run.seddsl [ "show"; "--help" ]
    Assert.Contains("intersection macro F", help.Output.ReplaceLineEndings(" ").Replace("  ", ""))
