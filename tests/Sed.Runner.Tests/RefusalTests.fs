/// Runs with problems that are reported before anything is trained. Tests that train share the console and torch's
/// random numbers, so they run one at a time.
[<Xunit.Collection "torch">]
module Sed.Runner.Tests.RefusalTests

open System
open System.IO
open Xunit
open Sed
open Sed.Runner
open Sed.Runner.Tests.Sessions

[<Fact>]
let ``all clips and labels that a corpus lacks are reported before training`` () =
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
    let code, _, errors = run out [ "--data"; corpus ] [ wanting ]
    Assert.Equal(2, code)
    Assert.Contains("small.fsx: 3 problems", errors)
    Assert.Contains("small: trainingOnly has no testing clips for early stopping", errors)
    Assert.Contains(
        "small: trainingOnly has strong labels for 0 of its 4 training clips and only weak labels for 4, but `labels Strong` "
        + "needs strong labels for all labelled clips; use `labels WeakOnly` or a corpus of soundscapes",
        errors
    )
    Assert.Contains("small: trainingOnly has no evaluation clips for scoring", errors)
    Assert.False(Directory.Exists(Path.Combine(out, "trials")))

[<Fact>]
let ``mixup and pseudo-labels of recordings longer than a clip are refused before training`` () =
    let corpus = Path.Combine(home, "longWeak")
    Directory.CreateDirectory(Path.Combine(corpus, "audio")) |> ignore
    let draw = Random 3
    for split in [ "train"; "test" ] do
        for clip in 1..2 do
            let noise = [| for _ in 1 .. 8000 * 11 * clip -> draw.NextSingle() - 0.5f |]
            Core.Audio.WavWriter.Write(Path.Combine(corpus, "audio", $"{split}{clip}.wav"), ReadOnlySpan noise, 8000)
        File.WriteAllLines(
            Path.Combine(corpus, $"{split}.tsv"),
            "filename\tonset\toffset\tevent_label"
            :: [ for clip in 1..2 -> $"{split}{clip}.wav\t1\t2\tDog" ]
        )
    let out = Path.Combine(home, "longWeakRuns")
    let teaching = {
        small with
            Alongside = [
                "teacher", []
                "mixup", [ Augment [ mixup 0.5 ] ]
                "student", [ pseudoLabelsFrom "teacher" Soft ]
            ]
    }
    let code, _, errors = run out [ "--data"; corpus ] [ teaching ]
    Assert.Equal(2, code)
    let remedy =
        "use clips as long as the longest recording, for example `clip 22.0<s>`"
    Assert.Contains(
        "small: mixup 0.5 is not possible with weakly labelled recordings that are longer than a clip, such as those of longWeak; "
        + remedy,
        errors
    )
    Assert.Contains(
        "small: pseudo-labels need clips as long as the longest training recording, but the longest one of longWeak lasts 22 s "
        + "and the clip length is 10 s; "
        + remedy,
        errors
    )
    Assert.False(Directory.Exists(Path.Combine(out, "trials")))

[<Fact>]
let ``all problems of the command line and the script are reported at once`` () =
    let code, output, errors =
        run home [
            "--data"
            "soundscapes:"
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
            "  --data: no folder is given after 'soundscapes:'; give soundscapes:DIR"
            "  --seeds: '5..1' is not a list of seeds; give whole numbers from 0, for example 1..5 or 1,2,7, at most 10000 in a range"
            "  --device: unknown device 'gpu'; use auto, cpu, cuda or cuda:N"
            "small: 3 problems"
            "  report: no columns; use for example `report [ WeakF; StrongER ]`"
            "  --profile: there is no profile 'fast'; the profiles are smoke, paper"
            "  --only: no row contains 'nobody'; the rows are 'crnn', 'baseline'"
            ""
        ]
        |> String.concat "\n",
        errors
    )

[<Fact>]
let ``a missing device is reported together with other problems`` () =
    let code, _, errors =
        run home [ "--device"; "cuda:99"; "--only"; "nobody" ] [ small ]
    Assert.Equal(2, code)
    Assert.StartsWith("small.fsx: 1 problem\n  --device: There is no CUDA device ", errors)
    Assert.Contains("small: 1 problem\n  --only: no row contains 'nobody'", errors)
    Assert.DoesNotContain("Parameter", errors)

[<Fact>]
let ``all problems of a script are reported, with exit code 2`` () =
    let wrong = experiment "wrong" { report [ WeakF ] }
    let code, output, errors = run home [] [ wrong; small ]
    Assert.Equal(2, code)
    Assert.Equal("", output)

    Assert.Equal(
        "wrong: 2 problems\n  data: none given; use for example `data Soundscapes.smartCars`\n"
        + "  seeds: none given; use for example `seeds [ 1 .. 5 ]`\n",
        errors
    )

[<Fact>]
let ``two experiments with the same name are a problem`` () =
    let code, _, errors = run home [] [ small; small ]
    Assert.Equal(2, code)
    Assert.Equal(
        "small: 1 problem\n  experiments: 2 experiments have this name; give each experiment its own name\n",
        errors
    )

