/// Complete runs of small experiments. Tests that train share the console and torch's random numbers, so they run one
/// at a time.
[<Xunit.Collection "torch">]
module Sed.Runner.Tests.SessionTests

open System
open System.Globalization
open System.IO
open Xunit
open Sed
open Sed.Runner
open Sed.Runner.Tests.Sessions

let private tableOf (output: string) =
    output.Substring(output.IndexOf ": Two trials").Replace(home, "")

[<Fact>]
let ``--plan prints the plan without creating anything`` () =
    let out = Path.Combine(home, "plan")
    let code, output, _ = run out [ "--plan" ] [ small ]
    Assert.Equal(0, code)
    Assert.StartsWith("small: Two trials\nprofile paper (the script as written), 2 rows, 2 trials", output)
    Assert.False(Directory.Exists out)

[<Fact>]
let ``the same seeds give identical tables, and finished trials are not trained again`` () =
    let again = Path.Combine(home, "again")
    let code, first, errors = run (Path.Combine(home, "first")) [] [ small ]
    Assert.Equal("", errors)
    Assert.Equal(0, code)
    let _, second, _ = run again [] [ small ]
    Assert.Equal((tableOf first).Replace("/first/", "/again/"), tableOf second)
    let _, third, _ = run again [] [ small ]
    Assert.Equal(tableOf second, tableOf third)
    Assert.Equal(2, third.Split("already finished\n").Length - 1)

[<Fact>]
let ``a culture with decimal commas changes no output and no table`` () =
    let filesOf out = [
        for file in Directory.GetFiles(Path.Combine(out, "tables")) |> Array.sort ->
            File.ReadAllText(file).Split('\n').[0], (File.ReadAllLines file).Length
    ]
    let runIn (culture: CultureInfo) name =
        let before = CultureInfo.CurrentCulture
        CultureInfo.CurrentCulture <- culture
        let out = Path.Combine(home, name)
        try
            let export = Path.Combine(out, "table.md")
            let code, output, errors = run out [ "--export"; export ] [ small ]
            Assert.Equal("", errors)
            Assert.Equal(0, code)
            Assert.Same(culture, CultureInfo.CurrentCulture)
            let anywhere (text: string) = text.Replace($"/{name}/", "/")
            anywhere (tableOf output), anywhere (File.ReadAllText export), filesOf out
        finally
            CultureInfo.CurrentCulture <- before
    let commas = CultureInfo.InvariantCulture.Clone() :?> CultureInfo
    commas.NumberFormat.NumberDecimalSeparator <- ","
    commas.NumberFormat.NumberGroupSeparator <- "."
    commas.NumberFormat.PercentDecimalSeparator <- ","
    let invariant, inCommas =
        runIn CultureInfo.InvariantCulture "points", runIn commas "commas"
    Assert.Equal(invariant, inCommas)
    let frame = Results.read (Path.Combine(home, "commas")) "small"
    Assert.All(frame.GetColumn<float>("weak F").Values, fun value -> Assert.InRange(value, 0.0, 1.0))

/// A layer defined in the script: a dense layer over the frames.
let private meanLayer version =
    customLayer "mean" version 3 (fun width -> TorchSharp.torch.nn.Linear(width, 3))

[<Fact>]
let ``the key of a script's layer contains no compiler-generated name of the language`` () =
    let layer = Assert.IsType<Sed.Core.Networks.Layers.Layer.Custom>(meanLayer 1)
    Assert.DoesNotContain("customLayer", Sed.Core.Runtime.Code.OwnCode.Text layer.Module)

[<Fact>]
let ``options, lists and unions that a script's layer captures are part of its key`` () =
    let capturing (value: obj) =
        customLayer "mean" 1 3 (fun width -> TorchSharp.torch.nn.Linear(width, int64 (value.GetHashCode())))
    let pairs: (obj * obj) list = [
        (Some 1, (None: int option)), ((None: int option), Some 1)
        Some(None: int option), Some(Some 1)
        [ [ 1; 2 ]; [ 3 ] ], [ [ 1 ]; [ 2; 3 ] ]
        Map.empty.Add("a", true), Map.empty.Add("a", false)
        (Choice1Of2 1: Choice<int, int>), (Choice2Of2 1: Choice<int, int>)
    ]
    for one, other in pairs do
        Assert.Equal(capturing one, capturing one)
        Assert.NotEqual(capturing one, capturing other)

