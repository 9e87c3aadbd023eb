/// Detectors trained by `seddsl train`.
[<Xunit.Collection "console">]
module Sed.Tool.Tests.TrainTests

open System
open System.IO
open System.Text.RegularExpressions
open Xunit
open Sed.Core.Features.Encoders
open Sed.Core.Models
open Sed.Tool.Tests.LoudnessModel

/// Ten recordings of 2 s with knocks of 0.5 s, and their Audacity label tracks; the last two have no knock.
let private recordings (folder: Folder) =
    for number in 1..10 do
        let onset = 0.25 + 0.1 * float (number % 5)
        let events = if number > 8 then [] else [ onset, onset + 0.5 ]
        wav folder $"recordings/rec{number:D2}.wav" 2.0 events |> ignore
        folder.List(
            $"recordings/rec{number:D2}.txt",
            [
                for onset, offset in events -> FormattableString.Invariant $"{onset} {offset} knock"
            ]
        )
        |> ignore
    folder.Path "recordings"

/// An encoder for 8 kHz with a vector each 40 ms: the outputs of a model that detects loud frames.
let private encoder (folder: Folder) =
    let model = write (folder.Path "loudness.sed")
    let file = folder.Path "encoder.onnx"
    let run = Run.seddsl [ "export"; model; "--onnx"; file; "--with-features" ]
    Assert.Equal("", run.Errors)
    file

[<Fact>]
let ``a detector is trained from label tracks and an encoder, and finds the events of a new recording`` () =
    use folder = new Folder()
    let detector = folder.Path "knocks.sed"
    let train () =
        Run.seddsl [
            "train"
            recordings folder
            "--encoder"
            encoder folder
            "--encoder-output"
            "strong"
            "--encoder-rate"
            "8000"
            "--out"
            detector
            "--run"
            folder.Path "runs"
            "--script"
            folder.Path "knocks.fsx"
            "--seeds"
            "1"
            "--no-audio"
            "--device"
            "cpu"
        ]
    let run = train ()
    Assert.Equal("", run.Errors)
    Assert.Equal(0, run.ExitCode)
    Assert.Contains("each of them is held out once (5 folds)", run.Output)
    Assert.Contains("F1 by class: GRU on an encoder", run.Output)
    Assert.Contains(
        "GRU on an encoder: every class is significantly better than every constant prediction.",
        run.Output
    )
    Assert.Contains("one network, trained on all training clips", run.Output)
    Assert.Contains($"Detector: {detector}.", run.Output)
    Assert.True(File.Exists(folder.Path "runs/reports/knocks.html"))
    Assert.Contains(File.ReadAllText(folder.Path "knocks.fsx"), run.Output)

    let again = train ()
    Assert.Equal(0, again.ExitCode)
    Assert.Equal(6, again.Output.Split("already finished").Length - 1)

    let street = wav folder "street.wav" 2.0 [ 0.8, 1.2 ]
    let found = Run.seddsl [ "predict"; detector; street ]
    match found.Output.Trim().Split '\n' with
    | [| _; row |] ->
        let fields = row.Split '\t'
        Assert.Equal("knock", fields[3].Trim())
        Assert.InRange(float fields[1], 0.7, 0.9)
        Assert.InRange(float fields[2], 1.1, 1.3)
    | rows -> Assert.Fail $"%A{rows}"

/// Trains on the first recordings, with the last two as test recordings.
let private round (folder: Folder) count more =
    let place = recordings folder
    for number in count + 1 .. 8 do
        File.Delete(Path.Combine(place, $"rec{number:D2}.txt"))
    folder.List(
        "recordings/splits.tsv",
        [
            "filename\tsplit"
            for number in 1..10 do
                if number > count && number <= 8 then
                    ()
                elif number = 1 || number = 10 then
                    $"rec{number:D2}.wav\ttest"
                else
                    $"rec{number:D2}.wav\ttrain"
        ]
    )
    |> ignore
    let detector = folder.Path $"round{count}.sed"
    let run =
        Run.seddsl [
            "train"
            place
            "--out"
            detector
            "--run"
            folder.Path $"runs{count}"
            "--seeds"
            "1"
            "--epochs"
            "2"
            "--no-audio"
            "--device"
            "cpu"
            yield! more
        ]
    Assert.Equal("", run.Errors)
    Assert.Equal(0, run.ExitCode)
    detector, run.Output

