namespace Sed.Tool.Tests

open System
open System.IO
open Xunit

/// Scores and messages for lists in the formats of other corpora and programs.
[<Collection("console")>]
type ListsTests() =
    let folder = new Folder()
    let given name =
        Path.Combine(AppContext.BaseDirectory, "Lists", name)

    let scored name options =
        Run.evaluate (
            [
                "--reference"
                given $"{name}.ref.tsv"
                "--estimated"
                given $"{name}.est.tsv"
                "--format"
                "json"
            ]
            @ options
        )

    let result (run: Run) =
        Assert.Equal(0, run.ExitCode)
        Text.Json.JsonDocument.Parse(run.Output).RootElement

    let warnings (run: Run) =
        run.Errors.Replace(folder.Prefix, "").TrimEnd()

    interface IDisposable with
        member _.Dispose() = (folder :> IDisposable).Dispose()

    [<Fact>]
    member _.``Clips of AudioSet-Strong are identified by segment_id``() =
        let run = scored "audioset-strong" []
        Assert.Equal("", run.Errors)
        let events = result run |> Run.at "event_based/0/overall/counts"
        Assert.Equal(2.0, events |> Run.number "Nref")
        Assert.Equal(0.0, events |> Run.number "Ntp")
        Assert.Equal(2.0, result run |> Run.number "segment_based/0/evaluated_files")

    [<Fact>]
    member _.``Soft labels below the minimum confidence are left out with a warning``() =
        let f options =
            let run = scored "maestro-soft" options
            result run |> Run.number "segment_based/0/overall/f_measure/f_measure", run.Errors
        let value, errors = f []
        Assert.Equal(1.0, value)
        Assert.Contains("2 of 4 rows have a confidence below 0.5 and are left out", errors)
        let value, errors = f [ "--minimum-confidence"; "0.25" ]
        Assert.Equal(0.8, value, 1e-12)
        Assert.Equal("", errors)

    [<Fact>]
    member _.``Overlapping events of a class in a reference are scored with a warning``() =
        let run = scored "overlapping" []
        Assert.Contains(
            "2 events overlap an earlier event of the same class in the same file, for example \"Y2.wav\", Dishes: 0 s to 10 s and 3.797 s to 4.103 s (each is counted, as in sed_eval; psds_eval refuses such a reference)",
            run.Errors
        )
        Assert.Equal(3.0, result run |> Run.number "event_based/0/overall/counts/Nref")
        let strict = scored "overlapping" [ "--strict" ]
        Assert.Equal(2, strict.ExitCode)

    [<Fact>]
    member _.``Onsets that differ by a second are outside a collar of 0.2 s``() =
        let run = scored "shifted" [ "--collar"; "0.2" ]
        Assert.Equal(0.0, result run |> Run.number "event_based/0/overall/f_measure/f_measure")
        let comma = scored "shifted" [ "--collar"; "0,2" ]
        Assert.Equal(2, comma.ExitCode)
        Assert.Equal("", comma.Output)

    [<Fact>]
    member _.``Tags are scored without lists of events``() =
        let reference =
            folder.List("ref.tsv", [ "filename event_labels"; "a.wav Car,Bus"; "b.wav Car" ])
        let estimate =
            folder.List("est.tsv", [ "filename event_label"; "a.wav Car"; "b.wav Car"; "b.wav Bus" ])
        let run =
            Run.evaluate [
                "--reference-tags"
                reference
                "--estimated-tags"
                estimate
                "--format"
                "json"
            ]
        Assert.Equal("", run.Errors)
        let counts = result run |> Run.at "tagging/0/micro/counts"
        Assert.Equal<float list>([ 2.0; 1.0; 1.0 ], [ for name in [ "TP"; "FP"; "FN" ] -> counts |> Run.number name ])
        Assert.Equal(2.0 / 3.0, result run |> Run.number "metrics/values/weakF/value", 1e-12)
        Assert.Equal(0, (result run |> Run.at "event_based").GetArrayLength())
        for format in [ "table"; "csv" ] do
            let run =
                Run.evaluate [
                    "--reference-tags"
                    reference
                    "--estimated-tags"
                    estimate
                    "--format"
                    format
                    "--bootstrap"
                    "20"
                ]
            Assert.Equal("", run.Errors)
            Assert.Equal(0, run.ExitCode)

    [<Fact>]
    member _.``A missing reference is an error that names the option``() =
        let list = folder.List("list.tsv", [ "a.wav 0 1 Car" ])
        let errorOf arguments =
            let run = Run.evaluate arguments
            Assert.Equal(2, run.ExitCode)
            warnings run
        Assert.Equal(
            "seddsl evaluate: --reference is missing: --estimated and --scores need the reference events",
            errorOf [ "--estimated"; list ]
        )
        Assert.Equal(
            "seddsl evaluate: no reference: give --reference or --reference-tags",
            errorOf [ "--estimated-tags"; list ]
        )

    [<Theory>]
    [<InlineData("a", "a.wav")>]
    [<InlineData("a.wav", "Ya.wav")>]
    [<InlineData("Ya.flac", "a")>]
    member _.``Durations are matched to files of the reference with or without extension and prefix``
        (name: string, ofDuration: string)
        =
        let reference = folder.List("ref.tsv", [ $"{name} 0 1 Car" ])
        let durations = folder.List("durations.tsv", [ $"{ofDuration} 10" ])
        let scores =
            folder.List("scores.tsv", [ "filename onset offset Car"; $"{name} 0 1 0.9" ])
        let run =
            Run.json [
                "--reference"
                reference
                "--estimated"
                reference
                "--durations"
                durations
                "--scores"
                scores
                "--dtc"
                "0.5"
                "--evaluated-durations"
            ]
        for score in (run |> Run.at "psds").EnumerateArray() do
            Assert.Equal(1.0, score |> Run.number "psds")
        Assert.Equal(10.0, run |> Run.number "segment_based/0/evaluated_length_seconds")

    [<Fact>]
    member _.``Without durations, one warning gives the end of scored files``() =
        let reference = folder.List("ref.tsv", [ "a.wav 0 1 Car"; "b.wav 0 1 Car" ])
        let scores =
            folder.List("scores.tsv", [ "filename onset offset Car"; "a.wav 0 1 0.9"; "b.wav 0 1 0.9" ])
        let run = Run.evaluate [ "--reference"; reference; "--scores"; scores ]
        Assert.Equal(
            "seddsl evaluate: warning: no --durations: each scored file ends with its last frame",
            warnings run
        )

    [<Fact>]
    member _.``Labels that are in only one list are reported in one message``() =
        let reference = folder.List("ref.tsv", [ "a.wav 0 1 Dog_bark"; "a.wav 1 2 Cat" ])
        let estimate =
            folder.List(
                "est.tsv",
                "a.wav 0 1 dogbark"
                :: [ for second in 1..30 -> $"a.wav {second} {second + 1} Zebra" ]
            )
        let run = Run.evaluate [ "--reference"; reference; "--estimated"; estimate ]
        Assert.Equal(2, run.ExitCode)
        Assert.Equal(
            "seddsl evaluate: est.tsv: 2 labels are not among the 2 classes (Cat; Dog_bark): \"dogbark\" (line 1, 1 row); \"Zebra\" (line 2, 30 rows); \"dogbark\" resembles the class \"Dog_bark\"; correct the labels, or add them to the classes; if they are other names of the classes, map them with --label-names",
            warnings run
        )

    [<Fact>]
    member _.``Lists with some classes in common are refused with options, which map labels or leave other classes out``
        ()
        =
        let reference = folder.List("ref.tsv", [ "a.wav 0 1 dog"; "a.wav 1 2 cat" ])
        let estimate =
            folder.List("est.tsv", [ "a.wav 0 1 dog"; "a.wav 1 2 Bus"; "a.wav 2 3 Car" ])
        let lists = [ "--reference"; reference; "--estimated"; estimate ]
        let refused = Run.evaluate lists
        Assert.Equal(2, refused.ExitCode)
        Assert.Equal(
            "seddsl evaluate: est.tsv: 2 labels are not among the 2 classes (cat; dog): \"Bus\" (line 2, 1 row); \"Car\" (line 3, 1 row); correct the labels, or add them to the classes; or map them with --label-names, or leave out other classes with --ignore-other-labels",
            warnings refused
        )
        let names = folder.List("names.tsv", [ "Bus cat"; "Car cat" ])
        let mapped = Run.json (lists @ [ "--label-names"; names; "--metric"; "weakF" ])
        Assert.Equal(1.0, Run.number "metrics/values/weakF/value" mapped)
        let left =
            Run.evaluate (lists @ [ "--ignore-other-labels"; "--class"; "dog"; "--format"; "csv" ])
        Assert.Equal(0, left.ExitCode)
        Assert.Equal(
            String.concat Environment.NewLine [
                "seddsl evaluate: warning: ref.tsv: 1 row is left out because its label is not among the classes: cat"
                "seddsl evaluate: warning: est.tsv: 2 rows are left out because their labels are not among the classes: Bus; Car"
            ],
            warnings left
        )

    [<Fact>]
    member _.``--ignore-other-labels scores the classes that the reference and the scores have in common``() =
        let reference = folder.List("ref.tsv", [ "a.wav 0 1 dog"; "b.wav 1 2 cat" ])
        let scores =
            folder.List(
                "scores.tsv",
                [
                    "filename onset offset Bus dog"
                    "a.wav 0 1 0.9 0.9"
                    "a.wav 1 2 0.9 0.1"
                    "b.wav 0 2 0.9 0.1"
                ]
            )
        let lists = [ "--reference"; reference; "--scores"; scores ]
        let refused = Run.evaluate lists
        Assert.Equal(
            "seddsl evaluate: ref.tsv, line 2: the label \"cat\" is not one of the 2 classes (Bus; dog); correct the labels, or add them to the classes; or map them with --label-names, or leave out other classes with --ignore-other-labels",
            warnings refused
        )
        let left =
            Run.evaluate (lists @ [ "--ignore-other-labels"; "--metric"; "bestStrongF" ])
        Assert.Equal(0, left.ExitCode)
        Assert.Contains("metrics from scores leave out classes without scores: cat", left.Errors)
        Assert.Contains("1.000", left.Output)

    [<Fact>]
    member _.``Scores of classes that --class does not give are refused, and --ignore-other-labels leaves them out``() =
        let reference = folder.List("ref.tsv", [ "a.wav 0 1 dog" ])
        let scores =
            folder.List(
                "scores.tsv",
                [
                    "filename onset offset Bus cat dog"
                    "a.wav 0 1 0.9 0.9 0.9"
                    "a.wav 1 2 0.9 0.9 0.1"
                ]
            )
        let lists = [ "--reference"; reference; "--scores"; scores; "--metric"; "bestStrongF" ]
        for option, value in [ "--class", "dog"; "--classes", folder.List("classes.txt", [ "dog" ]) ] do
            let refused = Run.evaluate (lists @ [ option; value ])
            Assert.Equal(2, refused.ExitCode)
            Assert.Equal(
                "seddsl evaluate: scores.tsv: the list has scores of classes that are not among the 1 classes (dog): Bus; cat; add them to the classes, or leave out other classes with --ignore-other-labels",
                warnings refused
            )
        let left = Run.evaluate (lists @ [ "--class"; "dog"; "--ignore-other-labels" ])
        Assert.Equal(0, left.ExitCode)
        Assert.Contains("1.000", left.Output)
        let more =
            Run.evaluate (
                lists
                @ [
                    for label in [ "Bus"; "cat"; "cow"; "dog" ] do
                        "--class"
                        label
                ]
            )
        Assert.Equal(0, more.ExitCode)
        Assert.Contains("scores.tsv: metrics from scores leave out classes without scores: cow", more.Errors)

    [<Theory>]
    [<InlineData("a", "by the audio extension")>]
    [<InlineData("audio/a.wav", "by their folders")>]
    [<InlineData("A.wav", "by upper and lower case")>]
    member _.``An estimate whose names differ from the reference is refused with the difference``
        (name: string, difference: string)
        =
        let reference = folder.List("ref.tsv", [ "a.wav 0 1 Car" ])
        let estimate = folder.List("est.tsv", [ $"{name} 0 1 Car" ])
        let run = Run.evaluate [ "--reference"; reference; "--estimated"; estimate ]
        Assert.Equal(2, run.ExitCode)
        Assert.EndsWith($"the names differ {difference}: write them as in the reference", warnings run)