[<Fact>]
let ``folds, held-out clips, training options and layers of the script run in one table`` () =
    let out = Path.Combine(home, "words")
    let layered version =
        layers "mine" {
            layer (meanLayer version)
            weak Attention
        }
    let many =
        experiment "many" {
            title "Many words"
            data Soundscapes.smartCars
            clips 20 8 4
            network (layered 1)
            train (
                training {
                    epochs 2
                    batch 4
                    optimizer (adamW 1e-3 0.01)
                    schedule (Cosine 1)
                    order Balanced
                    positives ByRarity
                    augment [ mixup 0.2; specAugment 8 4 ]
                    clipGradients 1.0
                    averageWeights 0.9
                    monitor WeakF
                }
            )
            addRow "watched on held-out clips" [ SelectOn Validation ]
            addRow "another version" [ Network(layered 2); SelectOn Validation ]
            folds 2
            seeds [ 1 ]
            report [ WeakF; StrongER ]
            figures [ PerClass [] ]
        }
    let code, output, errors =
        run out [ "--export"; Path.Combine(out, "many.tex") ] [ many ]
    Assert.Equal("", errors)
    Assert.Equal(0, code)
    Assert.Contains("trial 2 of 4: watched on held-out clips, seed 1, fold 2 of 2", output)
    Assert.Contains("Scores by class: another version (mean of 2 trials)", output)
    Assert.True(File.Exists(Path.Combine(out, "many.tex")))
    // Another version is another trial. All folds share the features.
    Assert.Equal(4, Directory.GetDirectories(Path.Combine(out, "trials")).Length)
    Assert.Single(Directory.GetDirectories(Path.Combine(out, "features"))) |> ignore
    let frame = Results.read out "many"
    Assert.Equal<int>([ 1; 2; 1; 2 ], frame.GetColumn<int>("fold").Values)

[<Fact>]
let ``rows can vary labels, mean teacher and segments`` () =
    let out = Path.Combine(home, "labels")
    let mixed =
        let third = 1.0 / 3.0 // of 12 clips and 17 classes: a class of one clip goes to the kind with the largest share
        Mixed [
            subset Strong third 0.25
            subset WeakOnly third 0.25
            subset Unlabelled third 0.5
        ]
    let instances =
        crnn {
            name "MIL"
            convolutions [ 4, 5; 4, 8 ]
            recurrent [ 4 ]
            dense []
            segments 1.5<s> LargestSegment
        }
    let many = {
        small with
            Name = "labels"
            Alongside = [
                "strong", [ Labels Strong ]
                "mean teacher", [ Labels mixed; MeanTeacher(0.9, 2.0, 1) ]
                "instances", [ Network instances; StrongWeight 0.0 ]
            ]
    }
    let code, output, errors = run out [] [ many ]
    Assert.Equal("", errors)
    Assert.Equal(0, code)
    Assert.Contains("trial 3 of 3", output)
    Assert.Equal(3, (Results.read out "labels").RowCount)

[<Fact>]
let ``--verify compares with recorded results and exits with 1 if they differ`` () =
    let out = Path.Combine(home, "recorded")
    let script = Path.Combine(out, "small.fsx")
    let runScript arguments =
        let code, output, errors = runAs script out arguments [ small ]
        code, output + errors
    let code, _ = runScript [ "--record" ]
    Assert.Equal(0, code)
    let code, output = runScript [ "--verify" ]
    Assert.Equal(0, code)
    Assert.Contains("small: 4 cells equal the recorded ones", output)
    let file = Path.Combine(out, "recorded", "paper", "small.csv")
    File.WriteAllText(file, File.ReadAllText(file).Replace("baseline,", "baseline,9"))
    let code, output = runScript [ "--verify" ]
    Assert.Equal(1, code)
    Assert.Contains("row 'baseline', weak F: recorded 9", output)

