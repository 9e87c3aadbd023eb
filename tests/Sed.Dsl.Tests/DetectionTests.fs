module Sed.Dsl.Tests.DetectionTests

open Xunit
open System.Collections.Generic
open Sed
open Sed.Core.Networks.Layers
open Sed.Core.Runtime.Keys

[<Fact>]
let ``tuning, change points and sorting have keywords and are printed in the plan`` () =
    let tuned = {
        Examples.small with
            Detection =
                detection {
                    changePoints 0.5<s> (FallBelow 0.2)
                    tune ThresholdPerClass
                }
    }
    Assert.Contains(
        "detection: threshold 0.5, change points with a filter of 0.5 s, merged below a difference of 0.2, tags from the events; tuned for each class: threshold",
        Plan.print (Examples.plan Choices.none tuned)
    )
    let other =
        experiment "small" {
            title "Two ways"
            data Soundscapes.smartCars
            vary Tune [ ThresholdPerClass; SmoothingPerClass; BoxesForPsds1; BoxesForEventF ]
            seeds [ 1 ]
            report [ WeakF ]
            columns [ Parameters; MultiplyAccumulates; TrainingTime ]
            sortBy WeakF
        }
    Assert.Equal<string list>(
        [
            "tuned per class threshold"
            "tuned per class threshold, median filter and shortest event"
            "tuned per class boxes between change points by PSDS1, and threshold"
            "tuned per class boxes between change points and threshold by collar-based F-score"
        ],
        [ for variant in (Examples.plan Choices.none other).Variants -> variant.Label ]
    )

[<Fact>]
let ``a calibration is part of the plan and of the key, and rows can vary it`` () =
    let calibrated =
        detection {
            calibrate TemperaturePerClass
            tune ThresholdPerClass
        }
    Assert.Equal(
        "threshold 0.5, no smoothing, tags from the events; calibrated by a temperature for each class; tuned for each class: threshold",
        Detection.print calibrated
    )
    Assert.Equal("\"temperaturePerClass\"", (nonNull ((Detection.key calibrated)["calibrated"])).ToJsonString())
    Assert.False((Detection.key Detection.defaults).ContainsKey "calibrated")
    Assert.True(Detection.isFitted (detection { calibrate Temperature }))
    let twice =
        detection {
            calibrate Temperature
            calibrate IsotonicPerClass
        }
    Assert.Equal<string list>(
        [ "detection: `calibrate` is given 2 times; keep one of them" ],
        [ for problem in Detection.problems twice -> string problem ]
    )
    let rows =
        experiment "small" {
            title "Three calibrations"
            data Soundscapes.smartCars
            vary Calibrate [ Temperature; TemperaturePerClass; IsotonicPerClass ]
            seeds [ 1 ]
            report [ WeakOutputEce; FrameEce ]
            sortBy WeakOutputEce
        }
    Assert.Equal<string list>(
        [
            "calibrated one temperature"
            "calibrated a temperature for each class"
            "calibrated isotonic regression for each class"
        ],
        [ for variant in (Examples.plan Choices.none rows).Variants -> variant.Label ]
    )

[<Fact>]
let ``problems of tuning and sorting are reported with remedies`` () =
    let wrong = {
        Examples.small with
            Detection = detection { changePoints 0.0<s> (RatioBelow 0.5) }
            Sorted = Some EventF
            Columns = [ TrainingTime; TrainingTime ]
    }
    Assert.Equal<string list>(
        [
            "columns: TrainingTime is given 2 times; give each column once"
            "sortBy: event F is not a column of the table; add it to `report`"
            "detection: the change point filter is 0 s long; it must be longer than 0 s, for example 0.5 s"
            "detection: the merge ratio is 0.5; it must be 1 (off) or more"
        ],
        Examples.problems wrong
    )
    let twice = {
        Examples.small with
            Detection =
                detection {
                    median 0.5<s>
                    tune SmoothingPerClass
                }
    }
    Assert.Equal<string list>(
        [
            "detection: fixed steps cannot be combined with steps that are tuned for each class; remove the fixed steps, or use `tune ThresholdPerClass`"
        ],
        Examples.problems twice
    )
