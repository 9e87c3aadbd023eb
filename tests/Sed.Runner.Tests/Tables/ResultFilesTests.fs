/// Files of results: recorded results, origins of tables and exports.
module Sed.Runner.Tests.ResultFilesTests

open System
open System.IO
open Deedle
open Parquet
open Xunit
open Sed
open Sed.Core.Runtime
open Sed.Runner

let internal folder (name: string) =
    let path =
        Path.Combine(Path.GetTempPath(), "sed-" + Guid.NewGuid().ToString "N", name)
    Directory.CreateDirectory path |> ignore
    path

let private outcomeOf deviation (weakF: float) : ExperimentOutcome =
    let experiment =
        experiment "small" {
            title "50 % & more"
            data Soundscapes.smartCars
            addRow "mine, too" []
            addRow "other" [ Dropout 0.3 ]
            seeds [ 1 ]
            report [ WeakF ]
        }
    let plan =
        match Plan.ofExperiment Choices.none experiment with
        | Ok plan -> plan
        | Result.Error problems -> failwith (Problem.printAll "small" problems)
    let estimate mean = {
        Mean = mean
        Deviation = deviation
        Trials = if deviation.IsSome then 3 else 1
        Folds = 1
        Interval = Ok(mean - 0.05, mean + 0.05)
    }
    let statistics = {
        Metric = WeakF
        Estimates = Map [ "mine, too", estimate weakF; "other", estimate 0.25 ]
        Reference = Some "mine, too"
        Comparisons = Map.empty
        Constant = Set.empty
        Letters = Map.empty
    }
    {
        Plan = plan
        States = []
        Finished = []
        Repetitions = []
        Rungs = []
        Frame =
            frame [
                "row" => series [ 0 => box "mine, too"; 1 => box "other" ]
                "seed" => series [ 0 => box 1; 1 => box 1 ]
                "weak F" => series [ 0 => box weakF ]
            ]
        Statistics = [ statistics ]
        Table = Table.view plan [] [ statistics ] [] [ "A note." ]
        Below = []
        Answer = ""
        Answers = TableView.Plain
        Verdicts = []
        File = ""
    }

let private outcome = outcomeOf None

[<Fact>]
let ``a table of the same folder of recordings, with or without a trailing separator, is replaced`` () =
    let runs = folder "runs"
    let plan (recordings: string) =
        let choices = {
            Choices.none with
                Data = Some(Recordings recordings)
        }
        match Plan.ofExperiment choices (outcome 0.5).Plan.Experiment with
        | Ok plan -> plan
        | Result.Error problems -> failwith (Problem.printAll "small" problems)
    TableOrigin.write runs "small.fsx" (plan "birds")
    Assert.Empty(TableOrigin.problems runs "small.fsx" (plan "birds/"))
    Assert.NotEmpty(TableOrigin.problems runs "small.fsx" (plan "other/birds"))

[<Fact>]
let ``recorded results are verified to the last digit on the same processor, and every changed cell is named`` () =
    let recorded = folder "recorded"
    let file = Recorded.write recorded (outcome 0.5)
    Assert.Equal(Path.Combine(recorded, "paper", "small.csv"), file)
    Assert.Equal<string>(
        [
            "key,row,weakF,processor"
            $"KEY,\"mine, too\",0.5,\"{Processor.Name}\""
            $"KEY,other,0.25,\"{Processor.Name}\""
        ],
        [
            for line in File.ReadAllLines file ->
                System.Text.RegularExpressions.Regex.Replace(line, "^[0-9a-f]{16}(-[0-9]+)?,", "KEY,")
        ]
    )
    match Recorded.verify recorded (outcome 0.50001) with
    | Ok words -> Assert.Equal("small: 2 cells equal the recorded ones to the last digit.", words)
    | Result.Error problems -> failwith $"{problems}"
    match Recorded.verify recorded (outcome 0.5002) with
    | Ok words -> failwith words
    | Result.Error problems ->
        Assert.Equal(
            $"row 'mine, too', weak F: recorded 0.5000, now 0.5002, on the same processor ({Processor.Name})",
            (Assert.Single problems).Cause
        )

[<Fact>]
let ``on another processor, results may differ within the variation between training runs`` () =
    let recorded = folder "recorded"
    let outcome = outcomeOf (Some 0.01)
    let file = Recorded.write recorded (outcome 0.5)
    File.WriteAllText(file, File.ReadAllText(file).Replace(Processor.Name, "Elbrus"))
    match Recorded.verify recorded (outcome 0.53) with
    | Ok words ->
        Assert.Equal(
            "small: 1 of 2 cells equal the recorded ones to the last digit; 1 within the variation between training runs "
            + $"(recorded on Elbrus, run on {Processor.Name}).",
            words
        )
    | Result.Error problems -> failwith $"{problems}"
    // Student's t of 2 degrees of freedom at 1 - 0.025 / 2 is 6.205; times 0.01 sqrt(2 / 3).
    match Recorded.verify recorded (outcome 0.56) with
    | Ok words -> failwith words
    | Result.Error problems ->
        Assert.Equal(
            $"row 'mine, too', weak F: recorded 0.5000 on Elbrus, now 0.5600 on {Processor.Name}: the difference exceeds the variation between training runs (0.0507)",
            (Assert.Single problems).Cause
        )

