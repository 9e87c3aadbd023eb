/// Whole runs of small experiments, as a script starts them. They share the console and torch's random numbers with all
/// tests that train, so those run one after another.
[<Xunit.Collection "torch">]
module Sed.Runner.Tests.SessionTests

open System
open System.IO
open Xunit
open Sed
open Sed.Core.Scoring
open Sed.Runner

let private home =
    Path.Combine(Path.GetTempPath(), "sed-" + Guid.NewGuid().ToString "N")

let private small =
    experiment "small" {
        title "Two trials"
        data Soundscapes.smartCars
        clips 12 8 4

        network (
            crnn {
                convolutions [ 4, 5; 4, 8 ]
                recurrent [ 4 ]
                dense []
            }
        )

        train (
            training {
                epochs 2
                batch 4
            }
        )

        alongside "crnn" []
        alongside "baseline" [ Network mlp; WeakWeight 0.0 ]
        seeds [ 1 ]
        report [ WeakF; StrongER ]
    }

let private run out arguments experiments =
    Sessions.runAs "small.fsx" out arguments experiments

let private tableOf (output: string) =
    output.Substring(output.IndexOf ": Two trials").Replace(home, "")

[<Fact>]
let ``a plan is printed without making or training anything`` () =
    let out = Path.Combine(home, "plan")
    let code, output, _ = run out [ "--plan" ] [ small ]
    Assert.Equal(0, code)
    Assert.StartsWith("small: Two trials\nprofile paper, 2 rows, 2 trials", output)
    Assert.False(Directory.Exists out)

[<Fact>]
let ``the same seeds give the same table digit for digit, and what is finished is not trained again`` () =
    let again = Path.Combine(home, "again")
    let code, first, errors = run (Path.Combine(home, "first")) [] [ small ]
    Assert.Equal("", errors)
    Assert.Equal(0, code)
    let _, second, _ = run again [] [ small ]
    Assert.Equal((tableOf first).Replace("/first/", "/again/"), tableOf second)
    let _, third, _ = run again [] [ small ]
    Assert.Equal(tableOf second, tableOf third)
    Assert.Equal(2, third.Split("kept\n").Length - 1)

/// A layer of the script's own: a dense layer over the frames.
let private meanLayer version =
    ownLayer "mean" version 3 (fun width -> TorchSharp.torch.nn.Linear(width, 3))

[<Fact>]
let ``folds, held-out clips, what goes beyond the paper's training and layers of one's own run in one table`` () =
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
                    mixup 0.2
                    specAugment 8 4
                    clipNorm 1.0
                    averageWeights 0.9
                    monitor WeakF
                }
            )
            alongside "watched on held-out clips" [ SelectOn Validation ]
            alongside "another version" [ Network(layered 2); SelectOn Validation ]
            folds 2
            seeds [ 1 ]
            report [ WeakF; StrongER ]
            showing [ PerClass [] ]
        }
    let code, output, errors =
        run out [ "--export"; Path.Combine(out, "many.tex") ] [ many ]
    Assert.Equal("", errors)
    Assert.Equal(0, code)
    Assert.Contains("trial 2 of 4: watched on held-out clips, seed 1, fold 2 of 2", output)
    Assert.Contains("Class by class: another version (means of 2 trials)", output)
    Assert.True(File.Exists(Path.Combine(out, "many.tex")))
    // Another version is another trial; the corpus's features are computed once for all folds.
    Assert.Equal(4, Directory.GetDirectories(Path.Combine(out, "trials")).Length)
    Assert.Single(Directory.GetDirectories(Path.Combine(out, "features"))) |> ignore
    let frame = Results.read out "many"
    Assert.Equal<int>([ 1; 2; 1; 2 ], frame.GetColumn<int>("fold").Values)

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
    let code, _, errors =
        run out [ "--data"; $"folder:{corpus}" ] [ { small with ScoreOn = Evaluation } ]
    Assert.Equal(2, code)
    Assert.Contains("small.fsx: 2 problems", errors)
    Assert.Contains("small: trainingOnly has no testing clips to select on", errors)
    Assert.Contains("small: trainingOnly has no evaluation clips to be scored on", errors)
    Assert.False(Directory.Exists(Path.Combine(out, "trials")))

[<Fact>]
let ``recorded results are verified by the next run, and a table that has moved ends with 1`` () =
    let out = Path.Combine(home, "recorded")
    let script = Path.Combine(out, "small.fsx")
    let runScript arguments =
        let code, output, errors = Sessions.runAs script out arguments [ small ]
        code, output + errors
    let code, _ = runScript [ "--record" ]
    Assert.Equal(0, code)
    let code, output = runScript [ "--verify" ]
    Assert.Equal(0, code)
    Assert.Contains("small: 4 cells are as recorded", output)
    let file = Path.Combine(out, "recorded", "paper", "small.csv")
    File.WriteAllText(file, File.ReadAllText(file).Replace("baseline,", "baseline,9"))
    let code, output = runScript [ "--verify" ]
    Assert.Equal(1, code)
    Assert.Contains("row 'baseline', weak F: recorded 9", output)

