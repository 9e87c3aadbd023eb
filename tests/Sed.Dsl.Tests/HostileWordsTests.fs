/// Settings that are valid alone but not together, and values with a wrong unit or too many digits.
module Sed.Dsl.Tests.HostileWordsTests

open Xunit
open Sed
open Sed.Core.Detection.Steps
open Sed.Dsl.Tests.Examples

let private says (expected: string list) experiment =
    Assert.Equal<string list>(expected, problems experiment)

[<Fact>]
let ``feature settings with a wrong unit or too many digits are problems`` () =
    says
        [
            "features: the window is 1000000000 ms; give at most 10000 ms, for example `window 40.0<ms>`"
            "features: the hop is 0.02 ms; give at least 1 ms, for example `hop 20.0<ms>`"
            "features: 40000 bands; give at most 1024, for example `bands 40`"
        ]
        {
            bare with
                Features =
                    logMel {
                        window 1e9<ms>
                        hop 0.02<ms>
                        bands 40000
                    }
                Network = mlp
        }

[<Fact>]
let ``too many clips are a problem`` () =
    says [ "data: 2000000000 training clips; give at most 1000000" ] {
        bare with
            Clips = {
                Training = 2000000000
                Testing = 10
                Evaluation = 10
            }
    }

[<Fact>]
let ``a monitor that never changes, or rises as the network gets worse, is a problem`` () =
    let watching monitor = {
        bare with
            Training = Training.defaults |> Training.change _.WithMonitor(monitor)
    }
    let remedy = "for example `monitor (WeakF - StrongER)`"
    says
        [
            "training: the monitor 0 weak F never changes; monitor a metric, for example `monitor WeakF`"
        ]
        (watching (0.0 * WeakF))
    says
        [
            "training: the monitor weak F - weak F never changes; monitor a metric, for example `monitor WeakF`"
        ]
        (watching (WeakF - WeakF))
    says
        [
            $"training: the monitor strong ER rises as strong ER gets worse; a metric for which lower is better must be subtracted, not added, {remedy}"
        ]
        (watching (Score StrongER))
    says
        [
            $"training: the monitor strong F - weak F falls as weak F gets better; a metric for which higher is better must be added, not subtracted, {remedy}"
        ]
        (watching (StrongF - WeakF))
    says [] (watching (WeakF + StrongF - 0.5 * StrongER))

[<Fact>]
let ``a hysteresis above its threshold is a problem`` () =
    says
        [
            "detection: the lower hysteresis threshold is 0.6, but the threshold is 0.3; the lower threshold must not exceed the threshold"
        ]
        {
            bare with
                Detection =
                    detection {
                        threshold 0.3
                        hysteresis 0.6
                    }
        }

[<Fact>]
let ``each list of candidate steps is checked as a whole`` () =
    let tuning steps = {
        bare with
            Detection = detection { tune (StepsPerClass steps) }
    }
    says
        [
            "detection, tune: another step follows the change points: median filter of 0.5 s; put the change points last, because they output boxes, not frame scores"
        ]
        (tuning [ []; [ DecodingStep.ChangePoints 0.5; DecodingStep.MedianFilter 0.5 ] ])
    // The threshold is tuned too, so the lower threshold of a candidate may exceed the threshold of the detection.
    says
        []
        (tuning [
            [ DecodingStep.Hysteresis 0.6 ]
            [ DecodingStep.ChangePoints 0.5 ]
            [ DecodingStep.MedianFilter 0.5 ]
        ])

[<Fact>]
let ``published scores in percent or below 0 are problems, error rates and d-prime above 1 are not`` () =
    says
        [
            "published: the row of '' has weak F 43.3; it is a fraction: write 43.3 % as `0.433`"
            "otherSystems: 'them' has strong ER -1; give a value of at least 0"
        ]
        {
            bare with
                Published = [ row [] [ WeakF, 43.3; StrongER, 1.5; DPrime, 2.0 ] ]
                Others = [ "them", [ StrongER, -1.0; DPrime, -0.1 ] ]
        }

[<Fact>]
let ``a setting that a row has twice is a problem`` () =
    says
        [
            "rows: 'mine' sets dropout 2 times; keep one of them"
            "published: the row of 'batch 8, batch 9' sets batch 2 times; keep one of them"
        ]
        {
            bare with
                Alongside = [ "mine", [ Dropout 0.1; Dropout 0.2 ] ]
                Published = [ row [ Batch 8; Batch 9 ] [ WeakF, 0.4 ] ]
        }

[<Fact>]
let ``an axis that changes no row is a problem`` () =
    let idle = {
        bare with
            Network = mlp
            Axes = [ [ Filters 4; Filters 8 ]; [ Dropout 0.1; Dropout 0.2 ] ]
    }
    says
        [
            "vary filters: it has no effect in any row; vary a setting that some row uses"
        ]
        idle
    says [] {
        idle with
            Axes = [ [ Network mlp; Network(crnn { dropout 0.1 }) ]; [ Filters 4; Filters 8 ] ]
    }

[<Fact>]
let ``rows that hold out clips together with folds are a problem`` () =
    for held in
        [
            [ HeldOut(Share 0.1); HeldOut(Share 0.2) ]
            [
                Recipe("few", [ HeldOut(Share 0.1) ])
                Recipe("many", [ HeldOut(Share 0.2) ])
            ]
        ] do
        says
            [
                "folds: some rows have their own held-out clips; remove `folds` or these rows' held-out clips"
            ]
            { bare with Folds = 3; Axes = [ held ] }

[<Fact>]
let ``a corpus with an empty folder name is a problem`` () =
    for folder in [ ""; " "; "a\000b" ] do
        says
            [
                "data: the name of the folder is empty or invalid; name the folder of the corpus"
            ]
            { bare with Data = Some(corpus folder) }