[<Fact>]
let ``a second round starts from the first detector, and both are compared on the test recordings`` () =
    use folder = new Folder()
    let first, output = round folder 5 []
    Assert.DoesNotContain("Scores by round", output)
    let own = Assert.Single (ModelFile.Read first).Rounds
    Assert.Equal(5, own.Recordings)
    Assert.Equal(10.0, own.LabelledSeconds, 6)

    let second, output = round folder 7 [ "--from"; first ]
    let rounds = (ModelFile.Read second).Rounds
    Assert.Equal<float>([ 10.0; 14.0 ], [ for one in rounds -> Math.Round(one.LabelledSeconds, 6) ])
    Assert.Equal(rounds[0].TestSet, rounds[1].TestSet)
    Assert.Equal(own.Scores["strongF"], rounds[0].Scores["strongF"])
    Assert.Contains("Scores by round of labelling", output)
    Assert.Contains($"startFrom \"{first}\"", output)
    Assert.Contains("Rounds of labelling", File.ReadAllText(folder.Path "runs7/reports/round7.html"))

[<Fact>]
let ``training from a model needs test recordings and the same kind of features`` () =
    use folder = new Folder()
    let model = write (folder.Path "loudness.sed")
    let place = recordings folder
    let run =
        Run.seddsl [
            "train"
            place
            "--from"
            model
            "--encoder"
            encoder folder
            "--encoder-output"
            "strong"
            "--encoder-rate"
            "8000"
            "--run"
            folder.Path "runs"
            "--out"
            folder.Path "d.sed"
        ]
    Assert.Equal(2, run.ExitCode)
    Assert.Equal<string list>(
        [
            $"seddsl train: --from {model}: the model was trained without a pretrained encoder; leave out --encoder"
            $"seddsl train: --from {model}: {place} has no test recordings, and the model may have been trained on any of its recordings; add recordings that are never used for training, listed for example in splits.tsv (columns filename and split), or train without --from"
        ],
        List.ofArray (run.Errors.Trim().Split Environment.NewLine)
    )

[<Fact>]
let ``problems of the command line are reported together, in the terms of its options`` () =
    use folder = new Folder()
    let place = recordings folder
    let run =
        Run.seddsl [
            "train"
            place
            "--encoder-rate"
            "8000"
            "--encoder-hop"
            "20"
            "--group-by"
            "12345"
            "--classes"
            "a,a"
            "--class"
            "a"
            "--device"
            "gpu"
            "--epochs"
            "0"
            "--out"
            Path.Combine(place, "d.bin")
        ]
    Assert.Equal(2, run.ExitCode)
    Assert.Equal<string list>(
        [
            "seddsl train: --encoder-rate needs --encoder"
            "seddsl train: --encoder-hop needs --encoder"
            "seddsl train: --group-by 12345: give the number of a field of the file names, counted from 0, the name of a column of the lists, or none"
            "seddsl train: --classes: give each class once, for example --classes frog,toad or --class frog --class toad"
            "seddsl train: --classes and --class cannot both be given"
            "seddsl train: --device: There is no device 'gpu'; use auto, cpu, cuda or cuda:N."
            "seddsl train: --epochs: must be at least 1, was 0"
            $"""seddsl train: --out {Path.Combine(place, "d.bin")}: this is in the folder with the recordings; name a path outside of it"""
            $"""seddsl train: --out: '{Path.Combine(place, "d.bin")}' does not end with .sed; name a model file, for example model.sed"""
        ],
        List.ofArray (run.Errors.Trim().Split Environment.NewLine)
    )

[<Fact>]
let ``--class names a class whose label contains a comma`` () =
    use folder = new Folder()
    let place = recordings folder
    let refused (options: string list) =
        let run =
            Run.seddsl (
                [ "train"; place; "--out"; folder.Path "d.sed"; "--run"; folder.Path "runs" ]
                @ options
            )
        Assert.Equal(2, run.ExitCode)
        [
            for line in run.Errors.Trim().Split Environment.NewLine -> line.Split('\'')[1]
        ]
    Assert.Equal<string list>([ "Speech, male"; "Cat" ], refused [ "--class"; "Speech, male"; "--class"; "Cat" ])
    Assert.Equal<string list>([ "Speech"; "male" ], refused [ "--classes"; "Speech, male" ])