[<Fact>]
let ``a trial that fails is kept with its error, the others go on, and it is run again only when asked`` () =
    let out = Path.Combine(home, "failing")
    let promised = ref 4
    // A module that leaves three values per frame where the layer promises four, until that is mended.
    let wrong =
        ownLayer "wrong" 1 4 (fun width -> TorchSharp.torch.nn.Linear(width, int64 promised.Value - 1L))
    let failing =
        experiment "failing" {
            title "One row fails"
            data Soundscapes.smartCars
            clips 12 8 4
            train (training { epochs 1 })
            alongside "wrong" [ Network(layers "wrong" { layer wrong }) ]
            alongside "baseline" [ Network mlp; WeakWeight 0.0 ]
            seeds [ 1 ]
            report [ WeakF ]
        }
    let code, output, errors = run out [] [ failing ]
    Assert.Equal(1, code)
    Assert.Equal("", errors)
    Assert.Contains("trial 1 of 2: wrong, seed 1: failed, InvalidOperationException: ", output)
    Assert.Contains("0, failed: 1", output)
    Assert.Contains("trial 2 of 2: baseline, seed 1: weak F", output)
    promised.Value <- 5
    let code, output, _ = run out [] [ failing ]
    Assert.Equal(1, code)
    Assert.Contains("trial 1 of 2: wrong, seed 1: failed before", output)
    let code, output, _ = run out [ "--retry-failed" ] [ failing ]
    Assert.Equal(0, code)
    Assert.Contains("trial 1 of 2: wrong, seed 1: weak F", output)
    Assert.Contains("trial 2 of 2: baseline, seed 1: kept", output)

[<Fact>]
let ``detections that are gone or not the trial's own are an error, not a wrong table`` () =
    let out = Path.Combine(home, "damaged")
    let once = {
        small with
            Name = "damaged"
            Axes = []
            Alongside = []
    }
    let code, _, _ = run out [] [ once ]
    Assert.Equal(0, code)
    let trial =
        Directory.GetDirectories(Path.Combine(out, "trials")) |> Array.exactlyOne
    let scores = Path.Combine(trial, "scores-testing.npz")
    let whole = File.ReadAllBytes scores
    let refused () =
        let code, _, errors = run out [] [ once ]
        Assert.Equal(1, code)
        errors
    let kept = ClipScores.Read scores
    let other strong =
        ClipScores(kept.Names, kept.Frames, kept.HopSeconds, strong, kept.Weak)
    (other (Array.map (fun probability -> 1.0f - probability) kept.Strong)).Write scores
    Assert.StartsWith($"{trial} is damaged (what it detected has another ", refused ())
    ClipScores(
        Seq.toArray (Seq.map (fun name -> name + "?") kept.Names),
        kept.Frames,
        kept.HopSeconds,
        kept.Strong,
        kept.Weak
    )
        .Write
        scores
    Assert.StartsWith($"{scores} is damaged (the clip ", refused ())
    let remedy = "Remove its folder to train the trial again."
    for bytes in [ whole[.. whole.Length / 2]; [||]; "\000\001\t"B ] do
        File.WriteAllBytes(scores, bytes)
        let errors = refused ()
        Assert.StartsWith($"{scores} is damaged (", errors)
        Assert.EndsWith($"). {remedy}\n", errors)
    File.Delete scores
    Assert.Equal($"{scores} is damaged (it is gone). {remedy}\n", refused ())
    File.WriteAllBytes(scores, whole)
    let result = Path.Combine(trial, "result.json")
    let text = File.ReadAllText result
    let weak = System.Text.RegularExpressions.Regex "\"weak F\": [0-9.E-]+"
    File.WriteAllText(result, weak.Replace(text, "\"weak F\": 0.99"))
    Assert.StartsWith($"{trial} is damaged (what it detected has another weak F than its result)", refused ())
    File.WriteAllText(result, text)
    let code, _, _ = run out [] [ once ]
    Assert.Equal(0, code)

[<Fact>]
let ``thresholds, smoothing, metrics and splits are chosen after training, and nothing is trained again`` () =
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
        Assert.Equal(experiment.Axes.Head.Length, output.Split(": kept\n").Length - 1)
    Assert.Single(Directory.GetDirectories(Path.Combine(out, "trials"))) |> ignore
    let _, again, _ = run out [] [ once ]
    Assert.Equal(tableOf first, tableOf again)

