namespace Sed.Tool.Tests

open System
open System.Text.Json
open Xunit

/// `seddsl evaluate --annotated LIST`.
[<Collection("console")>]
type AnnotatedTests() =
    let folder = new Folder()

    // Car is annotated from 0 to 4 s in a.wav and Bus also from 5 to 8 s; c.wav is annotated from 0 to 5 s, and b.wav at all times.
    let reference =
        folder.List("reference.tsv", [ "a.wav 1 3 Car"; "a.wav 6 8 Bus"; "b.wav 0 2 Car"; "c.wav" ])

    let annotated =
        folder.List(
            "annotated.tsv",
            [
                "filename onset offset event_label"
                "a.wav 0 4"
                "a.wav 5 8 Bus"
                "c.wav 0 5 "
            ]
        )

    let estimate =
        folder.List(
            "estimate.tsv",
            [
                "a.wav 1 3 Car" // correct
                "a.wav 5 7 Car" // not annotated
                "a.wav 3 5 Car" // half annotated: wrong
                "a.wav 3 6 Bus" // two thirds annotated: wrong
                "b.wav 0 2 Car" // correct
                "b.wav 4 5 Bus" // wrong
                "c.wav 7 8 Car" // not annotated
            ]
        )

    let durations = folder.List("durations.tsv", [ "a 10"; "b 10"; "c 10" ])
    let given = [ "--reference"; reference; "--estimated"; estimate ]

    let value path json = Math.Round(Run.number path json, 6)
    let f part json =
        value $"{part}/0/overall/f_measure/f_measure" json

    let json arguments =
        let run = Run.evaluate (arguments @ [ "--format"; "json" ])
        Assert.Equal(0, run.ExitCode)
        JsonDocument.Parse(run.Output).RootElement

    let refused (expected: string list) (arguments: string list) =
        let run = Run.evaluate arguments
        Assert.Equal("", run.Output)
        Assert.Equal<string list>(
            expected,
            [
                for line in run.Errors.Replace(folder.Prefix, "").TrimEnd().Split Environment.NewLine ->
                    line.Replace("seddsl evaluate: ", "")
            ]
        )
        Assert.Equal(2, run.ExitCode)

    let refusedRows expected rows =
        refused expected (given @ [ "--annotated"; folder.List("rows.tsv", rows) ])

    interface IDisposable with
        member _.Dispose() = (folder :> IDisposable).Dispose()

    [<Fact>]
    member _.``Segments that are not wholly annotated are not scored``() =
        // 4 correct segments, 2 missed ones, and 9 wrong ones, of which 4 are wholly annotated: Car at 3 s in a.wav,
        // Bus at 3 s and 5 s in a.wav, and Bus at 4 s in b.wav.
        let all, known = json given, json (given @ [ "--annotated"; annotated ])
        Assert.Equal(Math.Round(8.0 / (8.0 + 9.0 + 2.0), 6), f "segment_based" all)
        Assert.Equal(Math.Round(8.0 / (8.0 + 4.0 + 2.0), 6), f "segment_based" known)
        Assert.Equal(4.0, known |> Run.number "segment_based/0/overall/counts/Nfp")
        Assert.Equal(f "segment_based" known, value "metrics/values/strongF/value" known)

    [<Fact>]
    member _.``An estimated event is wrong only if at least half of it is annotated``() =
        // 2 of 3 events are found. 7 events are estimated, of which 5 count.
        let all, known = json given, json (given @ [ "--annotated"; annotated ])
        Assert.Equal(Math.Round(4.0 / (3.0 + 7.0), 6), f "event_based" all)
        Assert.Equal(Math.Round(4.0 / (3.0 + 5.0), 6), f "event_based" known)
        // By intersection, the same two events are found.
        Assert.Equal(0.4, value "metrics/values/intersectionF/value" all)
        Assert.Equal(0.5, value "metrics/values/intersectionF/value" known)

    [<Fact>]
    member _.``Frames are scored while all classes are annotated``() =
        // Files end at 8, 5 and 8 s, with 5, 1 and 1 s of wrong frames. All classes are annotated in the first 4, 5 and 5 s, with
        // 1, 1 and 0 s of wrong frames.
        let all, known = json given, json (given @ [ "--annotated"; annotated ])
        Assert.Equal(Math.Round(7.0 / 21.0, 6), value "metrics/values/eventFrameError/value" all)
        Assert.Equal(Math.Round(2.0 / 14.0, 6), value "metrics/values/eventFrameError/value" known)

    [<Fact>]
    member _.``Tags of classes that are absent, but not annotated throughout the file, are not scored``() =
        let tags arguments =
            let one = json (given @ [ "--durations"; durations ] @ arguments)
            value "tagging/0/micro/f_measure/f_measure" one, (one |> Run.at "tagging").GetArrayLength()
        // Car in a.wav and b.wav and Bus in a.wav are correct, Bus in b.wav is wrong, and Car in c.wav is unknown.
        Assert.Equal((Math.Round(6.0 / 8.0, 6), 2), tags [])
        // The official rules of DCASE 2017 know no unknown tags.
        Assert.Equal((Math.Round(6.0 / 7.0, 6), 1), tags [ "--annotated"; annotated ])

    [<Fact>]
    member _.``PSDS of events counts annotated time and annotated false positives only``() =
        let rate arguments =
            let one =
                json (
                    given
                    @ [
                        "--durations"
                        durations
                        "--max-efpr"
                        "10000"
                        "--gtc"
                        "0.1"
                        "--dtc"
                        "0.6"
                    ]
                    @ arguments
                )
            Math.Round((one |> Run.at "psds/0/class_wise/Car/roc/1/0").GetDouble(), 6)
        // Without the list, 3 false positives of Car in 30 s; with it, 1 in 4 + 10 + 5 s.
        Assert.Equal(Math.Round(3.0 * 3600.0 / 30.0, 6), rate [])
        Assert.Equal(Math.Round(3600.0 / 19.0, 6), rate [ "--annotated"; annotated ])

    [<Fact>]
    member _.``Scores at times that are not annotated change no result, and names can differ by the extension``() =
        let scores name (unknown: float) =
            let row file onset offset bus car = $"{file} {onset} {offset} {bus} {car}"
            folder.List(
                name,
                [
                    "filename onset offset Bus Car"
                    row "a" 0 1 0.2 0.3
                    row "a" 1 3 0.1 0.8
                    row "a" 3 4 0.0 0.0
                    row "a" 4 5 0.0 0.0
                    row "a" 5 6 0.0 0.0
                    row "a" 6 8 0.7 (unknown / 2.0)
                    row "b" 0 3 0.3 0.6
                    row "b" 3 8 0.6 0.2
                    row "c" 0 5 0.4 0.0
                    row "c" 5 6 0.0 0.0
                    row "c" 6 8 0.0 unknown
                ]
            )
        let results name unknown arguments =
            let run =
                Run.evaluate (
                    [
                        "--reference"
                        reference
                        "--scores"
                        scores name unknown
                        "--durations"
                        durations
                        "--format"
                        "csv"
                    ]
                    @ arguments
                )
            Assert.Equal(0, run.ExitCode)
            run.Output
        let options = [ "--annotated"; annotated ]
        Assert.Equal(results "one.tsv" 0.1 options, results "two.tsv" 0.9 options)
        Assert.NotEqual<string>(results "one.tsv" 0.1 [], results "two.tsv" 0.9 [])

    [<Fact>]
    member _.``The output states how much of the reference is annotated``() =
        let table =
            (Run.evaluate (given @ [ "--durations"; durations; "--annotated"; annotated ])).Output
        Assert.Contains(
            $"annotated: from 63.3 %% (Car) to 73.3 %% (Bus) of 30.0 s ({annotated} contains 2 of 3 files; the others are annotated from start to end)",
            table
        )
        let one = json (given @ [ "--annotated"; annotated ])
        Assert.Equal(21.0, one |> Run.number "annotated/reference_seconds")
        Assert.Equal(14.0, one |> Run.number "annotated/class_wise/Car/annotated_seconds")
        let rows =
            (Run.evaluate (given @ [ "--annotated"; annotated; "--format"; "csv" ])).Output
        Assert.Contains($"\nannotated,{annotated},class.Bus.annotated_seconds,17,", rows)
        Assert.DoesNotContain("annotated", (Run.evaluate given).Output)

    [<Fact>]
    member _.``Without durations, a warning states that absent tags of files in the list are not scored``() =
        let run = Run.evaluate (given @ [ "--annotated"; annotated ])
        Assert.Contains(
            "without --durations, it is not known whether the files in annotated.tsv are annotated to their ends, so tags of classes without events in these files are not scored",
            run.Errors.Replace(folder.Prefix, "")
        )
        Assert.Contains("; without --durations, each file ends with its last offset in the lists)", run.Output)

    [<Fact>]
    member _.``A list that annotates all files completely changes no result``() =
        let complete =
            folder.List("complete.tsv", [ "file start end"; "a 0 10"; "b 0 10"; "c 0 10" ])
        let rows arguments = [
            for row in
                (Run.evaluate (given @ [ "--durations"; durations; "--format"; "csv" ] @ arguments)).Output.Split '\n' do
                if not (row.StartsWith "annotated," || row.Contains "official") then
                    row
        ]
        Assert.Equal<string list>(rows [], rows [ "--annotated"; complete ])

    [<Fact>]
    member _.``Folders of annotation files, Audacity labels and identifiers of classes can be used``() =
        folder.List("truth/one.txt", [ "1 3 /m/0k4j" ]) |> ignore
        let label = folder.List("labels.csv", [ "index,mid,display_name"; "0,/m/0k4j,Car" ])
        let list =
            folder.List("spans.csv", [ "filename,onset,offset,event_label"; "one.wav,0,4,/m/0k4j" ])
        for truth in [ folder.Path "truth"; folder.Path "truth/one.txt" ] do
            let one =
                json [
                    "--reference"
                    truth
                    "--estimated"
                    folder.List("one.tsv", [ "one.wav 1 3 Car"; "one.wav 5 6 Car" ])
                    "--label-names"
                    label
                    "--annotated"
                    list
                ]
            Assert.Equal(1.0, f "event_based" one)

    [<Fact>]
    member _.``All problems of the list are reported at once, with line and remedy``() =
        refusedRows [
            "rows.tsv, line 2: the offset of 1 s is before the onset of 3 s"
            "rows.tsv, line 3: the onset \"1,5\" is not a number; write 1.5"
            "rows.tsv, line 4: the row has 1 field, but needs a file name, an onset and an offset; complete the row, or remove it if the recording is annotated from start to end"
            "rows.tsv, line 6: the label \"car\" is not one of the 2 classes (Bus; Car); \"car\" resembles the class \"Car\"; correct the labels, or add them to the classes"
            "reference.tsv, line 3: the event Car of \"b.wav\" from 0 s to 2 s lies outside the spans of rows.tsv; extend a span, or remove the event"
            "rows.tsv, line 7: the recording \"d.wav\" is not in reference.tsv; correct its name, remove its rows, or add it to the reference: one row per event or, if it has no events, a row with only its name"
        ] [
            "filename onset offset event_label"
            "a.wav 3 1"
            "a.wav 1,5 3"
            "c.wav"
            "b.wav 3 4"
            "b.wav 0 2 car"
            "d.wav 0 2"
        ]

    [<Fact>]
    member _.``A list without header, columns or rows is refused``() =
        refusedRows [
            "rows.tsv, line 1: the list has no header; begin it with the names of its columns: filename, onset, offset"
        ] [ "a.wav 0 4" ]
        refusedRows [
            "rows.tsv, line 1: the header has no column for offsets (unknown columns: until); name the column offset, end or end_time_seconds"
        ] [ "filename onset until"; "a.wav 0 4" ]
        refusedRows [
            "rows.tsv: the list has no spans; write one row for each span: file name, onset and offset"
        ] [ "filename onset offset" ]

    [<Fact>]
    member _.``A recording that matches two files of the reference is refused``() =
        let twice = folder.List("twice.tsv", [ "x/a.wav 0 1 Car"; "y/a.wav 0 1 Car" ])
        refused [
            "spans.tsv, line 2: the recording \"a.wav\" matches two files of twice.tsv, \"x/a.wav\" and \"y/a.wav\"; write the names in the list with their folders"
        ] [
            "--reference"
            twice
            "--estimated"
            twice
            "--annotated"
            folder.List("spans.tsv", [ "filename onset offset"; "a.wav 0 4" ])
        ]

    [<Fact>]
    member _.``The option is refused where it does not apply``() =
        let tags = folder.List("tags.tsv", [ "a.wav Car" ])
        refused [
            "--annotated needs --reference: its time spans apply to reference events; tags have no times"
        ] [ "--reference-tags"; tags; "--estimated-tags"; tags; "--annotated"; annotated ]
        refused [
            "--annotated needs --estimated or --scores: its time spans do not apply to --reference-tags"
        ] [
            "--reference"
            reference
            "--reference-tags"
            tags
            "--estimated-tags"
            tags
            "--annotated"
            annotated
        ]
        refused
            [
                "--annotated and --unknown-labels cannot both be given"
                "--annotated and --authors-variant cannot both be given"
            ]
            (given @ [ "--annotated"; annotated; "--unknown-labels"; "--authors-variant" ])
