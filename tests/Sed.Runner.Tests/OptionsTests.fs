module Sed.Runner.Tests.OptionsTests

open System.IO
open Xunit
open Sed
open Sed.Runner

let private parse arguments =
    match Options.parse "table2.fsx" "runs" arguments with
    | Some(options, []) -> options
    | Some(_, problems) -> failwith (Problem.printAll "" problems)
    | None -> failwith "help"

let private problems arguments =
    match Options.parse "table2.fsx" "runs" arguments with
    | Some(_, problems) -> List.map Problem.print problems
    | None -> []

[<Fact>]
let ``no arguments run the script as it is`` () =
    let options = parse []
    Assert.Equal(Choices.none, options.Choices)
    Assert.False options.PlanOnly
    Assert.False options.RetryFailed
    Assert.Equal("auto", options.Device)
    Assert.Equal("runs", options.Out)

[<Fact>]
let ``every option is read`` () =
    let options =
        parse [
            "--plan"
            "--retry-failed"
            "--profile"
            "paper"
            "--data"
            "soundscapes:rec"
            "--device"
            "cuda:1"
            "--seeds"
            "1..3,7"
            "--only"
            "weight 1"
            "--verify"
            "--record"
            "--report"
            "--no-audio"
            "--export"
            "a.tex"
            "--export"
            "b.csv"
            "--out"
            "elsewhere"
        ]

    Assert.Equal(
        {
            Choices = {
                Profile = Some "paper"
                Data = Some(Recordings "rec")
                Seeds = Some [ 1; 2; 3; 7 ]
                Only = Some "weight 1"
            }
            PlanOnly = true
            RetryFailed = true
            Verify = true
            Record = true
            Report = Some true
            Audio = false
            Exports = [ "a.tex"; "b.csv" ]
            ExportModel = None
            Device = "cuda:1"
            Out = "elsewhere"
            Jobs = None
            Worker = None
            Slurm = None
            Prepare = false
            Part = None
        },
        options
    )

[<Fact>]
let ``every wrong value is named at once`` () =
    Assert.Equal<string list>(
        [
            "--data: 'wavs' names no corpus; say smartCars, soundscapes:DIR, dcase2017:DIR or folder:DIR"
            "--seeds: '5..1' is no list of seeds; say for example 1..5 or 1,2,7: whole numbers from 0, at most 10000"
            "--device: there is no device 'gpu'; use auto, cpu, cuda or cuda:N"
            "--export: 'table.xls' names no known format; end it in .csv, .parquet, .md or .tex"
        ],
        problems [
            "--data"
            "wavs"
            "--seeds"
            "5..1"
            "--device"
            "gpu"
            "--export"
            "table.xls"
        ]
    )

[<Theory>]
[<InlineData("--plann", "unrecognized argument: '--plann'")>]
[<InlineData("--seeds", "argument '--seeds' must be followed by <seeds>")>]
let ``a word that is not understood is named with where to look`` (argument: string, cause: string) =
    Assert.Equal<string list>(
        [ $"command line: {cause}; `dotnet fsi table2.fsx help` lists what it takes" ],
        problems [ argument ]
    )

[<Theory>]
[<InlineData("")>]
[<InlineData("-1")>]
[<InlineData("1..")>]
[<InlineData("1,,2")>]
[<InlineData("99999999999")>]
[<InlineData("1..2000000000")>]
let ``what is no list of seeds, or one of more than anybody means, says how to write one`` (seeds: string) =
    Assert.Equal<string list>(
        [
            $"--seeds: '{seeds}' is no list of seeds; say for example 1..5 or 1,2,7: whole numbers from 0, at most 10000"
        ],
        problems [ "--seeds"; seeds ]
    )

[<Fact>]
let ``a place that is a file, lies in one or has no name is a problem`` () =
    let file = Path.GetTempFileName()
    let folder = Directory.CreateTempSubdirectory("sed-").FullName + ".csv"
    Directory.CreateDirectory folder |> ignore
    Assert.Equal<string list>(
        [ $"--out: '{file}' is a file; name a folder; it is made where there is none" ],
        problems [ "--out"; file ]
    )
    let inside = Path.Combine(file, "runs")
    Assert.Equal<string list>(
        [ $"--out: '{inside}' lies in '{file}', which is a file; name a folder" ],
        problems [ "--out"; inside ]
    )
    Assert.Equal<string list>([ "--out: '' names nothing; give a name" ], problems [ "--out"; "" ])
    let table = Path.Combine(file, "table.md")
    Assert.Equal<string list>(
        [
            $"--export: '{folder}' is a folder; name a file"
            $"--export: '{table}' lies in '{file}', which is a file; name a folder"
            "--export: 'table.xlsx' names no known format; end it in .csv, .parquet, .md or .tex"
        ],
        problems [ "--export"; folder; "--export"; table; "--export"; "table.xlsx" ]
    )
    File.Delete file
    Directory.Delete folder

[<Fact>]
let ``a report is written, or is not, or is left to the kind of the table`` () =
    Assert.Equal(None, (parse []).Report)
    Assert.Equal(Some false, (parse [ "--no-report" ]).Report)
    Assert.Equal<string list>(
        [ "--report: given beside `--no-report`; keep one of them" ],
        problems [ "--report"; "--no-report" ]
    )

[<Fact>]
let ``a file in the place of a folder of the workspace is a problem`` () =
    let out = Directory.CreateTempSubdirectory("sed-").FullName
    let file = Path.Combine(out, "trials")
    File.WriteAllText(file, "")
    Assert.Equal<string list>(
        [
            $"--out: '{file}' is a file where a folder belongs; remove it, or name another folder"
        ],
        problems [ "--out"; out ]
    )
    Directory.Delete(out, true)

[<Fact>]
let ``what no row lacks is no part of a row's label, and help can be a part of one`` () =
    Assert.Equal<string list>(
        [ "--only: ' ' is in every row; give a part of the labels of the rows to keep" ],
        problems [ "--only"; " " ]
    )
    Assert.Equal(Some "help", (parse [ "--only"; "help" ]).Choices.Only)
    Assert.Equal(None, Options.parse "table2.fsx" "runs" [ "help" ])
    Assert.Equal(None, Options.parse "table2.fsx" "runs" [ "--plan"; "--help" ])

[<Fact>]
let ``no trials at once are refused`` () =
    match Options.parse "table2.fsx" "runs" [ "--jobs"; "0" ] with
    | Some(_, problems) ->
        Assert.Equal<string list>([ "--jobs: 0 trials at once; give at least 1" ], List.map Problem.print problems)
    | None -> failwith "help"

[<Fact>]
let ``a process that helps is not told what is the first one's own business`` () =
    Assert.Equal<string list>(
        [ "--profile"; "quick"; "--out"; "runs" ],
        Helpers.Arguments [
            "--profile"
            "quick"
            "--jobs"
            "2"
            "--report"
            "--export"
            "a.csv"
            "--verify"
            "--out"
            "runs"
            "--retry-failed"
        ]
    )
