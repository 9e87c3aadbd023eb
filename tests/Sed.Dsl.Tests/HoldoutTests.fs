module Sed.Dsl.Tests.HoldoutTests

open Xunit
open Sed
open Sed.Dsl.Tests.Examples

let private held =
    experiment "held" {
        data Soundscapes.smartCars
        seeds [ 1; 2 ]
        report [ WeakF; StrongER ]
    }

[<Fact>]
let ``folds train every row and seed once without each fold`` () =
    let plan = plan Choices.none { held with Folds = 3 }

    Assert.Equal<string list>(
        [
            for seed in 1..2 do
                for fold in 1..3 -> $"the experiment as given, seed {seed}, fold {fold} of 3"
        ],
        [ for trial in plan.Trials -> trial.Name ]
    )

    Assert.Contains("seeds: 1, 2, each with 3 folds", Plan.print plan)

[<Fact>]
let ``a share for validation is held out of every trial and part of its specification`` () =
    let plan = plan Choices.none { held with Holdout = Share 0.1 }

    for trial in plan.Trials do
        Assert.Contains(("held out", "10 % of the training clips"), Specification.lines trial.Specification)

[<Fact>]
let ``metrics that need strong labels cannot be monitored or reported on held-out clips`` () =
    let wrong = {
        held with
            Holdout = Share 1.5
            SelectOn = Validation
            ScoreOn = Validation
    }

    Assert.Equal<string list>(
        [
            "validation: a fraction of 1.5; give a fraction between 0 and 1, for example 0.1"
            "training: the monitor uses strong ER, but validation clips have weak labels only; monitor clip-level metrics, for example `monitor WeakF`, or set `selectOn` to a split with strong labels"
            "report: strong ER cannot be reported on validation clips, which have weak labels only; score on a different split"
        ],
        problems wrong
    )

[<Fact>]
let ``the validation split cannot be used if no clips are held out`` () =
    let wrong = {
        held with
            SelectOn = Validation
            Training = held.Training |> Training.change _.WithMonitor(Score WeakF)
    }

    Assert.Equal<string list>(
        [
            "select on: no clips are held out for validation; use `validation 0.1` or `folds 5`"
        ],
        problems wrong
    )

[<Fact>]
let ``a held-out fold that is not one of its folds is a problem`` () =
    let wrong = {
        held with
            Alongside = [
                "first", [ HeldOut(Fold(1, 5)) ]
                "last", [ HeldOut(Fold(5, 5)) ]
                "before", [ HeldOut(Fold(0, 5)) ]
                "after", [ HeldOut(Fold(6, 5)) ]
            ]
    }

    Assert.Equal<string list>(
        [
            "row 'before', held out: fold 0 of 5; give a fold from 1 to 5"
            "row 'after', held out: fold 6 of 5; give a fold from 1 to 5"
        ],
        problems wrong
    )

[<Fact>]
let ``folds together with validation, and an unknown reference row, are problems`` () =
    let wrong = {
        held with
            Folds = 5
            Holdout = Share 0.2
            Against = Some "mine"
    }

    Assert.Equal<string list>(
        [
            "folds: `validation` is given too; keep one of them, because both hold out training clips"
            "compareWith: no row is called 'mine'; the rows are 'the experiment as given'"
        ],
        problems wrong
    )

[<Fact>]
let ``retrain adds one trial on all training clips for each row and seed, after the folds`` () =
    let plan =
        plan Choices.none {
            held with
                Folds = 3
                Retrain = true
                Training = held.Training |> Training.change _.WithKeepsLastEpoch(true)
        }
    Assert.Equal(6, plan.Trials.Length)
    Assert.Equal<string list>(
        [
            "the experiment as given, all training clips, seed 1"
            "the experiment as given, all training clips, seed 2"
        ],
        [ for trial in Plan.allTrials plan |> List.skip 6 -> trial.Name ]
    )
    Assert.All(plan.Retrained, (fun trial -> Assert.Equal(Nothing, trial.Specification.Holdout)))
    Assert.Contains("seeds: 1, 2, each with 3 folds; then with each seed on all training clips", Plan.print plan)

[<Fact>]
let ``retrain needs folds, and the last epoch`` () =
    Assert.Equal<string list>(
        [
            "retrain: there are no folds; add for example `folds 5`, or remove `retrain`"
            "retrain: no clips are left for selecting the best epoch; keep the last epoch: `training { keepLast true }`"
        ],
        problems { held with Retrain = true }
    )
