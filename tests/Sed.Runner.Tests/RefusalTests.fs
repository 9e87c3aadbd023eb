/// Runs that are refused before anything is trained. They share the console and torch's random numbers with all
/// tests that train, so those run one after another.
[<Xunit.Collection "torch">]
module Sed.Runner.Tests.RefusalTests

open System
open System.IO
open Xunit
open Sed
open Sed.Runner
open Sed.Runner.Tests.Sessions

[<Fact>]
let ``a corpus without the clips that trials need is refused before anything is trained, with everything it lacks`` () =
    let corpus = Path.Combine(home, "trainingOnly")
    Directory.CreateDirectory(Path.Combine(corpus, "audio")) |> ignore
    let draw = Random 3
    let names = [ for clip in 1..4 -> $"clip{clip}.wav" ]
    for name in names do
        let noise = [| for _ in 1..16000 -> draw.NextSingle() - 0.5f |]
        Core.Audio.WavWriter.Write(Path.Combine(corpus, "audio", name), ReadOnlySpan noise, 16000)
    File.WriteAllLines(
        Path.Combine(corpus, "train.tsv"),
        "filename\tevent_label" :: [ for name in names -> $"{name}\tDog" ]
    )
    let out = Path.Combine(home, "lacking")
    let wanting = {
        small with
            ScoreOn = Evaluation
            Alongside = small.Alongside @ [ "strong", [ Labels Strong ] ]
    }
    let code, _, errors = run out [ "--data"; $"folder:{corpus}" ] [ wanting ]
    Assert.Equal(2, code)
    Assert.Contains("small.fsx: 3 problems", errors)
    Assert.Contains("small: trainingOnly has no testing clips to select on", errors)
    Assert.Contains(
        "small: trainingOnly has strong labels for 0 of its 4 training clips and weak ones alone for 4, but all are to be told "
        + "strong ones; say `labels WeakOnly`, or take a corpus that is mixed",
        errors
    )
    Assert.Contains("small: trainingOnly has no evaluation clips to be scored on", errors)
    Assert.False(Directory.Exists(Path.Combine(out, "trials")))

[<Fact>]
let ``every problem of the command line and of the script is named at once`` () =
    let code, output, errors =
        run home [
            "--data"
            "wavs"
            "--profile"
            "fast"
            "--only"
            "nobody"
            "--seeds"
            "5..1"
            "--device"
            "gpu"
        ] [ { small with Report = [] } ]
    Assert.Equal(2, code)
    Assert.Equal("", output)
    Assert.Equal(
        [
            "small.fsx: 3 problems"
            "  --data: 'wavs' names no corpus; say smartCars, soundscapes:DIR, dcase2017:DIR or folder:DIR"
            "  --seeds: '5..1' is no list of seeds; say for example 1..5 or 1,2,7: whole numbers from 0, at most 10000"
            "  --device: there is no device 'gpu'; use auto, cpu, cuda or cuda:N"
            "small: 3 problems"
            "  report: no columns; say for example `report [ WeakF; StrongER ]`"
            "  --profile: there is no profile 'fast'; there are paper"
            "  --only: no row contains 'nobody'; there are 'crnn', 'baseline'"
            ""
        ]
        |> String.concat "\n",
        errors
    )

[<Fact>]
let ``a device that this machine lacks is a problem beside the others`` () =
    let code, _, errors =
        run home [ "--device"; "cuda:99"; "--only"; "nobody" ] [ small ]
    Assert.Equal(2, code)
    Assert.StartsWith("small.fsx: 1 problem\n  --device: There is no CUDA device ", errors)
    Assert.Contains("small: 1 problem\n  --only: no row contains 'nobody'", errors)
    Assert.DoesNotContain("Parameter", errors)

[<Fact>]
let ``a wrong script says every problem and ends with 2`` () =
    let wrong = experiment "wrong" { report [ WeakF ] }
    let code, output, errors = run home [] [ wrong; small ]
    Assert.Equal(2, code)
    Assert.Equal("", output)

    Assert.Equal(
        "wrong: 2 problems\n  data: none given; say for example `data Soundscapes.smartCars`\n"
        + "  seeds: none given; say for example `seeds [ 1 .. 5 ]`\n",
        errors
    )

[<Fact>]
let ``two experiments of one name are refused`` () =
    let code, _, errors = run home [] [ small; small ]
    Assert.Equal(2, code)
    Assert.Equal("small: 1 problem\n  experiments: 2 have this name; give each a name of its own\n", errors)

[<Theory>]
[<InlineData("soundscapes")>]
[<InlineData("dcase2017")>]
let ``data that are not there or empty are named and end with 2`` (kind: string) =
    let missing = Path.Combine(home, "nowhere")
    let code, _, errors = run home [ "--data"; $"{kind}:{missing}" ] [ small ]
    Assert.Equal(2, code)
    Assert.Contains(missing, errors)
    let empty = Path.Combine(home, "empty-" + kind)
    Directory.CreateDirectory empty |> ignore
    let code, _, errors = run home [ "--data"; $"{kind}:{empty}" ] [ small ]
    Assert.Equal(2, code)
    Assert.Contains(empty, errors)

[<Fact>]
let ``what a corpus cannot give is named before anything is trained`` () =
    let out = Path.Combine(home, "unfitting")
    let refused expected experiment =
        let code, output, errors = run out [] [ experiment ]
        Assert.Equal(2, code)
        Assert.DoesNotContain("trial 1", output)
        Assert.Equal(expected, errors.TrimEnd())
        Assert.False(Directory.Exists(Path.Combine(out, "trials")))
    refused
        "small.fsx: 1 problem\n  small: the features' range ends at 30000 Hz, but smartcars has 44100 samples per second; end it at 22050 Hz or below"
        {
            small with
                Features = logMel { range 0.0<Hz> 30000.0<Hz> }
        }
    refused "smartcars: the training clips come from fewer sources than 500 folds; give fewer folds." {
        small with
            Folds = 500
    }
    let _, _, errors =
        run out [] [
            {
                small with
                    Showing = [ Saliency "Zebra" ]
            }
        ]
    Assert.StartsWith(
        "small.fsx: 1 problem\n  small: there is no class 'Zebra' whose saliency could be shown; smartcars has Train horn; ",
        errors
    )

[<Fact>]
let ``a script that runs nothing, and a folder that cannot be made, are problems`` () =
    let code, _, errors = run home [] []
    Assert.Equal(2, code)
    Assert.Equal("small.fsx: 1 problem\n  run: no experiments; name some, for example `run [ table2 ]`\n", errors)
    let code, _, errors = run home [ "--out"; "/proc/runs" ] [ small ]
    Assert.Equal(2, code)
    Assert.Equal(
        "small.fsx: 1 problem\n  --out: the folder '/proc/runs' cannot be made; name one where files can be written\n",
        errors
    )