[<Fact>]
let ``experiments of two scripts with the same name do not share a table`` () =
    let out = Path.Combine(home, "two-scripts")
    let script name =
        let file =
            Path.Combine(Directory.CreateDirectory(Path.Combine(home, "scripts")).FullName, name)
        File.WriteAllText(file, "")
        file
    let first, second = script "first.fsx", script "second.fsx"
    let alone = {
        small with
            Alongside = [ "baseline", [ Network mlp; WeakWeight 0.0 ] ]
    }
    let code, _, errors = runAs first out [] [ alone ]
    Assert.Equal((0, ""), (code, errors))
    let table = File.ReadAllText(Path.Combine(out, "tables", "small.csv"))
    let origin = Path.Combine(out, "tables", "small.origin.json")
    let code, output, errors = runAs second out [] [ { alone with Title = "Other" } ]
    Assert.Equal((2, ""), (code, output))
    Assert.Equal(
        $"{second}: 1 problem\n  small: the table 'small' in {out} belongs to the experiment 'small' of {first}, and this script is {second}; rename one of the experiments, or choose another folder with --out; if the old table is no longer needed, delete {origin}\n",
        errors
    )
    Assert.Equal(table, File.ReadAllText(Path.Combine(out, "tables", "small.csv")))
    // The same script and one that was moved keep the name.
    Assert.Equal(0, (let code, _, _ = runAs first out [] [ alone ] in code))
    File.Delete first
    Assert.Equal(0, (let code, _, _ = runAs second out [] [ alone ] in code))

[<Theory>]
[<InlineData("soundscapes")>]
[<InlineData("dcase2017")>]
let ``a missing or empty corpus is named, with exit code 2`` (kind: string) =
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
let ``requests that a corpus cannot fulfil are reported before training`` () =
    let out = Path.Combine(home, "unfitting")
    let refused expected experiment =
        let code, output, errors = run out [] [ experiment ]
        Assert.Equal(2, code)
        Assert.DoesNotContain("trial 1", output)
        Assert.Equal(expected, errors.TrimEnd())
        Assert.False(Directory.Exists(Path.Combine(out, "trials")))
    refused
        "small.fsx: 1 problem\n  small, features of smartcars: the frequency range ends at 30000 Hz, but the sampling rate is 44100 Hz; end it at 22050 Hz or below"
        {
            small with
                Features = logMel { range 0.0<Hz> 30000.0<Hz> }
        }
    refused "smartcars: the training clips are from fewer than 500 sources; use fewer folds" { small with Folds = 500 }
    let _, _, errors =
        run out [] [
            {
                small with
                    Showing = [ Saliency "Zebra" ]
            }
        ]
    Assert.StartsWith(
        "small.fsx: 1 problem\n  small: there is no class 'Zebra' for a saliency map; smartcars has Train horn; ",
        errors
    )

[<Fact>]
let ``a script without experiments and an output folder that cannot be created are problems`` () =
    let code, _, errors = run home [] []
    Assert.Equal(2, code)
    Assert.Equal(
        "small.fsx: 1 problem\n  run: no experiments given; name at least one, for example `run [ table2 ]`\n",
        errors
    )
    let code, _, errors = run home [ "--out"; "/proc/runs" ] [ small ]
    Assert.Equal(2, code)
    Assert.Equal(
        "small.fsx: 1 problem\n  --out: the folder '/proc/runs' cannot be created; name a folder in a writable place\n",
        errors
    )

[<Fact>]
let ``no export overwrites the script, the corpus, the recorded results or the run, and a model replaces only a model``
    ()
    =
    let folder = Path.Combine(home, "inputs")
    Directory.CreateDirectory(Path.Combine(folder, "corpus", "audio")) |> ignore
    let list = Path.Combine(folder, "corpus", "train.csv")
    let link = Path.Combine(folder, "link.csv")
    let notes = Path.Combine(folder, "notes.txt")
    for file in [ list; notes ] do
        File.WriteAllText(file, "kept")
    File.CreateSymbolicLink(link, list) |> ignore
    let out = Path.Combine(folder, "runs")
    let refused (arguments: string list) =
        let code, _, errors =
            run out ([ "--data"; Path.Combine(folder, "corpus") ] @ arguments) [ small ]
        Assert.Equal(2, code)
        errors.Replace(folder, "")
    Assert.Equal(
        "small.fsx: 1 problem\n  --export /corpus/train.csv: the output file is in the corpus; choose another folder\n",
        refused [ "--export"; list ]
    )
    Assert.Contains("--export /link.csv: the output file is in the corpus", refused [ "--export"; link ])
    Assert.Contains(
        "the output file is in the tables of the run",
        refused [ "--export"; Path.Combine(out, "tables", "small.csv") ]
    )
    Assert.Contains(
        "--export-model: '/notes.txt' exists and is not a model file; choose another name",
        refused [ "--export-model"; notes ]
    )
    Assert.Contains(
        "--export-model: '/model.bin' does not end with .sed; name a model file, for example model.sed",
        refused [ "--export-model"; Path.Combine(folder, "model.bin") ]
    )
    Assert.Contains(
        "--export ./a.csv: --export a.csv is the same file",
        refused [ "--export"; "a.csv"; "--export"; "./a.csv" ]
    )
    for file in [ list; notes ] do
        Assert.Equal("kept", File.ReadAllText file)