[<Fact>]
let ``on another processor, cells of a large table with two trials are tested`` () =
    let recorded = folder "recorded"
    let outcome weakF =
        let own = outcomeOf (Some 0.01) weakF
        let ofTwoTrials statistics = {
            statistics with
                Estimates = statistics.Estimates |> Map.map (fun _ estimate -> { estimate with Trials = 2 })
        }
        {
            own with
                Statistics = List.map ofTwoTrials own.Statistics
        }
    let file = Recorded.write recorded (outcome 0.5)
    File.WriteAllText(file, File.ReadAllText(file).Replace(Processor.Name, "Elbrus"))
    let verify weakF =
        let own = outcome weakF
        Recorded.verify recorded {
            own with
                Statistics = List.replicate 100 own.Statistics.Head
        }
    match verify 20.5 with
    | Ok words ->
        Assert.StartsWith("small: 100 of 200 cells equal the recorded ones to the last digit; 100 within", words)
    | Result.Error problems -> failwith $"{problems}"
    // Student's t of 1 degree of freedom at 1 - 0.025 / 200 is 2546.5; times 0.01 sqrt(2 / 2).
    match verify 30.5 with
    | Ok words -> failwith words
    | Result.Error problems -> Assert.EndsWith("the variation between training runs (25.4648)", problems.Head.Cause)

[<Fact>]
let ``on another processor, a row with one trial cannot be tested`` () =
    let recorded = folder "recorded"
    let file = Recorded.write recorded (outcome 0.5)
    File.WriteAllText(file, File.ReadAllText(file).Replace(Processor.Name, "Elbrus"))
    match Recorded.verify recorded (outcome 0.53) with
    | Ok words ->
        Assert.Equal(
            "small: 1 of 2 cells equal the recorded ones to the last digit; 1 with one trial cannot be tested "
            + $"(recorded on Elbrus, run on {Processor.Name}).",
            words
        )
    | Result.Error problems -> failwith $"{problems}"

[<Fact>]
let ``missing recorded results are reported with the option that records them`` () =
    match Recorded.verify (folder "recorded") (outcome 0.5) with
    | Ok words -> failwith words
    | Result.Error problems -> Assert.Contains("`--record`", (List.exactlyOne problems).Remedy)

[<Theory>]
[<InlineData("", "is not a valid table (Invalid CSV file: header row not found)")>]
[<InlineData("garbage\n\000\001", "is not a valid table (it has no column 'key' and 'row')")>]
[<InlineData("key,row,weakF\n0,other,1,2,3",
             "is not a valid table (Couldn't parse row 1 according to schema: Expected 3 columns, got 5)")>]
[<InlineData("key,row,weakF\n0,other,1\n0,mine,2", "is not a valid table (there are 2 rows with the key 0)")>]
let ``an invalid table of recorded results is reported with its file`` (text: string, cause: string) =
    let recorded = folder "recorded"
    let file = Recorded.write recorded (outcome 0.5)
    File.WriteAllText(file, text)
    match Recorded.verify recorded (outcome 0.5) with
    | Ok words -> failwith words
    | Result.Error problems ->
        Assert.Equal<string list>(
            [ $"small: {file} {cause}; record again with `--record`" ],
            List.map Problem.print problems
        )

[<Fact>]
let ``a recorded cell that is not a number counts as missing`` () =
    let recorded = folder "recorded"
    let file = Recorded.write recorded (outcome 0.5)
    File.WriteAllText(file, File.ReadAllText(file).Replace(",0.5,", ",high,"))
    match Recorded.verify recorded (outcome 0.5) with
    | Ok words -> failwith words
    | Result.Error problems ->
        Assert.Equal(
            "small: row 'mine, too', weak F is not recorded in paper/small.csv; record again with `--record`",
            Problem.print problems.Head
        )

[<Fact>]
let ``tables are exported as LaTeX and Markdown with special characters escaped`` () =
    let out = folder "exports"
    let export name =
        let file = Path.Combine(out, name)
        Export.write file (fun () -> (outcome 0.5).Table) (outcome 0.5).Frame
        File.ReadAllText file
    let latex = export "table.tex"
    Assert.Contains("\\caption{small: 50 \\% \\& more}", latex)
    Assert.Contains(
        "\\begin{tabular}{lrr}\n    \\toprule\n    row & weak F & seeds \\\\",
        latex.ReplaceLineEndings "\n"
    )
    Assert.Contains("mine, too & 0.500 $\\ast$ & 0 \\\\", latex)
    Assert.Contains("A note.", latex)
    let markdown = export "table.md"
    Assert.Contains("| row | weak F | seeds |\n| --- | ---: | ---: |", markdown.ReplaceLineEndings "\n")

[<Fact>]
let ``a frame is exported as CSV and Parquet, and missing values remain missing`` () =
    let out = folder "exports"
    let csv, parquet =
        Path.Combine(out, "table.csv"), Path.Combine(out, "table.parquet")
    for file in [ csv; parquet ] do
        Export.frame file (outcome 0.5).Frame
    Assert.Equal<string>([ "row,seed,\"weak F\""; "\"mine, too\",1,0.5"; "other,1," ], File.ReadAllLines csv)
    let reader = ParquetReader.CreateAsync(parquet).GetAwaiter().GetResult()
    Assert.Equal<string>([ "row"; "seed"; "weak F" ], [ for field in reader.Schema.GetDataFields() -> field.Name ])
    use group = reader.OpenRowGroupReader 0
    let values: Nullable<float> array = Array.zeroCreate 2
    group.ReadAsync<float>(reader.Schema.GetDataFields()[2], Memory values).AsTask().GetAwaiter().GetResult()
    Assert.Equal<Nullable<float>>([ Nullable 0.5; Nullable() ], values)
    reader.DisposeAsync().AsTask().Wait()

[<Fact>]
let ``an export with an unknown extension is a problem`` () =
    Assert.Equal(
        "--export: 'table.doc' has an unknown extension; use .csv, .parquet, .md or .tex",
        Export.problems "table.doc" |> List.exactlyOne |> Problem.print
    )
