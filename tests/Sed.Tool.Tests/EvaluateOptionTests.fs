namespace Sed.Tool.Tests

open System
open Xunit

/// Options of `seddsl evaluate` that would have no effect, or whose values are outside their range, end with exit code 2.
[<Collection("console")>]
type EvaluateOptionTests() =
    let folder = new Folder()
    let reference = folder.List("reference.tsv", [ "a.wav 0 1 Car"; "b.wav 1 2 Bus" ])
    let evaluation = [ "--reference"; reference; "--estimated"; reference ]

    let refused (expected: string list) (options: string list) =
        let run = Run.evaluate (evaluation @ options)
        Assert.Equal("", run.Output)
        Assert.Equal<string list>(
            [ for problem in expected -> $"seddsl evaluate: {problem}" ],
            List.ofArray (run.Errors.TrimEnd().Split Environment.NewLine)
        )
        Assert.Equal(2, run.ExitCode)

    interface IDisposable with
        member _.Dispose() = (folder :> IDisposable).Dispose()

    [<Fact>]
    member _.``A metric that the given lists do not allow is refused with the list that it needs``() =
        refused [ "--metric meanAP needs --scores"; "--metric psds1 needs --scores" ] [
            "--metric"
            "psds1"
            "--metric"
            "strongF"
            "--metric"
            "meanAP"
        ]

    [<Fact>]
    member _.``Options that need a bootstrap or PSDS are refused without it``() =
        refused [
            "--dtc needs --scores, or --estimated with --durations: otherwise no PSDS is computed"
            "--max-efpr needs --scores, or --estimated with --durations: otherwise no PSDS is computed"
            "--against needs --bootstrap"
            "--seed needs --bootstrap"
            "--confidence needs --bootstrap"
        ] [
            "--against"
            reference
            "--seed"
            "2"
            "--confidence"
            "0.9"
            "--dtc"
            "0.5"
            "--max-efpr"
            "50"
        ]

    [<Fact>]
    member _.``All values outside their range are reported with the names of their options``() =
        let durations = folder.List("durations.tsv", [ "a.wav 10"; "b.wav 10" ])
        refused [
            "--segment must be at least 1e-6 s, was 0 s"
            "--segment must be at least 1e-6 s, was -1 s"
            "--evaluated-length must lie between 0 s and 1000000000 s, was -2 s"
            "--collar must be positive and finite, was 0 s"
            "--length must lie between 0 and 1, was 2"
            "--dtc must lie between 0 and 1, was 1.5"
            "--gtc must lie between 0 and 1, was -0.5"
            "--cttc must lie between 0 and 1, was 3"
            "--alpha-ct must lie between 0 and 1, was 4"
            "--alpha-st must be 0 or more, was -1"
            "--max-efpr must be positive, was 0"
            "--confidence must lie between 0 and 1, was 95"
        ] [
            for option, value in
                [
                    "--durations", durations
                    "--bootstrap", "10"
                    "--segment", "0"
                    "--segment", "-1"
                    "--evaluated-length", "-2"
                    "--collar", "0"
                    "--length", "2"
                    "--dtc", "1.5"
                    "--gtc", "-0.5"
                    "--cttc", "3"
                    "--alpha-ct", "4"
                    "--alpha-st", "-1"
                    "--max-efpr", "0"
                    "--confidence", "95"
                ] do
                option
                value
        ]

    [<Fact>]
    member _.``PSDS options that are not given have the defaults that the help states``() =
        let durations = folder.List("durations.tsv", [ "a.wav 10"; "b.wav 10" ])
        let result = Run.json (evaluation @ [ "--durations"; durations; "--dtc"; "0.6" ])
        let psds = result |> Run.at "psds"
        Assert.Equal(1, psds.GetArrayLength())
        Assert.Equal<float list>(
            [ 0.6; 0.5; 0.3; 0.0; 0.0; 100.0 ],
            [
                for name in [ "dtc"; "gtc"; "cttc"; "alpha_ct"; "alpha_st"; "max_efpr_per_hour" ] ->
                    psds |> Run.number $"0/params/{name}"
            ]
        )
