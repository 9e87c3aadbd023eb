namespace Sed.Tool.Tests

open System
open System.Text.Json
open Xunit

/// `seddsl evaluate --by COLUMN`.
[<Collection("console")>]
type ByColumnTests() =
    let folder = new Folder()

    let header = "filename onset offset event_label site device"

    let reference =
        folder.List(
            "reference.tsv",
            [
                header
                "a.wav 0 1 Car park A"
                "a.wav 2 3 Bus park A"
                "b.wav 0 2 Car street A"
                "c.wav 1 4 Bus street B"
            ]
        )

    let estimate =
        folder.List("estimate.tsv", [ "a.wav 0 1 Bus"; "b.wav 0 1 Car"; "b.wav 3 4 Bus"; "c.wav 1 4 Bus" ])

    let scores =
        folder.List(
            "scores.tsv",
            [
                "filename onset offset Bus Car"
                "a.wav 0 1 0.1 0.9"
                "a.wav 1 3 0.8 0.3"
                "b.wav 0 1 0.1 0.7"
                "b.wav 1 2 0.1 0.4"
                "c.wav 0 4 0.6 0.2"
            ]
        )

    let byOf options =
        let run =
            Run.evaluate (
                [ "--reference"; reference; "--estimated"; estimate; "--format"; "json" ]
                @ options
            )
        Assert.Equal(0, run.ExitCode)
        JsonDocument.Parse(run.Output).RootElement, run.Errors

    /// The keys and values of the metrics at a path.
    let values path (json: JsonElement) = [
        for one in (json |> Run.at $"{path}/values").EnumerateObject() ->
            one.Name, string (one.Value.GetProperty "value")
    ]

    interface IDisposable with
        member _.Dispose() = (folder :> IDisposable).Dispose()

    [<Fact>]
    member _.``The metrics of each value equal those of a list with only its files``() =
        let options = [ "--scores"; scores ]
        let json, _ = byOf (options @ [ "--by"; "site" ])
        Assert.Equal("site", (json |> Run.at "metrics_by/column").GetString())
        Assert.Equal(2.0, json |> Run.number "metrics_by/groups/street/files")
        let part name rows = folder.List(name, rows)
        let alone =
            Run.evaluate [
                "--reference"
                part "r.tsv" [ "b.wav 0 2 Car"; "c.wav 1 4 Bus" ]
                "--estimated"
                estimate
                "--scores"
                part "s.tsv" [
                    "filename onset offset Bus Car"
                    "b.wav 0 1 0.1 0.7"
                    "b.wav 1 2 0.1 0.4"
                    "c.wav 0 4 0.6 0.2"
                ]
                "--class"
                "Bus"
                "--class"
                "Car"
                "--format"
                "json"
            ]
        let expected = JsonDocument.Parse(alone.Output).RootElement |> values "metrics"
        Assert.Equal<(string * string) list>(expected, json |> values "metrics_by/groups/street")

    [<Fact>]
    member _.``The column is no longer reported as unused, but other columns are``() =
        let _, warnings = byOf [ "--by"; "Site" ]
        Assert.Contains("reference.tsv: unused columns: device\n", warnings)
        let _, warnings = byOf []
        Assert.Contains("reference.tsv: unused columns: site, device\n", warnings)

    [<Fact>]
    member _.``The column can be in the list of durations, and files can be named without extension``() =
        let durations =
            folder.List("durations.tsv", [ "filename duration scene"; "a 4 in"; "b 4 out"; "c 4 in" ])
        let json, warnings = byOf [ "--durations"; durations; "--by"; "scene" ]
        Assert.Equal(2.0, json |> Run.number "metrics_by/groups/in/files")
        Assert.DoesNotContain("scene", warnings)

    [<Fact>]
    member _.``With a folder as reference, the column is taken from the list of durations``() =
        for name in [ "a"; "b"; "c" ] do
            folder.List(
                $"truth/{name}.tsv",
                [
                    "filename onset offset event_label"
                    $"{name}.wav 0 1 Car"
                    $"{name}.wav 2 3 Bus"
                ]
            )
            |> ignore
        let durations =
            folder.List("durations.tsv", [ "filename duration scene"; "a 4 in"; "b 4 out"; "c 4 in" ])
        let run =
            Run.evaluate [
                "--reference"
                folder.Path "truth"
                "--estimated"
                estimate
                "--durations"
                durations
                "--by"
                "scene"
                "--format"
                "json"
            ]
        Assert.Equal(0, run.ExitCode)
        Assert.Equal(
            2.0,
            JsonDocument.Parse(run.Output).RootElement
            |> Run.number "metrics_by/groups/in/files"
        )

    [<Fact>]
    member _.``Groups are in the table and in the CSV, with intervals``() =
        let arguments = [ "--reference"; reference; "--estimated"; estimate; "--by"; "site" ]
        let table = (Run.evaluate arguments).Output
        Assert.Contains("Metrics by site", table)
        Assert.Contains("street (2)", table)
        Assert.Contains(
            "classes of strong macro F, event macro F, event macro F 20 %, intersection macro F: Bus, Car",
            table
        )
        let rows = (Run.evaluate (arguments @ [ "--format"; "csv" ])).Output
        Assert.Contains("\nmetrics,site=park,strongF,", rows)
        let json, _ = byOf [ "--by"; "site"; "--bootstrap"; "20" ]
        Assert.Equal(
            json |> Run.number "metrics_by/groups/street/values/strongF/value",
            json |> Run.number "metrics_by/groups/street/intervals/strongF/value"
        )

    [<Fact>]
    member _.``A macro average states its classes in the JSON``() =
        let json, _ = byOf [ "--by"; "device" ]
        let classes path = [
            for one in (json |> Run.at $"{path}/values/strongMacroF/averaged_classes").EnumerateArray() -> string one
        ]
        Assert.Equal<string list>([ "Bus"; "Car" ], classes "metrics")
        Assert.Equal<string list>([ "Bus" ], classes "metrics_by/groups/B")

    [<Fact>]
    member _.``A column that no header names, and a file with two values, are errors``() =
        let run =
            Run.evaluate [ "--reference"; reference; "--estimated"; estimate; "--by"; "city" ]
        Assert.Equal(2, run.ExitCode)
        Assert.Equal($"seddsl evaluate: --by \"city\": no header contains this column ({reference})\n", run.Errors)
        let twice =
            folder.List("twice.tsv", [ header; "a.wav 0 1 Car park A"; "a.wav 2 3 Bus street A" ])
        let run =
            Run.evaluate [ "--reference"; twice; "--estimated"; estimate; "--by"; "site" ]
        Assert.Equal(2, run.ExitCode)
        Assert.Contains(
            "twice.tsv, line 3: the file \"a.wav\" has the site \"street\" here and \"park\" in an earlier row",
            run.Errors
        )

    [<Fact>]
    member _.``A scored file without a value is an error, and an empty field is a value``() =
        let durations =
            folder.List("durations.tsv", [ "filename duration scene"; "a 4 in"; "b 4 out" ])
        let run =
            Run.evaluate [
                "--reference"
                reference
                "--estimated"
                estimate
                "--durations"
                durations
                "--by"
                "scene"
            ]
        Assert.Equal(2, run.ExitCode)
        Assert.Contains("the file \"c.wav\" is scored, but is not in this list, so its scene is unknown", run.Errors)
        let blank =
            folder.List("blank.tsv", [ header; "a.wav 0 1 Car  A"; "b.wav 0 2 Car street A" ])
        let rows =
            (Run.evaluate [
                "--reference"
                blank
                "--estimated"
                blank
                "--by"
                "site"
                "--format"
                "csv"
            ])
                .Output
        Assert.Contains("\nmetrics,site=(empty),strongF,1", rows)
