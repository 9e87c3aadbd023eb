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
let ``without arguments the script runs as written`` () =
    let options = parse []
    Assert.Equal(Choices.none, options.Choices)
    Assert.False options.PlanOnly
    Assert.False options.RetryFailed
    Assert.Equal("auto", options.Device)
    Assert.Equal("runs", options.Out)

[<Fact>]
let ``every option is parsed`` () =
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
            Answers = false
            Verify = true
            Record = true
            Report = Some true
            Audio = false
            Exports = [ "a.tex"; "b.csv" ]
            ExportModel = None
            WithEncoder = true
            Device = "cuda:1"
            Out = "elsewhere"
            Jobs = None
            Worker = None
            PlanKey = None
            Slurm = None
            Prepare = false
            Part = None
        },
        options
    )

[<Fact>]
let ``all invalid values are reported at once`` () =
    Assert.Equal<string list>(
        [
            "--data: no folder is given after 'soundscapes:'; give soundscapes:DIR"
            "--seeds: '5..1' is not a list of seeds; give whole numbers from 0, for example 1..5 or 1,2,7, at most 10000 in a range"
            "--device: unknown device 'gpu'; use auto, cpu, cuda or cuda:N"
            "--export: 'table.xls' has an unknown extension; use .csv, .parquet, .md or .tex"
        ],
        problems [
            "--data"
            "soundscapes:"
            "--seeds"
            "5..1"
            "--device"
            "gpu"
            "--export"
            "table.xls"
        ]
    )

[<Theory>]
[<InlineData("--plann", "unrecognized argument: '--plann'; did you mean `--plan`?")>]
[<InlineData("--seed=1..3", "unrecognized argument: '--seed=1..3'; did you mean `--seeds`?")>]
[<InlineData("--quiet", "unrecognized argument: '--quiet'; `dotnet fsi table2.fsx help` lists the options")>]
[<InlineData("--seeds", "argument '--seeds' must be followed by <seeds>; `dotnet fsi table2.fsx help` lists the options")>]
let ``an unknown argument is reported with the nearest one or a pointer to the help``
    (argument: string, problem: string)
    =
    Assert.Equal<string list>([ $"command line: {problem}" ], problems [ argument ])

[<Theory>]
[<InlineData("")>]
[<InlineData("-1")>]
[<InlineData("1..")>]
[<InlineData("1,,2")>]
[<InlineData("99999999999")>]
[<InlineData("1..2000000000")>]
let ``an invalid or overlong list of seeds is reported with an example`` (seeds: string) =
    Assert.Equal<string list>(
        [
            $"--seeds: '{seeds}' is not a list of seeds; give whole numbers from 0, for example 1..5 or 1,2,7, at most 10000 in a range"
        ],
        problems [ "--seeds"; seeds ]
    )

[<Fact>]
let ``a path that is empty, a file or inside a file is a problem`` () =
    let file = Path.GetTempFileName()
    let folder = Directory.CreateTempSubdirectory("sed-").FullName + ".csv"
    Directory.CreateDirectory folder |> ignore
    Assert.Equal<string list>(
        [ $"--out: '{file}' is a file; name a folder, which need not exist" ],
        problems [ "--out"; file ]
    )
    let inside = Path.Combine(file, "runs")
    Assert.Equal<string list>(
        [ $"--out: '{inside}' lies in '{file}', which is a file; give another path" ],
        problems [ "--out"; inside ]
    )
    Assert.Equal<string list>([ "--out: '' is not a path; give a file or folder name" ], problems [ "--out"; "" ])
    let table = Path.Combine(file, "table.md")
    Assert.Equal<string list>(
        [
            $"--export: '{folder}' is a folder; name a file"
            $"--export: '{table}' lies in '{file}', which is a file; give another path"
            "--export: 'table.xlsx' has an unknown extension; use .csv, .parquet, .md or .tex"
        ],
        problems [ "--export"; folder; "--export"; table; "--export"; "table.xlsx" ]
    )
    File.Delete file
    Directory.Delete folder

[<Fact>]
let ``--report and --no-report override the default and exclude each other`` () =
    Assert.Equal(None, (parse []).Report)
    Assert.Equal(Some false, (parse [ "--no-report" ]).Report)
    Assert.Equal<string list>(
        [ "--report: contradicts `--no-report`; give only one of them" ],
        problems [ "--report"; "--no-report" ]
    )

[<Fact>]
let ``a file with the name of a workspace folder is a problem`` () =
    let out = Directory.CreateTempSubdirectory("sed-").FullName
    let file = Path.Combine(out, "trials")
    File.WriteAllText(file, "")
    Assert.Equal<string list>(
        [
            $"--out: '{file}' is a file but must be a folder; remove it, or name another folder"
        ],
        problems [ "--out"; out ]
    )
    Directory.Delete(out, true)

[<Fact>]
let ``a blank --only is a problem, and help is allowed as a part of a label`` () =
    Assert.Equal<string list>(
        [
            "--only: ' ' does not select rows; give text from the labels of the rows to run"
        ],
        problems [ "--only"; " " ]
    )
    Assert.Equal(Some "help", (parse [ "--only"; "help" ]).Choices.Only)
    Assert.Equal(None, Options.parse "table2.fsx" "runs" [ "help" ])
    Assert.Equal(None, Options.parse "table2.fsx" "runs" [ "--plan"; "--help" ])

[<Fact>]
let ``zero concurrent trials are a problem`` () =
    match Options.parse "table2.fsx" "runs" [ "--jobs"; "0" ] with
    | Some(_, problems) ->
        Assert.Equal<string list>([ "--jobs: 0 is too few; give at least 1" ], List.map Problem.print problems)
    | None -> failwith "help"

[<Fact>]
let ``a number with a comma is a problem with its remedy`` () =
    match Options.parse "table2.fsx" "runs" [ "--jobs"; "1,000"; "--on"; "slurm"; "--gpus"; "0,5" ] with
    | Some(_, problems) ->
        Assert.Equal<string list>(
            [
                "--jobs: '1,000' is not a whole number; write 1000"
                "--gpus: '0,5' is not a whole number; write a whole number without separators"
            ],
            List.map Problem.print problems
        )
    | None -> failwith "help"

[<Fact>]
let ``a worker process gets no options of the main process`` () =
    Assert.Equal<string list>(
        [ "--profile"; "quick"; "--out"; "runs" ],
        WorkerProcesses.Arguments [
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
