/// Models written by --export-model, loaded through the public API.
[<Xunit.Collection "torch">]
module Sed.Runner.Tests.ModelExportTests

open System
open System.IO
open Xunit
open Sed
open Sed.Core.Annotations
open Sed.Core.Detection
open Sed.Core.Models
open Sed.Core.Runtime.Keys
open Sed.Core.Scoring
open Sed.Runner

let private home =
    Path.Combine(Path.GetTempPath(), "sed-" + Guid.NewGuid().ToString "N")

let private small what =
    experiment "small" {
        title "Two seeds"
        data Soundscapes.smartCars
        clips 12 8 4
        features (logMel { hop 40.0<ms> })
        network what
        train (
            training {
                epochs 2
                batch 4
            }
        )
        detect (
            detection {
                threshold 0.4
                median 0.2<s>
            }
        )
        seeds [ 1; 2 ]
        report [ WeakF; StrongER ]
    }

let private crnnOf filters =
    crnn {
        convolutions [ filters, 5; filters, 8 ]
        recurrent [ 4 ]
        dense []
    }

let private planOf experiment =
    match Plan.ofExperiment Choices.none experiment with
    | Ok plan -> plan
    | Result.Error problems -> failwith (Problem.printAll "small" problems)

let private workspaceIn out =
    new Workspace(out, TorchSharp.torch.CPU, ignore, (fun _ _ _ -> ()), Threading.CancellationToken.None)

/// The reference labels of the clips of stored scores.
let private truthOf (manifest: Sed.Core.Corpora.Manifest) (scores: ClipScores) =
    ClipTruth.Of(
        manifest,
        [|
            for name in scores.Names -> manifest.Clips |> Seq.findIndex (fun clip -> clip.Name = name)
        |]
    )

/// The clip name of an audio file, whose file name has an additional leading Y.
let private clipName (file: string) =
    (string (Path.GetFileName file)).TrimStart 'Y'

/// The audio files of a folder by clip name.
let private audio folder =
    dict [
        for file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories) do
            if Sed.Core.Audio.AudioFile.HasAudioExtension file then
                clipName file, file
    ]

[<Theory>]
[<InlineData "1">]
[<InlineData "1,2">]
let ``an exported model predicts the testing clips like its trials`` seeds =
    let out = Path.Combine(home, seeds)
    let file = Path.Combine(out, "small.sed")
    let code, output, errors =
        Sessions.runAs "small.fsx" out [ "--seeds"; seeds; "--export-model"; file ] [ small (crnnOf 4) ]
    Assert.Equal("", errors)
    Assert.Equal(0, code)
    Assert.Contains($"Exported: {file}, small, ", output)
    use model = SedModel.Load(file, device = "cpu")
    let stored =
        ClipScores.Average [|
            for one in model.Saved.Members ->
                ClipScores.Read(Path.Combine(out, "trials", one.Name, "scores-testing.npz"))
        |]
    Assert.Equal(seeds.Split(',').Length, model.Saved.Members.Count)
    let audio = audio (Path.Combine(out, "corpora"))
    let probabilities = ResizeArray<float32>()
    let listen =
        FrameProbabilityHandler(fun _ _ frames -> probabilities.AddRange(frames.ToArray()))
    let recordings = [|
        for one in model.PredictAll([ for name in stored.Names -> audio[clipName name] ], listen) ->
            nonNull one.Prediction
    |]
    // Matrix products round differently for other batch sizes. The decisions are the same.
    let areClose (expected: float32 seq) (found: float32 seq) =
        Assert.Equal(Seq.length expected, Seq.length found)
        for one, other in Seq.zip expected found do
            Assert.Equal(float one, float other, 1e-6)
    areClose stored.Strong probabilities
    areClose stored.Weak (recordings |> Seq.collect _.TagProbabilities)
    let decoder =
        EventDecoder(model.Classes, stored.HopSeconds, Detection.options (small (crnnOf 4)).Detection)
    for clip in 0 .. recordings.Length - 1 do
        let sorted (events: SoundEvent seq) =
            events
            |> Seq.sortBy (fun sound -> sound.Onset, sound.Offset, sound.Label)
            |> Array.ofSeq
        Assert.Equal<SoundEvent>(sorted (decoder.Decode(stored.StrongOf clip)), sorted recordings[clip].Events)
    Assert.Contains("seed: 1", model.Saved.Members[0].Specification)
    Assert.True(model.Saved.Members[0].Scores["testing"].Count > 5)

