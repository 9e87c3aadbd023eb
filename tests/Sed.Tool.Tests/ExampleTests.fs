/// The examples in the help texts run as written.
[<Xunit.Collection("console")>]
module Sed.Tool.Tests.ExampleTests

open System
open System.IO
open System.Text.RegularExpressions
open Xunit
open Sed.Tool.Tests.LoudnessModel

let private commands = [
    for line in (Run.seddsl [ "help" ]).Output.Split '\n' do
        let found = Regex.Match(line, @"^  (\S+) +\S")
        if found.Success then
            found.Groups[1].Value
]

/// The words of each example in a command's help, after the name of the program.
let private examplesOf (command: string) = [
    let help = (Run.seddsl [ command; "--help" ]).Output.ReplaceLineEndings "\n"
    let start = help.IndexOf("EXAMPLES:\n", StringComparison.Ordinal)
    for line in help.Substring(start).Split '\n' do
        if line.StartsWith "    seddsl " then
            [
                for word in Regex.Matches(line.Substring 11, "\"([^\"]*)\"|(\S+)") -> word.Value.Trim '"'
            ]
]

/// Results, recordings, a corpus and a model with the names that the examples use.
let private prepare (folder: Folder) =
    write (folder.Path "detector.sed") |> ignore
    for place in [ "recordings"; "corpus" ] do
        wav folder $"{place}/street.wav" 1.0 [ 0.2, 0.6 ] |> ignore
        wav folder $"{place}/station.wav" 1.0 [ 0.4, 0.8 ] |> ignore
        folder.List($"{place}/street.txt", [ "0.2 0.6 Car" ]) |> ignore
        folder.List($"{place}/station.txt", [ "0.4 0.8 Car" ]) |> ignore
    folder.List(
        "recordings/review/next.tsv",
        [
            "filename onset offset reason score inclusion"
            "street.wav 0 1 random  1"
            "station.wav 0 1 random  1"
        ]
    )
    |> ignore
    folder.List("recordings/review/population.tsv", [ "filename round"; "street.wav 1"; "station.wav 1" ])
    |> ignore
    // The queue is newer than the model.
    IO.File.SetLastWriteTimeUtc(folder.Path "detector.sed", DateTime(2021, 1, 1, 0, 0, 0, DateTimeKind.Utc))
    let truth = [
        "filename onset offset event_label"
        "street.wav 0.2 0.6 Car"
        "station.wav 0.4 0.8 Car"
    ]
    folder.List("truth.tsv", truth) |> ignore
    folder.List("detections.tsv", truth) |> ignore
    folder.List("scores/street.tsv", [ "onset offset Car"; "0 0.2 0.1"; "0.2 0.6 0.9"; "0.6 1 0.1" ])
    |> ignore
    folder.List("scores/station.tsv", [ "onset offset Car"; "0 0.4 0.1"; "0.4 0.8 0.9"; "0.8 1 0.1" ])
    |> ignore
    for runs in [ "runs"; "elsewhere" ] do
        folder.List($"{runs}/tables/table2.csv", [ "row,trial,seed,weak_F"; "16,t,1,0.5" ])
        |> ignore
        let table = folder.Path $"{runs}/tables/table2.csv"
        File.WriteAllText(table, "row,trial,seed,weak F,strong F\n16,t,1,0.5,0.4\n")
        folder.List($"{runs}/trials/t/specification.json", [ "{}" ]) |> ignore
        folder.List($"{runs}/reports/table2.html", []) |> ignore

// Training takes minutes, a served page ends with Ctrl-C, and submitted jobs need Slurm.
let private isRun (words: string list) =
    not (
        List.contains words.Head [ "train"; "review"; "status" ]
        || List.contains "--serve" words
    )

[<Fact>]
let ``Every command has examples, which run as written`` () =
    use folder = new Folder()
    prepare folder
    let current = Environment.CurrentDirectory
    Environment.CurrentDirectory <- folder.Path ""
    try
        for command in commands do
            let examples = examplesOf command
            Assert.NotEmpty examples
            let help = (Run.seddsl [ command; "--help" ]).Output
            for words in examples do
                Assert.Equal(command, words.Head)
                for word in words do
                    if word.StartsWith "--" then
                        Assert.Contains(word, help)
                if isRun words then
                    let run = Run.seddsl words
                    let line = String.concat " " words
                    Assert.True(0 = run.ExitCode, $"{line}: {run.ExitCode}, {run.Errors}")
    finally
        Environment.CurrentDirectory <- current

[<Fact>]
let ``seddsl help COMMAND prints the help of the command`` () =
    Assert.Equal((Run.seddsl [ "show"; "--help" ]).Output, (Run.seddsl [ "help"; "show" ]).Output)