[<Fact>]
let ``thresholds, smoothing, metrics and the scored split change without new training`` () =
    let out = Path.Combine(home, "again and again")
    let once = {
        small with
            Name = "again"
            Axes = []
            Alongside = []
    }
    let code, first, _ = run out [] [ once ]
    Assert.Equal(0, code)
    let others = {
        once with
            Axes = [ List.map Threshold [ 0.2; 0.3; 0.4; 0.5; 0.6 ] ]
            Report = [ WeakF; StrongER; EventF; MeanAP; BestStrongF; Psds1; Psds2 ]
    }
    for experiment in
        [
            others
            { others with ScoreOn = Evaluation }
            {
                others with
                    Axes = [ [ Median 0.3<s>; Median 0.6<s> ] ]
            }
        ] do
        let code, output, errors = run out [] [ experiment ]
        Assert.Equal("", errors)
        Assert.Equal(0, code)
        Assert.DoesNotContain("epoch 1 of", output)
        Assert.Equal(experiment.Axes.Head.Length, output.Split(": already finished\n").Length - 1)
    Assert.Single(Directory.GetDirectories(Path.Combine(out, "trials"))) |> ignore
    let _, again, _ = run out [] [ once ]
    Assert.Equal(tableOf first, tableOf again)

[<Fact>]
let ``decoding is tuned after training, and the notes and the table show how`` () =
    let out = Path.Combine(home, "tuned")
    let once = {
        small with
            Name = "tuned"
            Alongside = [
                "plain", []
                "tuned", [ Tune SmoothingPerClass ]
                "boxes", [ Tune BoxesForPsds1 ]
                "boxes for events", [ Tune BoxesForEventF ]
            ]
            ScoreOn = Evaluation
            Report = [ StrongF; Psds1 ]
            Showing = [ PerClass [] ]
    }
    let code, output, errors = run out [] [ once ]
    Assert.Equal("", errors)
    Assert.Equal(0, code)
    let trial =
        Directory.GetDirectories(Path.Combine(out, "trials")) |> Array.exactlyOne
    Assert.Equal<string list>(
        [ "scores-evaluation.npz"; "scores-testing.npz" ],
        [
            for file in Directory.GetFiles(trial, "scores-*.npz") -> Path.GetFileName file |> string
        ]
        |> List.sort
    )
    Assert.Contains(
        "In tuned rows, decoding was tuned for each class on the 8 testing clips (by segment-based F-score, PSDS1, collar-based F-score). These clips are not scored.",
        output
    )
    let frame = Results.read out "tuned"
    let decoding = frame.GetColumn<string> "decoding"
    let chosen row =
        frame.GetColumn<string>("row")
        |> Deedle.Series.observations
        |> Seq.filter (snd >> (=) row)
        |> Seq.map (fun (key, _) -> Deedle.Series.tryGet key decoding)
        |> Seq.exactlyOne
    Assert.Equal(None, chosen "plain" |> Option.filter ((<>) ""))
    Assert.Contains(": threshold 0.", (chosen "tuned").Value)
    Assert.Contains("change points with a filter of", (chosen "boxes").Value)
    Assert.Contains("decoding", output.Substring(output.IndexOf "Scores by class: tuned"))
    // Tuning and scoring on the same clips is pointed out as optimistic.
    let code, output, _ = run out [] [ { once with ScoreOn = Testing } ]
    Assert.Equal(0, code)
    Assert.DoesNotContain("epoch 1 of", output)
    Assert.Contains("The same clips are scored, so the scores are optimistic.", output)
    let code, output, errors =
        run out [] [
            {
                once with
                    Name = "held-out"
                    Holdout = Share 0.3
                    ScoreOn = Testing
            }
        ]
    Assert.Equal("", errors)
    Assert.Equal(0, code)
    Assert.Contains(
        " validation clips (by tagging F-score, since event times are unknown). These clips are not scored.",
        output
    )

[<Fact>]
let ``a diverged training is marked and is never the reference row`` () =
    let out = Path.Combine(home, "diverged")
    let diverging = {
        small with
            Name = "diverging"
            Alongside = [
                "SGD 1e30", [ Optimizer(sgd 1e30 0.0) ]
                "SGD 1e6", [ Optimizer(sgd 1e6 0.9) ]
                "baseline", [ Network mlp; WeakWeight 0.0 ]
            ]
            Report = [ WeakF; WeakR; StrongER ]
    }
    let code, output, errors = run out [] [ diverging ]
    Assert.Equal("", errors)
    Assert.Equal(0, code)
    Assert.DoesNotContain(
        "*",
        [
            for line in output.Split '\n' do
                if line.Contains "  SGD" then
                    line
        ]
        |> String.concat ""
    )
    Assert.Contains("learnt nothing: 1", output)
    Assert.Contains("○: no better than a constant prediction, which", output)
    let learnt = (Results.read out "diverging").GetColumn<bool> "learnt"
    Assert.Equal<bool>([ false; false ], Seq.truncate 2 learnt.Values)