/// The tuned decoding as text.
let private printTuned (detection: DetectionOptions) = [
    for own in detection.PerClass |> Seq.sortBy _.Key ->
        $"{own.Key}: {own.Value.Threshold} {Seq.toList own.Value.Steps}"
]

[<Fact>]
let ``retrained networks are exported with decoding that is tuned on the held-out clips of all folds, and folds are scored with that of the others``
    ()
    =
    let out = Path.Combine(home, "retrained")
    let file = Path.Combine(out, "small.sed")
    let crossValidated = {
        small (crnnOf 4) with
            Training =
                training {
                    epochs 2
                    batch 4
                    monitor WeakF
                    keepLast true
                }
            Folds = 2
            Retrain = true
            SelectOn = Validation
            ScoreOn = Validation
            Detection = detection { tune ThresholdPerClass }
            Report = [ WeakF ]
            Showing = [ ClassF1 ]
    }
    let code, output, errors =
        Sessions.runAs "small.fsx" out [ "--export-model"; file ] [ crossValidated ]
    Assert.Equal("", errors)
    Assert.Equal(0, code)
    Assert.Contains("2 networks with averaged probabilities, trained on all training clips", output)
    Assert.Contains("scored on 12 validation clips in 2 folds.", output)
    Assert.Contains("on the validation clips of the other folds (by tagging F-score", output)
    Assert.Contains("F1: clip-level, because event times are unknown", output)
    let plan = planOf crossValidated
    let saved = ModelFile.Read file
    use workspace = workspaceIn out
    let nameOf (trial: Trial) =
        string (Path.GetFileName(workspace.TrialFolder trial.Specification))
    Assert.Equal<string list>([ for trial in plan.Retrained -> nameOf trial ], [ for one in saved.Members -> one.Name ])
    let whole = workspace.Whole plan.Trials.Head.Specification
    let scoresOf (trial: Trial) =
        ClipScores.Read(Path.Combine(workspace.TrialFolder trial.Specification, "scores-validation.npz"))
    let tunedOn (scores: ClipScores) =
        let noSteps: System.Collections.Generic.IReadOnlyList<Steps.DecodingStep> array = [| [||] |]
        DetectionTuner.Tune(
            truthOf whole scores,
            scores,
            Detection.options plan.Trials.Head.Specification.Detection,
            noSteps
        )
    let ofFold fold =
        plan.Trials
        |> List.filter (fun trial -> trial.Specification.Holdout = Fold(fold, 2))
    let mean fold =
        ClipScores.Average [| for trial in ofFold fold -> scoresOf trial |]
    Assert.Equal<string list>(
        printTuned (tunedOn (ClipScores.Concatenate [| mean 1; mean 2 |])),
        printTuned saved.Detection
    )
    let own, other = (ofFold 1).Head, (ofFold 2).Head
    match TrialFolder.state (workspace.TrialFolder own.Specification) with
    | Finished result ->
        Assert.Equal<string list>(
            printTuned (tunedOn (scoresOf other)),
            printTuned (StoredScores.detection workspace plan own.Specification result)
        )
    | state -> Assert.Fail $"%A{state}"

[<Fact>]
let ``an average of several seeds is tuned on their mean probabilities, not on those of one seed`` () =
    let out = Path.Combine(home, "tuned")
    let file = Path.Combine(out, "small.sed")
    let tuned = {
        small (crnnOf 4) with
            Training =
                training {
                    epochs 2
                    batch 4
                    monitor WeakF
                }
            Holdout = Share 0.4
            SelectOn = Validation
            Detection = detection { tune SmoothingPerClass }
    }
    let code, _, errors =
        Sessions.runAs "small.fsx" out [ "--export-model"; file ] [ tuned ]
    Assert.Equal("", errors)
    Assert.Equal(0, code)
    let saved = ModelFile.Read file
    let scores = [
        for one in saved.Members -> ClipScores.Read(Path.Combine(out, "trials", one.Name, "scores-validation.npz"))
    ]
    Assert.Equal(2, scores.Length)
    let specification = (planOf tuned).Trials.Head.Specification
    use workspace = workspaceIn out
    let manifest = workspace.Manifest specification
    let tunedOn (scores: ClipScores) =
        let choices: System.Collections.Generic.IReadOnlyList<Steps.DecodingStep> array = [|
            for steps in Detection.choices specification.Detection SmoothingPerClass -> List.toArray steps
        |]
        DetectionTuner.Tune(truthOf manifest scores, scores, Detection.options specification.Detection, choices)
    Assert.NotEmpty(printTuned saved.Detection)
    Assert.Equal<string list>(
        printTuned (tunedOn (ClipScores.Average(List.toArray scores))),
        printTuned saved.Detection
    )
    Assert.NotEqual<string list>(printTuned (tunedOn scores.Head), printTuned saved.Detection)

