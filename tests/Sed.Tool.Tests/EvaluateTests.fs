namespace Sed.Tool.Tests

open System
open System.IO
open System.Text.Json
open Xunit
open Sed.Core.Scoring

[<Collection("console")>]
type EvaluateTests() =
    let folder = new Folder()

    // One substitution, one miss, one false alarm in segments of a second.
    let reference =
        folder.List("reference.tsv", [ "a.wav 0 1 Car"; "a.wav 2 3 Bus"; "b.wav 0 2 Car" ])

    let estimate =
        folder.List("estimate.tsv", [ "a.wav 0 1 Bus"; "b.wav 0 1 Car"; "b.wav 3 4 Bus" ])

    let scores = [
        "filename onset offset Bus Car"
        "a.wav 0 1 0.1 0.9"
        "a.wav 1 2 0.2 0.3"
        "a.wav 2 3 0.8 0.1"
        "b.wav 0 1 0.1 0.7"
        "b.wav 1 2 0.1 0.6"
    ]

    /// The metrics that do not need the weak output of a network.
    let ofLists = [
        for metric in Metric.All do
            if
                metric.Basis <> MetricBasis.WeakOutput
                && metric.Basis <> MetricBasis.WeakOutputTags
            then
                metric
    ]

    let evaluate options =
        Run.json ([ "--reference"; reference; "--estimated"; estimate ] @ options)

    interface IDisposable with
        member _.Dispose() = (folder :> IDisposable).Dispose()

    [<Fact>]
    member _.``Printed segment counts equal those counted by hand``() =
        let result = evaluate []
        let segments = result |> Run.at "segment_based/0"

        let counts = [
            for name in [ "Nref"; "Nsys"; "Ntp"; "S"; "D"; "I" ] -> segments |> Run.number $"overall/counts/{name}"
        ]

        Assert.Equal<float list>([ 4.0; 3.0; 1.0; 1.0; 2.0; 1.0 ], counts)
        Assert.Equal(1.0, segments |> Run.number "overall/error_rate/error_rate", 1e-12)
        Assert.Equal(2.0 / 7.0, segments |> Run.number "overall/f_measure/f_measure", 1e-12)
        Assert.Equal(2.0 / 3.0, segments |> Run.number "class_wise/Car/error_rate/error_rate", 1e-12)
        Assert.Equal(7.0, segments |> Run.number "evaluated_length_seconds")

    [<Fact>]
    member _.``Each segment length has a result with its length``() =
        let result = evaluate [ "--segment"; "1.0"; "--segment"; "0.1" ]

        Assert.Equal(1.0, result |> Run.number "segment_based/0/params/segment_seconds")
        Assert.Equal(0.1, result |> Run.number "segment_based/1/params/segment_seconds")

    [<Fact>]
    member _.``An undefined value is null and has a reason``() =
        let result = evaluate [ "--class"; "Car"; "--class"; "Bus"; "--class"; "Train" ]

        let train = result |> Run.at "segment_based/0/class_wise/Train/f_measure"
        Assert.Equal(Text.Json.JsonValueKind.Null, (train |> Run.at "f_measure").ValueKind)
        Assert.Equal("nothing was estimated", (train |> Run.at "undefined/f_measure").GetString())

    [<Fact>]
    member _.``Results have their conventions``() =
        let result =
            evaluate [
                "--undefined"
                "zero"
                "--empty-reference"
                "undefined"
                "--empty-estimate"
                "zero"
                "--matching"
                "greedy"
            ]

        let text path = (result |> Run.at path).GetString()
        Assert.Equal("counted as zero", text "segment_based/0/params/undefined_in_average")
        Assert.Equal("undefined", text "segment_based/0/params/empty_reference")
        Assert.Equal("precision zero (sed_eval zero_score)", text "segment_based/0/params/empty_estimate")
        Assert.Equal("greedy", text "event_based/0/params/matching")
        Assert.Equal("plain", text "tagging/0/params/rules")
        Assert.Equal("DCASE 2017 Task 4 A (official)", text "tagging/1/params/rules")

    [<Fact>]
    member _.``A table shows the rates of all classes together``() =
        let run = Run.evaluate [ "--reference"; reference; "--estimated"; estimate ]
        Assert.Equal(0, run.ExitCode)
        Assert.Contains("overall (micro)", run.Output)
        Assert.Contains("conventions: segment_seconds=1", run.Output)

    [<Fact>]
    member _.``Comma-separated values have a row for every number``() =
        let run =
            Run.evaluate [ "--reference"; reference; "--estimated"; estimate; "--format"; "csv" ]

        let lines = run.Output.Split('\n')
        Assert.Equal("part,setting,name,value,low,high,undefined", lines[0])

        Assert.Contains(lines, fun line -> line.StartsWith "segment_based," && line.Contains ",overall.error_rate,1,")

    [<Fact>]
    member _.``Resampling adds intervals and differences from a second system``() =
        let result = evaluate [ "--against"; reference; "--bootstrap"; "50" ]

        let segments = result |> Run.at "segment_based/0"
        // Two files are too few for an interval.
        let interval = segments |> Run.at "intervals/overall.f_measure"
        Assert.Equal(JsonValueKind.Null, interval.GetProperty("low").ValueKind)
        Assert.Equal(
            "only 2 independent clips; an interval needs at least 10",
            interval.GetProperty("undefined").GetProperty("low").GetString()
        )
        Assert.Equal(5.0 / 7.0, segments |> Run.number "differences/overall.f_measure/difference", 1e-12)
        Assert.Equal(50.0, result |> Run.number "bootstrap/resamples")

    [<Fact>]
    member _.``PSDS of decisions with durations has its convention``() =
        let durations = folder.List("durations.tsv", [ "a.wav 10"; "b.wav 10" ])

        let result =
            Run.json [
                "--reference"
                reference
                "--estimated"
                reference
                "--durations"
                durations
                "--dtc"
                "0.5"
            ]

        Assert.Equal(1.0, result |> Run.number "psds/0/psds")

        Assert.Equal(
            "all n classes (psds_eval)",
            (result |> Run.at "psds/0/params/cross_triggers_averaged_over").GetString()
        )

    [<Fact>]
    member _.``Frame scores give PSDS by both conventions, best thresholds and rankings``() =
        let result =
            Run.json [
                "--reference"
                reference
                "--scores"
                folder.List("scores.tsv", scores)
                "--durations"
                folder.List("durations.tsv", [ "a.wav 3"; "b.wav 2" ])
            ]
        Assert.Equal(1.0, result |> Run.number "psds/0/psds")
        Assert.Equal(3, (result |> Run.at "psds").GetArrayLength())
        Assert.Equal(1.0, result |> Run.number "threshold_curves/0/class_wise/Car/best_f/value")
        Assert.Equal(0.45, result |> Run.number "threshold_curves/0/class_wise/Car/best_f/threshold", 1e-12)
        Assert.Equal(1.0, result |> Run.number "tagging_from_scores/mean_average_precision")

    /// A new metric is added to Metric.All only; this test covers the output of the command.
    [<Fact>]
    member _.``Every metric of lists is in the JSON, the tables, the CSV and the help``() =
        let inputs = [
            "--reference"
            reference
            "--estimated"
            reference
            "--scores"
            folder.List("scores.tsv", scores)
            "--durations"
            folder.List("durations.tsv", [ "a.wav 3"; "b.wav 2" ])
        ]
        let json = Run.json inputs
        let tables = (Run.evaluate inputs).Output
        let rows = (Run.evaluate (inputs @ [ "--format"; "csv" ])).Output
        let help = (Run.evaluate [ "--help" ]).Output
        Assert.Contains(PsdsMetrics.Scenario1, ofLists)
        for metric in ofLists do
            Assert.Equal(metric.Name, (json |> Run.at $"metrics/values/{metric.Key}/name").GetString())
            Assert.NotEmpty(string (json |> Run.at $"metrics/values/{metric.Key}/value"))
            Assert.Contains($"{metric.Name} ", tables)
            Assert.Contains($"\nmetrics,,{metric.Key},", rows)
            Assert.Contains(metric.Key, help)

    [<Fact>]
    member _.``Metrics can be chosen, and have intervals and differences``() =
        let values options =
            let result = evaluate (options @ [ "--against"; reference; "--bootstrap"; "50" ])
            Assert.Equal(5.0 / 7.0, result |> Run.number "metrics/differences/strongF/difference", 1e-12)
            [
                for one in (result |> Run.at "metrics/intervals").EnumerateObject() -> one.Name
            ]
        Assert.Equal<string list>([ "weakF"; "strongF" ], values [ "--metric"; "strongF"; "--metric"; "weakF" ])
        let decisions = ofLists |> List.filter _.IsOfDecisions
        Assert.Equal<string list>([ for metric in decisions -> metric.Key ], values [])

    [<Fact>]
    member _.``An unknown metric is refused with the list of metrics``() =
        let run =
            Run.evaluate [ "--reference"; reference; "--estimated"; estimate; "--metric"; "weakG" ]
        Assert.Equal(2, run.ExitCode)
        let keys = String.concat ", " [ for metric in ofLists -> metric.Key ]
        Assert.Equal(
            $"seddsl evaluate: --metric \"weakG\" is unknown; did you mean weakF? The metrics are {keys}\n",
            run.Errors
        )

    [<Fact>]
    member _.``Files that are missing from the reference are ignored with a warning``() =
        let more = folder.List("more.tsv", [ "a.wav 0 1 Car"; "zzz.wav 0 1 Car" ])
        let run =
            Run.evaluate [ "--reference"; reference; "--estimated"; more; "--format"; "csv" ]
        Assert.Equal(0, run.ExitCode)
        Assert.Contains($"{more}: 1 files are not in {reference} and are not scored: zzz.wav", run.Errors)

    [<Fact>]
    member _.``The authors' variant is marked as no reference``() =
        let result =
            Run.json [ "--reference"; reference; "--estimated"; reference; "--authors-variant" ]

        Assert.Equal(0.0, result |> Run.number "authors_variant/error_rate/error_rate")
        Assert.Contains("no reference", (result |> Run.at "authors_variant/note").GetString())

    [<Fact>]
    member _.``Help lists the commands and their options``() =
        let all = Run.seddsl [ "--help" ]
        Assert.Equal(0, all.ExitCode)
        Assert.Contains("evaluate", all.Output)
        let one = Run.evaluate [ "--help" ]
        Assert.Equal(0, one.ExitCode)
        Assert.Contains("--reference", one.Output)
