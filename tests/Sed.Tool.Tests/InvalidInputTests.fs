namespace Sed.Tool.Tests

open System
open System.IO
open Xunit
open Sed.Core.Runtime
open Sed.Tool

/// Input that cannot be scored ends with exit code 2 and a message that gives file and line. No results are printed.
[<Collection("console")>]
type InvalidInputTests() =
    let folder = new Folder()
    let reference = folder.List("reference.tsv", [ "a.wav 0 1 Car"; "b.wav 1 2 Bus" ])

    let refused (expected: string) (arguments: string list) =
        let run = Run.evaluate arguments
        Assert.Equal("", run.Output)
        Assert.Equal(expected, run.Errors.TrimEnd().Replace(folder.Prefix, ""))
        Assert.Equal(2, run.ExitCode)

    let refusedRows expected rows =
        refused expected [ "--reference"; reference; "--estimated"; folder.List("list.tsv", rows) ]

    interface IDisposable with
        member _.Dispose() = (folder :> IDisposable).Dispose()

    [<Fact>]
    member _.``A lock that another process has taken over is reported as a problem of the input``() =
        Assert.Equal<string list option>(
            Some [
                "Another process has taken over store, because this process did not renew its lock in time; wait until the other process has ended, then try again."
            ],
            Command.problemsOf (LockLostException "store")
        )

    [<Fact>]
    member _.``A NaN onset is refused``() =
        refusedRows "seddsl evaluate: list.tsv, line 2: the onset is NaN, not a time in seconds" [
            "a.wav 0 1 Car"
            "a.wav nan 1 Car"
        ]

    [<Fact>]
    member _.``A negative onset and an offset before its onset are reported together``() =
        refusedRows
            (String.concat Environment.NewLine [
                "seddsl evaluate: list.tsv, line 1: the onset of -1 s is negative"
                "seddsl evaluate: list.tsv, line 2: the offset of 1 s is before the onset of 3 s"
            ])
            [ "a.wav -1 1 Car"; "a.wav 3 1 Bus" ]

    [<Fact>]
    member _.``A label outside the class list is refused``() =
        refusedRows
            "seddsl evaluate: list.tsv, line 1: the label \"Zebra\" is not one of the 2 classes (Bus; Car); correct the labels, or add them to the classes; if they are other names of the classes, map them with --label-names"
            [ "a.wav 0 1 Zebra" ]

    [<Fact>]
    member _.``A label outside the class list is refused even in a file that is not scored``() =
        refusedRows
            "seddsl evaluate: list.tsv, line 2: the label \"Zebra\" is not one of the 2 classes (Bus; Car); correct the labels, or add them to the classes; or map them with --label-names, or leave out other classes with --ignore-other-labels"
            [ "a.wav 0 1 Car"; "other.wav 0 1 Zebra" ]

    [<Fact>]
    member _.``An empty estimate is refused without --allow-empty``() =
        refusedRows "seddsl evaluate: list.tsv: the list is empty; if the system detected nothing, add --allow-empty" []

        let run =
            Run.evaluate [
                "--reference"
                reference
                "--estimated"
                folder.List("list.tsv", [])
                "--allow-empty"
                "--format"
                "csv"
            ]

        Assert.Equal(0, run.ExitCode)
        Assert.Contains("overall.deletion_rate,1,", run.Output)

    [<Fact>]
    member _.``An empty reference is refused``() =
        refused "seddsl evaluate: empty.tsv: the list is empty; a reference needs at least one file" [
            "--reference"
            folder.List("empty.tsv", [])
            "--estimated"
            reference
        ]

    [<Fact>]
    member _.``A binary file is refused``() =
        refused
            "seddsl evaluate: clip.wav, line 1: byte 4 is zero, so this is not UTF-8 text; if it is UTF-16, save it as UTF-8"
            [
                "--reference"
                reference
                "--estimated"
                folder.Bytes("clip.wav", [| 82uy; 73uy; 70uy; 70uy; 0uy; 1uy |])
            ]

    [<Fact>]
    member _.``A list with spaces between fields is refused``() =
        File.WriteAllText(folder.Path "list.csv", "a.wav 0 1 Car\n")

        refused "seddsl evaluate: list.csv, line 1: \"a.wav 0 1 Car\" is a single field; separate fields by tabs" [
            "--reference"
            reference
            "--estimated"
            folder.Path "list.csv"
        ]

    [<Fact>]
    member _.``A missing file is reported``() =
        refused "seddsl evaluate: nowhere.tsv: there is no such file" [
            "--reference"
            reference
            "--estimated"
            folder.Path "nowhere.tsv"
        ]

    [<Fact>]
    member _.``An estimate without any file of the reference is refused``() =
        refusedRows
            "seddsl evaluate: list.tsv: none of its 1 files is in reference.tsv; the first name is \"Ya.wav\" in this list and \"a.wav\" in reference.tsv; the names differ by the prefix Y of DCASE 2017's audio files: write the list with seddsl predict --without-prefix Y"
            [ "Ya.wav 0 1 Car" ]

    [<Fact>]
    member _.``Repeated rows are counted with a warning, and refused with --strict``() =
        let list = folder.List("list.tsv", [ "a.wav 0 1 Car"; "a.wav 0 1 Car" ])
        let run =
            Run.evaluate [ "--reference"; reference; "--estimated"; list; "--format"; "csv" ]
        Assert.Equal(0, run.ExitCode)
        Assert.Contains("list.tsv, line 2: repeats the event of line 1: \"a.wav\", 0 s to 1 s, Car", run.Errors)
        let strict =
            Run.evaluate [ "--reference"; reference; "--estimated"; list; "--strict" ]
        Assert.Equal(2, strict.ExitCode)
        Assert.Equal("", strict.Output)

    [<Fact>]
    member _.``A list of durations must contain every file of the reference``() =
        refused "seddsl evaluate: durations.tsv: there is no length for the file \"b.wav\" of reference.tsv" [
            "--reference"
            reference
            "--estimated"
            reference
            "--durations"
            folder.List("durations.tsv", [ "a.wav 10" ])
        ]

    [<Fact>]
    member _.``Scores that are not numbers, have gaps or lack a file are refused``() =
        refused
            (String.concat Environment.NewLine [
                "seddsl evaluate: scores.tsv, line 3: the score of Bus, \"NaN\", is not a finite number"
                "seddsl evaluate: scores.tsv, line 4: the frame begins at 2 s, but the preceding frame ends at 1.5 s"
            ])
            [
                "--reference"
                reference
                "--scores"
                folder.List(
                    "scores.tsv",
                    [
                        "filename onset offset Bus Car"
                        "a.wav 0 1 0.5 0.5"
                        "a.wav 1 1.5 NaN 0.5"
                        "a.wav 2 3 0.5 0.5"
                    ]
                )
            ]

        refused "seddsl evaluate: scores.tsv: there are no scores for the file \"b.wav\" of reference.tsv" [
            "--reference"
            reference
            "--scores"
            folder.List("scores.tsv", [ "filename onset offset Bus Car"; "a.wav 0 1 0.5 0.5" ])
        ]

    [<Fact>]
    member _.``A label outside the classes is reported with its file in a folder of annotation files``() =
        for name, rows in
            [
                "truth/lab1.txt", [ "0 1 Car" ]
                "truth/lab2.txt", [ "0 1 Car"; "2 3 Cra" ]
                "guess/lab1.txt", [ "0 1 Car" ]
                "guess/lab2.txt", [ "0 1 Bus"; "2 3 Cra"; "4 5 Cra" ]
            ] do
            folder.List(name, rows) |> ignore
        let remedy =
            "correct the labels, or add them to the classes; or map them with --label-names, or leave out other classes with --ignore-other-labels"
        refused
            (String.concat Environment.NewLine [
                $"seddsl evaluate: truth/lab2.txt, line 2: the label \"Cra\" is not one of the 2 classes (Bike; Car); {remedy}"
                $"seddsl evaluate: guess: 2 labels are not among the 2 classes (Bike; Car): \"Bus\" (lab2.txt, line 1, 1 row); \"Cra\" (lab2.txt, line 2, 2 rows); {remedy}"
            ])
            [
                "--reference"
                folder.Path "truth"
                "--estimated"
                folder.Path "guess"
                "--class"
                "Bike"
                "--class"
                "Car"
            ]

    [<Fact>]
    member _.``Events after the end of their file cause a warning``() =
        let list =
            folder.List("ms.tsv", [ "a.wav 200 900 Car"; "a.wav 1200 3400 Car"; "b.wav 1 2 Bus" ])
        let durations = folder.List("durations.tsv", [ "a.wav 10"; "b.wav 10" ])
        let run =
            Run.evaluate [ "--reference"; reference; "--estimated"; list; "--durations"; durations ]
        Assert.Equal(0, run.ExitCode)
        Assert.Equal(
            "seddsl evaluate: warning: ms.tsv: events that begin after the end of their file: 2, for example \"a.wav\", Car: from 200 s, but according to durations.tsv, the file ends at 10 s (times must be in seconds)",
            run.Errors.TrimEnd().Replace(folder.Prefix, "")
        )

    [<Fact>]
    member _.``Missing estimates and a segment length of zero are refused``() =
        refused "seddsl evaluate: nothing to score: give --estimated, --scores or --estimated-tags" [
            "--reference"
            reference
        ]

        refused "seddsl evaluate: --segment must be at least 1e-6 s, was 0 s" [
            "--reference"
            reference
            "--estimated"
            reference
            "--segment"
            "0"
        ]

    [<Fact>]
    member _.``An unknown command is refused with the nearest command or the list of commands``() =
        let misspelt = Run.seddsl [ "evalute"; "--reference"; "truth.tsv" ]
        Assert.Equal(2, misspelt.ExitCode)
        Assert.Equal("", misspelt.Output)
        Assert.Equal("seddsl: 'evalute' is not a command; did you mean 'evaluate'?", misspelt.Errors.TrimEnd())
        let unknown = Run.seddsl [ "help"; "synthesise" ]
        Assert.Equal(2, unknown.ExitCode)
        Assert.StartsWith(
            "seddsl: 'synthesise' is not a command; the commands are train, evaluate, predict,",
            unknown.Errors
        )