[<Fact>]
let ``a calibration is fitted on the held-out clips before thresholds are tuned, and the model file contains it`` () =
    let out = Path.Combine(home, "calibrated")
    let file = Path.Combine(out, "small.sed")
    let calibrated = {
        small (crnnOf 4) with
            Training =
                training {
                    epochs 2
                    batch 4
                    monitor WeakF
                }
            Holdout = Share 0.4
            SelectOn = Validation
            Detection =
                detection {
                    calibrate Temperature
                    tune ThresholdPerClass
                    tags FromWeakOutput
                }
    }
    let code, output, errors =
        Sessions.runAs "small.fsx" out [ "--export-model"; file ] [ calibrated ]
    Assert.Equal("", errors)
    Assert.Equal(0, code)
    Assert.Contains("The weak output was calibrated; the frame probabilities were not", output)
    let saved = ModelFile.Read file
    let scores =
        ClipScores.Average [|
            for one in saved.Members -> ClipScores.Read(Path.Combine(out, "trials", one.Name, "scores-validation.npz"))
        |]
    let specification = (planOf calibrated).Trials.Head.Specification
    use workspace = workspaceIn out
    let truth = truthOf (workspace.Manifest specification) scores
    let fitted = CalibrationFitter.Fit(truth, scores, CalibrationMethod.Temperature)
    Assert.NotEmpty fitted.Weak
    let noSteps: System.Collections.Generic.IReadOnlyList<Steps.DecodingStep> array = [| [||] |]
    let expected =
        DetectionTuner.Tune(truth, scores, (Detection.options specification.Detection).Calibrated fitted, noSteps)
    Assert.Equal(CanonicalKey.Text expected, CanonicalKey.Text saved.Detection)

[<Fact>]
let ``a row with a layer defined in the script cannot be exported, and the message names the layer`` () =
    let out = Path.Combine(home, "rows")
    let file = Path.Combine(out, "small.sed")
    let own =
        layers "mine" {
            layer (customLayer "mean" 1 3 (fun width -> TorchSharp.torch.nn.Linear(width, 3)))
            weak Attention
        }
    let several = {
        small (crnnOf 4) with
            Alongside = [ "crnn", []; "mine", [ Network own ] ]
    }
    let code, output, errors =
        Sessions.runAs "small.fsx" out [ "--seeds"; "1"; "--only"; "mine"; "--export-model"; file ] [ several ]
    Assert.Equal(1, code)
    Assert.Contains(
        "The row mine cannot be exported as a model:\nnetwork: the layer mean version 1, 3 units is defined by code",
        errors
    )
    Assert.False(File.Exists file)
    Assert.Contains("Two seeds", output)

[<Fact>]
let ``a model that is no better than a constant prediction is exported with a message and marked`` () =
    let out = Path.Combine(home, "constant")
    let file = Path.Combine(out, "small.sed")
    // No probability reaches the threshold, so no event is detected in any clip.
    let constant = {
        small (crnnOf 4) with
            Detection = detection { threshold 0.9999 }
    }
    let code, output, errors =
        Sessions.runAs "small.fsx" out [ "--seeds"; "1"; "--export-model"; file ] [ constant ]
    Assert.Equal("", errors)
    Assert.Equal(0, code)
    Assert.Contains(
        $"Exported: {file}, small, one network\nThis model is no better than a constant prediction, so its detections are of no use. The model file records this.",
        output
    )
    Assert.True((ModelFile.Read file).IsNoBetterThanConstant)

[<Fact>]
let ``a model cannot be written over a folder`` () =
    let out = Path.Combine(home, "folder")
    let code, _, errors =
        Sessions.runAs "small.fsx" out [ "--export-model"; Path.GetTempPath() ] [ small (crnnOf 4) ]
    Assert.Equal(2, code)
    Assert.Contains("name a file, for example model.sed", errors)
