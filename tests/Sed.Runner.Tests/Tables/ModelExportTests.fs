/// What a script's --export-model writes, used as others use it.
[<Xunit.Collection "torch">]
module Sed.Runner.Tests.ModelExportTests

open System
open System.IO
open Xunit
open Sed
open Sed.Core.Annotations
open Sed.Core.Detection
open Sed.Core.Models
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

/// Audio files carry a leading Y that the label lists have not.
let private listed (file: string) =
    (string (Path.GetFileName file)).TrimStart 'Y'

/// Recordings of a folder by the names of its clips.
let private audio folder =
    dict [
        for file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories) do
            if Sed.Core.Audio.AudioFile.HasAudioExtension file then
                listed file, file
    ]

[<Theory>]
[<InlineData "1">]
[<InlineData "1,2">]
let ``an exported model says of the testing clips what its trials said`` seeds =
    let out = Path.Combine(home, seeds)
    let file = Path.Combine(out, "small.sed")
    let code, output, errors =
        Sessions.runAs "small.fsx" out [ "--seeds"; seeds; "--export-model"; file ] [ small (crnnOf 4) ]
    Assert.Equal("", errors)
    Assert.Equal(0, code)
    Assert.Contains($"Exported: {file}, small, ", output)
    use model = SedModel.Load(file, device = "cpu")
    let said =
        ClipScores.Average [|
            for one in model.Saved.Members ->
                ClipScores.Read(Path.Combine(out, "trials", one.Name, "scores-testing.npz"))
        |]
    Assert.Equal(seeds.Split(',').Length, model.Saved.Members.Count)
    let audio = audio (Path.Combine(out, "corpora"))
    let probabilities = ResizeArray<float32>()
    let listen =
        FrameListener(fun _ _ frames -> probabilities.AddRange(frames.ToArray()))
    let heard = [|
        for one in model.ListenAll([ for name in said.Names -> audio[listed name] ], listen) -> nonNull one.Recording
    |]
    // A product's last rows are rounded by how many rows there are, and batches are others here than in training; what is
    // decided is the same.
    let areClose (expected: float32 seq) (found: float32 seq) =
        Assert.Equal(Seq.length expected, Seq.length found)
        for one, other in Seq.zip expected found do
            Assert.Equal(float one, float other, 1e-6)
    areClose said.Strong probabilities
    areClose said.Weak (heard |> Seq.collect _.TagProbabilities)
    let decoder =
        EventDecoder(model.Classes, said.HopSeconds, Detection.options (small (crnnOf 4)).Detection)
    for clip in 0 .. heard.Length - 1 do
        let sorted (events: SoundEvent seq) =
            events
            |> Seq.sortBy (fun sound -> sound.Onset, sound.Offset, sound.Label)
            |> Array.ofSeq
        Assert.Equal<SoundEvent>(sorted (decoder.Decode(said.StrongOf clip)), sorted heard[clip].Events)
    Assert.Contains("seed: 1", model.Saved.Members[0].Specification)
    Assert.True(model.Saved.Members[0].Scores["Testing"].Count > 5)

[<Fact>]
let ``what averages several seeds is tuned on what their mean says, not on what one of them says`` () =
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
            Detection = detection { tuned SmoothingPerClass }
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
    let specification =
        match Plan.ofExperiment Choices.none tuned with
        | Ok plan -> plan.Trials.Head.Specification
        | Result.Error problems -> failwith (Problem.printAll "small" problems)
    use workspace =
        new Workspace(out, TorchSharp.torch.CPU, ignore, (fun _ _ _ -> ()), Threading.CancellationToken.None)
    let manifest = workspace.Manifest specification
    let tunedOn (scores: ClipScores) =
        let clips = [|
            for name in scores.Names -> manifest.Clips |> Seq.findIndex (fun clip -> clip.Name = name)
        |]
        let choices: System.Collections.Generic.IReadOnlyList<Steps.DecodingStep> array = [|
            for steps in Detection.choices specification.Detection SmoothingPerClass -> List.toArray steps
        |]
        DetectionTuner.Tune(ClipTruth.Of(manifest, clips), scores, Detection.options specification.Detection, choices)
    let words (detection: DetectionOptions) = [
        for own in detection.PerClass |> Seq.sortBy _.Key ->
            $"{own.Key}: {own.Value.Threshold} {Seq.toList own.Value.Steps}"
    ]
    Assert.NotEmpty(words saved.Detection)
    Assert.Equal<string list>(words (tunedOn (ClipScores.Average(List.toArray scores))), words saved.Detection)
    Assert.NotEqual<string list>(words (tunedOn scores.Head), words saved.Detection)

[<Fact>]
let ``the best of several rows is exported, and a layer of the script's own is refused by name`` () =
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
        "The row mine cannot be exported as a model:\nthe layer mean version 1, 3 units is code of a script",
        errors
    )
    Assert.False(File.Exists file)
    Assert.Contains("Two seeds", output)

[<Fact>]
let ``a model cannot be written over a folder`` () =
    let out = Path.Combine(home, "folder")
    let code, _, errors =
        Sessions.runAs "small.fsx" out [ "--export-model"; Path.GetTempPath() ] [ small (crnnOf 4) ]
    Assert.Equal(2, code)
    Assert.Contains("name a file, for example model.sed", errors)
