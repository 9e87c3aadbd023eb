module Sed.Dsl.Tests.PlanTests

open FsCheck
open FsCheck.FSharp
open Xunit
open Sed
open Sed.Dsl.Tests.Examples

let private paper = {
    Choices.none with
        Profile = Some Plan.PaperProfile
}

[<Fact>]
let ``rows are the product of the axes followed by the added rows, each with every seed`` () =
    let plan = plan paper small

    Assert.Equal<(string * int) list>(
        [
            "strong weight 0.5", 1
            "strong weight 0.5", 2
            "strong weight 1", 1
            "strong weight 1", 2
            "baseline MLP", 1
            "baseline MLP", 2
        ],
        [ for trial in plan.Trials -> trial.Variant.Label, trial.Specification.Seed ]
    )

[<Fact>]
let ``only keeps the rows that contain the text, in any case`` () =
    let choices = {
        Choices.none with
            Only = Some "BASELINE"
            Seeds = Some [ 3 ]
    }

    let trial = Assert.Single (plan choices small).Trials
    Assert.Equal("baseline MLP", trial.Variant.Label)
    Assert.Equal(3, trial.Specification.Seed)

[<Fact>]
let ``a plan prints what all trials share once and what each row changes`` () =
    Assert.Equal(
        """Profile quick changes values of small to: epochs 1, seeds 7. `--profile paper` runs the script as written.
small: Two weights
profile quick, 3 rows, 3 trials

every trial
  data: smartCars
  clips: 40 training, 20 testing, 10 evaluation
  features: log-mel, 40 ms Hamming window, hop 20 ms, 40 bands from 0 to 22050 Hz, Slaney mel, normalised, magnitude
  training: Adam 0.001, batches of 32, at most 1 epochs, early stopping after 100 epochs without improvement of weak F - strong ER
  detection: threshold 0.5, no smoothing, tags from the events
  select on: Testing
  score on: Testing
  seed: 7

row 1: strong weight 0.5
  network: CRNN: conv 48 3x3, pool 5, conv 48 3x3, pool 4, conv 48 3x3, pool 2, biGru 32 multiply, biGru 32 multiply, dense 64; weak output: dense over all frames; dropout 0.15
  strong weight: 0.5
  weak weight: 1
  seeds: 7

row 2: strong weight 1
  network: CRNN: conv 48 3x3, pool 5, conv 48 3x3, pool 4, conv 48 3x3, pool 2, biGru 32 multiply, biGru 32 multiply, dense 64; weak output: dense over all frames; dropout 0.15
  strong weight: 1
  weak weight: 1
  seeds: 7

row 3: baseline MLP
  network: MLP: context 5, dense 50 relu, dense 50 relu; weak output: max pooling; dropout 0.2
  strong weight: 1
  weak weight: 0
  seeds: 7"""
            .ReplaceLineEndings
            "\n",
        Plan.print (plan Choices.none small)
    )

[<Fact>]
let ``specifications have the same hash exactly when their lines are the same`` () =
    let specification = (plan Choices.none small).Trials[0].Specification

    let property (NormalFloat weight) (seed: int) =
        let other = {
            specification with
                Seed = seed
                Training = specification.Training |> Training.change _.WithStrongWeight(weight)
        }

        let same = Specification.lines other = Specification.lines specification
        same = (Specification.hash "data" other = Specification.hash "data" specification)

    Check.One(Config.QuickThrowOnFailure.WithQuietOnSuccess true, property)
    Assert.NotEqual<string>(Specification.hash "data" specification, Specification.hash "other" specification)

[<Fact>]
let ``short names of rows are the values that differ`` () =
    let row name coordinates = {
        Coordinates = coordinates
        Name = name
        Settings = []
    }
    Assert.Equal<string>(
        [ "strong weight 0.2"; "strong weight 1"; "baseline" ],
        Variant.names [
            row "" [ "strong weight", "0.2"; "weak weight", "1" ]
            row "" [ "strong weight", "1"; "weak weight", "1" ]
            row "baseline" []
        ]
    )
    Assert.Equal<string>([ "dropout 0.5" ], Variant.names [ row "" [ "dropout", "0.5" ] ])

[<Fact>]
let ``a corpus at its full path has no trailing separator`` () =
    let full = System.IO.Path.GetFullPath "birds"
    Assert.Equal(SmartCars, Corpus.atFullPath SmartCars)
    for folder in [ "birds"; "birds/"; "./birds/"; full ] do
        Assert.Equal(Recordings full, Corpus.atFullPath (Recordings folder))
        Assert.Equal(corpus full, Corpus.atFullPath (corpus folder))