[<Fact>]
let ``a misspelt option is an error`` () =
    let run = Run.seddsl [ "train"; "."; "--encodr"; "x.onnx" ]
    Assert.Equal(2, run.ExitCode)
    Assert.Equal("seddsl train: there is no option --encodr; did you mean --encoder?", run.Errors.Trim())

[<Fact>]
let ``what an encoder's file does not state is named by the option that states it`` () =
    use folder = new Folder()
    let run =
        Run.seddsl [
            "train"
            recordings folder
            "--encoder"
            encoder folder
            "--run"
            folder.Path "runs"
        ]
    Assert.Equal(2, run.ExitCode)
    Assert.Equal(
        "seddsl train: --encoder: encoder.onnx: it has 2 outputs (strong, weak); name the one with the vectors, for example `--encoder-output strong`",
        run.Errors.Trim()
    )

[<Fact>]
let ``a hop that does not fit the encoder is named by its option`` () =
    use folder = new Folder()
    let run =
        Run.seddsl [
            "train"
            recordings folder
            "--encoder"
            encoder folder
            "--encoder-output"
            "strong"
            "--encoder-hop"
            "400"
            "--run"
            folder.Path "runs"
        ]
    Assert.Equal(2, run.ExitCode)
    Assert.Matches(
        "^seddsl train: --encoder: encoder.onnx: the stated hop is 400 ms; this encoder outputs [0-9]+ vectors for [0-9.]+ s, so give about `--encoder-hop [0-9.]+`$",
        run.Errors.Trim()
    )

[<Fact>]
let ``an encoder other than that of the model is named with the option that states the right one`` () =
    use folder = new Folder()
    let file = encoder folder
    let strong = Encoder(file).WithOutput "strong"
    let other = folder.Path "other.onnx"
    // An entry of metadata at the end of the file.
    File.WriteAllBytes(
        other,
        Array.append (File.ReadAllBytes file) [| 0x72uy; 6uy; 10uy; 1uy; 107uy; 18uy; 1uy; 118uy |]
    )
    let problem (given: Encoder) =
        Sed.Tool.Train.Start.encoderProblem strong given |> Option.defaultValue ""
    Assert.Equal("", problem (Encoder(file).WithOutput("strong").WithRate 8000))
    Assert.Equal(
        $"the model was trained on the vectors of another encoder; give --encoder the ONNX file whose SHA-256 is {strong.Form.Content}",
        problem (Encoder(other).WithOutput "strong")
    )
    Assert.Equal(
        "the model was trained on the output strong of the encoder, not weak; use --encoder-output strong",
        problem (Encoder(file).WithOutput "weak")
    )
    let weak = Encoder(file).WithOutput "weak"
    Assert.Equal(
        Some
            $"the model was trained on a vector every {1000.0 * weak.HopSeconds} ms, not 500 ms; use --encoder-hop {1000.0 * weak.HopSeconds}",
        Sed.Tool.Train.Start.encoderProblem weak (weak.WithHop 0.5)
    )

[<Fact>]
let ``a single annotated recording cannot train a detector`` () =
    use folder = new Folder()
    wav folder "recordings/a.wav" 1.0 [ 0.2, 0.6 ] |> ignore
    folder.List("recordings/a.txt", [ "0.2 0.6 knock" ]) |> ignore
    let place = folder.Path "recordings"
    let run =
        Run.seddsl [ "train"; place; "--run"; folder.Path "runs"; "--out"; folder.Path "d.sed" ]
    Assert.Equal(2, run.ExitCode)
    Assert.Equal(
        $"seddsl train: {place}: 1 training recording with annotations; annotate at least two recordings",
        run.Errors.Trim()
    )

[<Fact>]
let ``the help has an example`` () =
    let run = Run.seddsl [ "train"; "--help" ]
    Assert.Equal(0, run.ExitCode)
    Assert.Contains("seddsl train recordings --encoder encoder.onnx", Regex.Replace(run.Output, @"\s+", " "))
