namespace Sed.Tool.Tests

open System
open System.Text.Json
open Xunit

/// `seddsl evaluate --bootstrap N --group-by COLUMN`.
[<Collection("console")>]
type GroupByTests() =
    let folder = new Folder()

    let random = Random 5
    let patients = [
        for patient in 1..12 -> patient, random.NextDouble() * 3.0, random.NextDouble() * 3.0
    ]

    /// Lists in which every patient has the given number of equal recordings.
    let lists (copies: int) =
        let rows (row: string -> int -> float -> float -> string) = [
            for patient, first, second in patients do
                for copy in 1..copies do
                    row $"p{patient}_{copy}.wav" patient first second
        ]
        let reference =
            rows (fun file patient first _ -> FormattableString.Invariant $"{file} {first} {first + 2.0} Car {patient}")
        let estimated shift =
            rows (fun file _ first second ->
                FormattableString.Invariant $"{file} {(first + second) / 2.0 + shift} {first + 3.5} Car")
        folder.List($"reference{copies}.tsv", "filename onset offset event_label patient" :: reference),
        folder.List($"estimated{copies}.tsv", "filename onset offset event_label" :: estimated 0.0),
        folder.List($"against{copies}.tsv", "filename onset offset event_label" :: estimated 0.5)

    let evaluate copies options =
        let reference, estimated, against = lists copies
        let run =
            Run.evaluate (
                [
                    "--reference"
                    reference
                    "--estimated"
                    estimated
                    "--against"
                    against
                    "--bootstrap"
                    "50"
                    "--format"
                    "json"
                ]
                @ options
            )
        Assert.Equal(0, run.ExitCode)
        JsonDocument.Parse(run.Output).RootElement, run.Errors

    let limits (json: JsonElement) = [
        for part in [ "metrics/intervals/strongF"; "segment_based/0/intervals/overall.f_measure" ] do
            for limit in [ "low"; "high"; "standard_error" ] do
                Math.Round(json |> Run.number $"{part}/{limit}", 9)
        Math.Round(json |> Run.number "segment_based/0/differences/overall.f_measure/low", 9)
    ]

    interface IDisposable with
        member _.Dispose() = (folder :> IDisposable).Dispose()

    [<Fact>]
    member _.``Equal recordings of a patient do not narrow the intervals if patients are resampled``() =
        let once, _ = evaluate 1 []
        let grouped, warnings = evaluate 3 [ "--group-by"; "patient" ]
        let ungrouped, _ = evaluate 3 []
        Assert.Equal<float list>(limits once, limits grouped)
        Assert.NotEqual<float list>(limits once, limits ungrouped)
        Assert.Equal("patient", (grouped |> Run.at "bootstrap/group_by").GetString())
        Assert.StartsWith("groups of files drawn", (grouped |> Run.at "bootstrap/method").GetString())
        Assert.DoesNotContain("unused columns", warnings)

    [<Fact>]
    member _.``The official tagging rules have no intervals over groups``() =
        let json, _ = evaluate 1 [ "--group-by"; "patient" ]
        Assert.Equal(
            0,
            (json |> Run.at "tagging/1").EnumerateObject()
            |> Seq.filter (fun one -> one.Name = "intervals")
            |> Seq.length
        )

    [<Fact>]
    member _.``Groups need the bootstrap and a column of one of the lists``() =
        let reference, estimated, _ = lists 1
        let errors options =
            let run =
                Run.evaluate ([ "--reference"; reference; "--estimated"; estimated ] @ options)
            Assert.Equal(2, run.ExitCode)
            run.Errors
        Assert.Equal(
            "seddsl evaluate: --group-by needs --bootstrap: the groups are the files that the bootstrap resamples together\n",
            errors [ "--group-by"; "patient" ]
        )
        Assert.Equal(
            $"seddsl evaluate: --group-by \"day\": no header contains this column ({reference})\n",
            errors [ "--bootstrap"; "10"; "--group-by"; "day" ]
        )
