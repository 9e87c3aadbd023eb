module Sed.Runner.Tests.StoredResultsTests

open System.IO
open Deedle
open Xunit
open Sed.Runner
open Sed.Runner.Tests.ResultFilesTests

/// Stored results of two experiments that share the row `a`, with different dropout.
let private stored () =
    let runs = folder "runs"
    let save (name: string) dropout weakF =
        let trial = $"{name}-trial"
        Directory.CreateDirectory(Path.Combine(runs, "trials", trial)) |> ignore
        File.WriteAllText(
            Path.Combine(runs, "trials", trial, "specification.json"),
            $$"""{ "network": { "dropout": {{dropout}} }, "seed": 1 }"""
        )
        Directory.CreateDirectory(Path.Combine(runs, "tables")) |> ignore
        File.WriteAllLines(
            Path.Combine(runs, "tables", name + ".csv"),
            [
                "row,seed,weak F,trial"
                $"a,1,{weakF},{trial}"
                $"a,2,{weakF},{trial}"
                $"{name},1,0.5,{trial}"
            ]
        )
    save "one" "0.1" "0.25"
    save "two" "0.2" "0.375"
    runs

[<Fact>]
let ``stored results are read as a frame`` () =
    let frame = Results.read (stored ()) "one"
    Assert.Equal<string>([ "row"; "seed"; "weak F"; "trial" ], frame.ColumnKeys)
    Assert.Equal<float>([ 0.25; 0.25; 0.5 ], frame.GetColumn<float>("weak F").Values)

[<Fact>]
let ``a comparison joins rows by name and lists differences in specification and result`` () =
    let runs = stored ()
    let other = stored ()
    let both = Results.compare runs "one" "two"
    Assert.Equal<string>([ "a"; "one"; "two" ], both.RowKeys)
    Assert.Equal(0.125, both.GetColumn<float>("weak F, difference")["a"])
    let differs = both.GetColumn<string> "what differs"
    Assert.Equal("network.dropout: 0.1 -> 0.2", differs["a"])
    Assert.Equal("only in one", differs["one"])
    Assert.Equal("only in two", differs["two"])
    let elsewhere = Results.compare runs "one" (Path.Combine(other, "one"))
    Assert.Equal("", (elsewhere.GetColumn<string> "what differs")["a"])

[<Fact>]
let ``a printed comparison begins with a line for each metric and contains only rows that changed`` () =
    match Results.views "Effect" (Results.compare (stored ()) "one" "two") with
    | [ verdict; changes ] ->
        Assert.Equal<string list>([ [ "weak F"; "1"; "0"; "0"; "+0.125 (a)" ] ], verdict.Rows)
        Assert.Equal<string list>([ [ "a"; "weak F"; "0.25"; "0.375"; "+0.125" ] ], changes.Rows)
        Assert.Equal<string list>(
            [
                "Differences between the specifications:"
                "  a: network.dropout: 0.1 -> 0.2"
                "  one: only in one"
                "  two: only in two"
            ],
            changes.Notes
        )
    | other -> failwith $"{other.Length} tables"

[<Theory>]
[<InlineData("", "Invalid CSV file: header row not found")>]
[<InlineData("a,b\n1,2", "it has no column 'row' and 'trial'")>]
let ``an invalid stored table is reported with its file`` (text: string, cause: string) =
    let runs = stored ()
    let file = Path.Combine(runs, "tables", "one.csv")
    File.WriteAllText(file, text)
    for read in
        [
            (fun () -> Results.read runs "one" |> ignore)
            (fun () -> Results.compare runs "one" "two" |> ignore)
        ] do
        let broken = Assert.Throws<InvalidDataException>(read)
        Assert.Equal($"{file} is not a valid table ({cause}).", broken.Message)

[<Fact>]
let ``the error for missing results names the available ones`` () =
    let runs = stored ()
    let missing =
        Assert.Throws<IOException>(fun () -> Results.read runs "three" |> ignore)
    Assert.Equal(
        $"There are no results of 'three' in {runs}. The folder contains these tables: one, two.",
        missing.Message
    )
