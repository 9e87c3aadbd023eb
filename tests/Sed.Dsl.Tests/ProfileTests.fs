/// Profiles: which one runs, the settings it replaces, and the validation of scripts that have profiles.
module Sed.Dsl.Tests.ProfileTests

open Xunit
open Sed
open Sed.Dsl.Tests.Examples

[<Fact>]
let ``a mixed corpus comes in the script's own profile, a collected one in the paper's`` () =
    let profile data =
        (plan { Choices.none with Data = data } small).Profile

    Assert.Equal("quick", profile None)
    Assert.Equal("quick", profile (Some(Recordings "somewhere")))
    Assert.Equal("paper", profile (Some(corpus "somewhere")))

[<Fact>]
let ``a profile's settings come before the row's own`` () =
    let plan = plan Choices.none small
    Assert.Equal<int list>([ 1; 1; 1 ], [ for trial in plan.Trials -> trial.Specification.Training.Options.Epochs ])
    Assert.Equal<int list>([ 7; 7; 7 ], [ for trial in plan.Trials -> trial.Specification.Seed ])
    Assert.Equal(0.0, plan.Trials[2].Specification.Training.Options.WeakWeight)

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
            "Profile quick changes values of small to: epochs 7, hop 40 ms, seeds 1; 'baseline MLP': epochs 9. `--profile paper` runs the script as written.",
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
let ``profile settings for an unknown row or an unknown profile are problems`` () =
    let wrong = {
        small with
            ProfileRows = [ "fast", Some "nobody", [ Epochs 9 ] ]
    }
    let problems = problems wrong
    Assert.StartsWith("profileRow: there is no profile 'fast'", problems[0])
    Assert.StartsWith("profileRow: no row is called 'nobody'; the rows are ", problems[1])

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
            "Profile quick changes values of small to: epochs 8, seeds 7; 'special', 'other': epochs 9. `--profile paper` runs the script as written.",
        Plan.printReplaced plan
    )