[<Fact>]
let ``decoding is tuned after training on clips that are named, and what was chosen stands in the table's rows`` () =
    let out = Path.Combine(home, "tuned")
    let once = {
        small with
            Name = "tuned"
            Alongside = [
                "plain", []
                "tuned", [ Tuned SmoothingPerClass ]
                "boxes", [ Tuned BoxesPerClass ]
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
        "In rows that say so decoding was tuned for each class by its segment-based F-score on the 8 testing clips, none of which are scored.",
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
    Assert.Contains("change points by a filter of", (chosen "boxes").Value)
    Assert.Contains("decoding", output.Substring(output.IndexOf "Class by class: tuned"))
    // The same clips, and no training: it flatters, and says so.
    let code, output, _ = run out [] [ { once with ScoreOn = Testing } ]
    Assert.Equal(0, code)
    Assert.DoesNotContain("epoch 1 of", output)
    Assert.Contains("on the 8 testing clips, the clips that are scored: the scores flatter.", output)
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
    Assert.Contains("by the F-score of its tags (when events begin and end is not known) on the ", output)
    Assert.Contains(" validation clips, none of which are scored.", output)

[<Fact>]
let ``a garbled checkpoint is set aside, that is said in a line, and the trial starts anew`` () =
    let out = Path.Combine(home, "garbled")
    let once = {
        small with
            Name = "garbled"
            Axes = []
            Alongside = []
    }
    let code, whole, _ = run out [] [ once ]
    Assert.Equal(0, code)
    let trial =
        Directory.GetDirectories(Path.Combine(out, "trials")) |> Array.exactlyOne
    File.Delete(Path.Combine(trial, "result.json"))
    let checkpoint = Path.Combine(trial, "checkpoint.npz")
    File.WriteAllText(checkpoint, "PK garbage")
    let code, output, errors = run out [] [ once ]
    Assert.Equal("", errors)
    Assert.Equal(0, code)
    Assert.Contains(
        "trial 1 of 1: the experiment as given, seed 1: its checkpoint is damaged, is kept as "
        + $"{checkpoint}.damaged, and the trial starts anew\n",
        output
    )
    Assert.Equal("PK garbage", File.ReadAllText(checkpoint + ".damaged"))
    let table (output: string) =
        output.Substring(output.IndexOf "garbled: Two trials")
    Assert.Equal(table whole, table output)

[<Fact>]
let ``a training that diverged is marked, takes no star and is compared with by nobody`` () =
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
    Assert.Contains("○: no better than the same answer for every clip", output)
    let learnt = (Results.read out "diverging").GetColumn<bool> "learnt"
    Assert.Equal<bool>([ false; false ], Seq.truncate 2 learnt.Values)

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
            "  --device: there is no device 'gpu'; say auto, cpu, cuda or cuda:N"
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
let ``a finished table is shown from storage that cannot be written, and what could not be kept is said`` () =
    let out = Path.Combine(home, "readOnly")
    let once = {
        small with
            Name = "once"
            Alongside = []
    }
    let code, whole, _ = run out [] [ once ]
    Assert.Equal(0, code)
    let trial =
        Directory.GetDirectories(Path.Combine(out, "trials")) |> Array.exactlyOne
    // A lock that cannot be made, as on read-only storage, whoever runs the test.
    File.Delete(Path.Combine(trial, "lock"))
    Directory.CreateDirectory(Path.Combine(trial, "lock")) |> ignore
    let table = Path.Combine(out, "tables", "once.csv")
    let kept = File.GetLastWriteTimeUtc table
    let shown (output: string) =
        output.Substring(output.IndexOf "once: Two trials")
    let code, output, errors = run out [] [ once ]
    Assert.Equal("", errors)
    Assert.Equal(0, code)
    Assert.Equal(shown whole, shown output)
    Assert.Equal(kept, File.GetLastWriteTimeUtc table)
    // Where the table has to go there is no place for it.
    Directory.Delete(Path.Combine(out, "tables"), true)
    File.WriteAllText(Path.Combine(out, "tables"), "")
    let reports = Path.Combine(out, "reports")
    Directory.Delete(reports, true)
    File.WriteAllText(reports, "")
    let code, output, errors = run out [ "--report" ] [ once ]
    Assert.Equal("", errors)
    Assert.Equal(0, code)
    Assert.Contains("\nThe table could not be kept: ", output)
    Assert.Contains("\nThe report could not be kept: ", output)
    // A file that the command line names is another matter.
    let code, output, _ = run out [ "--export"; "/proc/table.csv" ] [ once ]
    Assert.Equal(1, code)
    Assert.Contains("\n/proc/table.csv could not be kept: ", output)

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