[<Fact>]
let ``a table of another corpus has a file and recorded results of its own`` () =
    let names data =
        let plan = plan { Choices.none with Data = Some data } small
        plan.FileName, plan.RecordedName
    Assert.Equal(("small", "small"), names SmartCars)
    Assert.Equal(("small-soundscapes-birds", "small-soundscapes-birds"), names (Recordings "/data/birds/"))
    Assert.Equal(("small-my-birds", "small-my-birds"), names (corpus "/data/my birds"))
    let own = {
        small with
            Data = Some(corpus "/data/birds")
    }
    Assert.Equal(
        "small",
        (plan
            {
                Choices.none with
                    Data = Some(corpus "/data/../data/birds/")
            }
            own)
            .FileName
    )
    Assert.Equal(
        "small-smoke-birds-part",
        (plan
            {
                Choices.none with
                    Data = Some(corpus "/data/birds")
                    Profile = Some "smoke"
                    Only = Some "weight"
            }
            small)
            .FileName
    )

[<Fact>]
let ``settings whose results changed have a higher format, only on corpora where they changed`` () =
    let formats settings = [
        for data in [ SmartCars; corpus "/data/birds" ] ->
            let own = {
                bare with
                    Data = Some data
                    Alongside = [ "row", settings ]
            }
            let key = Specification.key (plan Choices.none own).Trials.Head.Specification
            nonNull(key["format"]).GetValue<int>()
    ]
    Assert.Equal<int list>([ 2; 3 ], formats [])
    for settings in
        [
            [ Order Balanced ]
            [ Labels Strong; Augment [ timeMask 0.05 0.3 ] ]
            [ Labels Strong; Augment [ sometimes 0.5 (timeShiftPadded 90.0) ] ]
        ] do
        Assert.Equal<int list>([ 2; 5 ], formats settings)
    Assert.Equal<int list>([ 2; 3 ], formats [ Augment [ timeShift 90.0 ] ])
    let upsampled pooled =
        layers "upsampled" {
            pool pooled 40
            upsample 2
            weak LinearSoftmax
        }
    Assert.Equal<int list>([ 2; 3 ], formats [ Network(upsampled 4) ])
    Assert.Equal<int list>([ 5; 5 ], formats [ Network(upsampled 5) ])

[<Fact>]
let ``the key of a plan changes with its trainings and their order, not with how they are decoded`` () =
    let key experiment =
        Plan.key [ plan Choices.none experiment ]
    Assert.Equal(
        key small,
        key {
            small with
                Title = "Another title"
                Detection = detection { threshold 0.3 }
        }
    )
    Assert.NotEqual<string>(
        key small,
        key {
            small with
                Axes = List.map List.rev small.Axes
        }
    )
    Assert.NotEqual<string>(
        key small,
        key {
            small with
                Clips = { small.Clips with Training = 41 }
        }
    )

[<Fact>]
let ``single settings of features, networks and optimizers can vary`` () =
    let specification = (plan Choices.none small).Trials.Head.Specification
    let after settings =
        List.fold Setting.apply specification settings
    let layers settings = [ for layer in (after settings).Network.Layers -> layer.Summary ]
    Assert.Equal<string list>(
        [
            for word in layers [] -> word.Replace("biGru 32", "biGru 8").Replace("conv 48", "conv 4")
        ],
        layers [ Filters 4; GruUnits 8 ]
    )
    Assert.Equal(adam 0.5, (after [ LearningRate 0.5 ]).Training.Options.Optimizer)
    match (after [ Window 80.0<ms>; Hop 20.0<ms>; Bands 64 ]).Features.Source with
    | :? Sed.Core.Features.LogMel.LogMelOptions as logMel ->
        Assert.Equal((0.08, 0.02, 64), (logMel.WindowSeconds, logMel.HopSeconds, logMel.Bands))
    | other -> Assert.Fail other.Summary

[<Fact>]
let ``Width scales filters and units to multiples of 4 and leaves pooling unchanged`` () =
    let specification = (plan Choices.none small).Trials.Head.Specification
    let layers factor = [
        for layer in (Setting.apply specification (Width factor)).Network.Layers -> layer.Summary
    ]
    let times scaled = [
        for word in layers 1.0 ->
            List.fold (fun (word: string) (before: string, after: string) -> word.Replace(before, after)) word scaled
    ]
    Assert.Equal<string list>(
        times [ "conv 48", "conv 12"; "biGru 32", "biGru 8"; "dense 64", "dense 16" ],
        layers 0.25
    )
    Assert.Equal<string list>(times [ "conv 48", "conv 4"; "biGru 32", "biGru 4"; "dense 64", "dense 4" ], layers 0.001)
    for factor in [ 0.0; -1.0; nan ] do
        Assert.Contains(
            "network, layer 1 (conv 0 3x3): 0 filters with a kernel of 3x3; a convolution needs at least one filter and a kernel of at least 1x1, for example `conv 48` (3x3)",
            problems {
                small with
                    Axes = []
                    Alongside = [ "narrow", [ Width factor ] ]
            }
        )

[<Fact>]
let ``published scores are found by the row's label, whatever its settings are`` () =
    let named label = {
        small with
            Alongside = [ "own", [ Epochs 50 ] ]
            Axes = []
            Published = [ publishedAs label [ WeakF, 0.5 ] ]
    }
    let plan = plan Choices.none (named "own")
    Assert.Equal(Some 0.5, Plan.published plan plan.Variants.Head WeakF)
    Assert.Equal<string list>([ "published: no row is called 'other'; the rows are 'own'" ], problems (named "other"))
