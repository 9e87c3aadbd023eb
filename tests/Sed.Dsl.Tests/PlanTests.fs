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
let ``a mixed corpus comes in the script's own profile, a collected one in the paper's`` () =
    let profile data =
        (plan { Choices.none with Data = data } small).Profile

    Assert.Equal("quick", profile None)
    Assert.Equal("quick", profile (Some(Recordings "somewhere")))
    Assert.Equal("paper", profile (Some(Collected "somewhere")))

[<Fact>]
let ``a profile's settings come before the row's own`` () =
    let plan = plan Choices.none small
    Assert.Equal<int list>([ 1; 1; 1 ], [ for trial in plan.Trials -> trial.Specification.Training.Options.Epochs ])
    Assert.Equal<int list>([ 7; 7; 7 ], [ for trial in plan.Trials -> trial.Specification.Seed ])
    Assert.Equal(0.0, plan.Trials[2].Specification.Training.Options.WeakWeight)

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
        """Profile quick replaces values of small: epochs 1, seeds 7. `--profile paper` runs the script as written.
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
let ``the plan prints the settings that a profile changes, and other settings stay as written`` () =
    let narrow = {
        small with
            Features = logMel { bands 80 }
            Network = mlp
            Profiles = [
                {
                    Name = "quick"
                    Settings = [ Epochs 7; Hop 40.0<ms>; Batch 32 ]
                },
                [ 1 ]
            ]
            ProfileRows = [ "quick", Some "baseline MLP", [ Epochs 9 ] ]
    }
    let plan = plan Choices.none narrow
    Assert.Equal(
        Some
            "Profile quick replaces values of small: epochs 7, hop 40 ms, seeds 1; 'baseline MLP': epochs 9. `--profile paper` runs the script as written.",
        Plan.printReplaced plan
    )
    for trial in plan.Trials do
        Assert.Equal(80, trial.Specification.Features.Source.Bands)
        let epochs = if trial.Variant.Name = "baseline MLP" then 9 else 7
        Assert.Equal(epochs, trial.Specification.Training.Options.Epochs)

[<Fact>]
let ``a part of a table and other profiles have their own files`` () =
    let fileOf choices = (plan choices small).FileName
    Assert.Equal(small.Name, fileOf Choices.none)
    Assert.Equal(
        small.Name + "-paper",
        fileOf {
            Choices.none with
                Profile = Some "paper"
        }
    )
    Assert.Equal(
        small.Name + "-part",
        fileOf {
            Choices.none with
                Only = Some "baseline"
        }
    )

[<Fact>]
let ``a table of another corpus has a file and recorded results of its own`` () =
    let names data =
        let plan = plan { Choices.none with Data = Some data } small
        plan.FileName, plan.RecordedName
    Assert.Equal(("small", "small"), names SmartCars)
    Assert.Equal(("small-soundscapes-birds", "small-soundscapes-birds"), names (Recordings "/data/birds/"))
    Assert.Equal(("small-my-birds", "small-my-birds"), names (Collected "/data/my birds"))
    let own = {
        small with
            Data = Some(Collected "/data/birds")
    }
    Assert.Equal(
        "small",
        (plan
            {
                Choices.none with
                    Data = Some(Collected "/data/../data/birds/")
            }
            own)
            .FileName
    )
    Assert.Equal(
        "small-smoke-birds-part",
        (plan
            {
                Choices.none with
                    Data = Some(Collected "/data/birds")
                    Profile = Some "smoke"
                    Only = Some "weight"
            }
            small)
            .FileName
    )

[<Fact>]
let ``a script without profiles runs as it is written`` () =
    let written = { small with Profiles = [] }
    let plan = plan Choices.none written
    Assert.Equal(Plan.PaperProfile, plan.Profile)
    Assert.Equal(None, Plan.printReplaced plan)
    Assert.True plan.IsWhole
    Assert.Equal("small", plan.FileName)
    for trial in plan.Trials do
        Assert.Equal(3, trial.Specification.Training.Options.Epochs)
        Assert.Equal(small.Clips, trial.Specification.Clips)

[<Fact>]
let ``smoke is built in, has the first seed and is used only when it is named`` () =
    let smoke = {
        Choices.none with
            Profile = Some "smoke"
    }
    let plan =
        plan smoke {
            small with
                Profiles = []
                Seeds = [ 4; 5 ]
        }
    Assert.Equal("small-smoke", plan.FileName)
    Assert.False plan.IsWhole
    for trial in plan.Trials do
        Assert.Equal(
            (2, 4, 32),
            (trial.Specification.Training.Options.Epochs, trial.Specification.Seed, trial.Specification.Clips.Training)
        )
    let declared = {
        small with
            Profiles = [
                {
                    Name = "smoke"
                    Settings = [ Epochs 1 ]
                },
                [ 8 ]
            ]
    }
    let specification = (Examples.plan smoke declared).Trials.Head.Specification
    Assert.Equal((1, 8), (specification.Training.Options.Epochs, specification.Seed))

[<Fact>]
let ``smoke leaves the hop of features that cannot have its own`` () =
    let smoke = {
        Choices.none with
            Profile = Some "smoke"
    }
    let onSamples =
        layers "on samples" {
            sampleConv 8 3 3
            pool 3
            dense 4
        }
    for features, network in [ logMel { window 30.0<ms> }, bare.Network; samples { frame 729 }, onSamples ] do
        let plan =
            plan smoke {
                bare with
                    Features = features
                    Network = network
            }
        Assert.Equal(features.Source, plan.Trials.Head.Specification.Features.Source)

[<Fact>]
let ``no profile hides a mistake in the script`` () =
    let hidden = {
        small with
            Features =
                logMel {
                    window 20.0<ms>
                    hop 40.0<ms>
                }
            Training =
                training {
                    epochs 0
                    optimizer (adam -1.0)
                }
            Profiles = [
                {
                    Name = "quick"
                    Settings = [ Epochs 1; Optimizer(adam 1e-3); Window 100.0<ms>; Hop 100.0<ms> ]
                },
                [ 1 ]
            ]
    }
    let asWritten = problems { hidden with Profiles = [] }
    Assert.Equal(3, asWritten.Length)
    Assert.Equal<string list>(asWritten, problems hidden)
    let smoke = {
        Choices.none with
            Profile = Some "smoke"
    }
    match Plan.ofExperiment smoke hidden with
    | Ok _ -> failwith "planned"
    | Error found -> Assert.Equal<string list>(asWritten, List.map Problem.print found)

[<Fact>]
let ``a mistake in a profile is named with it`` () =
    let wrong = {
        small with
            Profiles = [
                {
                    Name = "quick"
                    Settings = [ Epochs 0 ]
                },
                [ 1 ]
            ]
    }
    Assert.StartsWith("profile quick, training: ", Assert.Single(problems wrong))

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
let ``profile settings for an unknown row or an unknown profile are problems`` () =
    let wrong = {
        small with
            ProfileRows = [ "fast", Some "nobody", [ Epochs 9 ] ]
    }
    let problems = problems wrong
    Assert.StartsWith("profileRow: there is no profile 'fast'", problems[0])
    Assert.StartsWith("profileRow: no row is called 'nobody'; there are ", problems[1])

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
            "network, layer 1 (conv 0 3x3): 0 filters with a kernel of 3x3; a convolution needs at least one filter and a kernel of odd size, for example `conv 48` (3x3)",
            problems {
                small with
                    Axes = []
                    Alongside = [ "narrow", [ Width factor ] ]
            }
        )

[<Fact>]
let ``profileRows is applied after the settings of the row and before profileRow`` () =
    let plan =
        plan Choices.none {
            small with
                Axes = []
                Alongside = [ "own", [ Epochs 50 ]; "special", [ Epochs 60 ]; "other", [] ]
                ProfileRows = [
                    "quick", None, [ Epochs 8 ]
                    "quick", Some "special", [ Epochs 9 ]
                    "quick", Some "other", [ Epochs 9 ]
                ]
        }
    Assert.Equal<int list>([ 8; 9; 9 ], [ for trial in plan.Trials -> trial.Specification.Training.Options.Epochs ])
    Assert.Equal(
        Some
            "Profile quick replaces values of small: epochs 8, seeds 7; 'special', 'other': epochs 9. `--profile paper` runs the script as written.",
        Plan.printReplaced plan
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
    Assert.Equal<string list>([ "published: no row is called 'other'; there are 'own'" ], problems (named "other"))
