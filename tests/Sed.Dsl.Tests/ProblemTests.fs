module Sed.Dsl.Tests.ProblemTests

open Xunit
open Sed
open Sed.Dsl.Tests.Examples

[<Fact>]
let ``a valid experiment has no problems`` () = Assert.Empty(problems small)

[<Fact>]
let ``all problems of a script are reported at once with place and remedy`` () =
    let wrong =
        experiment "wrong" {
            title "One"
            title "Two"

            features (
                logMel {
                    window 40.0<ms>
                    hop 50.0<ms>
                    bands 40
                    bands 40
                }
            )

            network (
                layers "odd" {
                    biGru 8
                    conv 4
                    dropout 1.5
                }
            )

            train (training { epochs 0 })
            report [ WeakF ]
        }

    Assert.Equal<string list>(
        [
            "data: none given; use for example `data Soundscapes.smartCars`"
            "seeds: none given; use for example `seeds [ 1 .. 5 ]`"
            "experiment: `title` is given 2 times; keep one of them"
            "features: the hop of 50 ms is longer than the window of 40 ms; sound between two windows would be lost; give a hop that is not longer than the window"
            "features: `bands` is given 2 times; keep one of them"
            "network, layer 2 (conv 4 3x3): it works on bands, but the layers before it output one vector per frame; put it before all layers that work on vectors, such as biGru, dense and context"
            "network: the dropout rate is 1.5; it must be at least 0 and less than 1"
            "training: 0 epochs; give at least one"
        ],
        problems wrong
    )

[<Fact>]
let ``a problem of one row is reported with the row`` () =
    let wrong =
        experiment "wrong" {
            data Soundscapes.smartCars
            seeds [ 1 ]
            report [ WeakF ]
            vary Dropout [ 0.1; 1.0 ]
        }

    Assert.Equal<string list>(
        [
            "row 'dropout 1', network: the dropout rate is 1; it must be at least 0 and less than 1"
        ],
        problems wrong
    )

[<Fact>]
let ``pool sizes have to divide the number of bands`` () =
    let wrong =
        experiment "wrong" {
            data Soundscapes.smartCars
            seeds [ 1 ]
            report [ WeakF ]
            network (crnn { convolutions [ 8, 5; 8, 3 ] })
        }

    Assert.Equal<string list>(
        [
            "network, layer 4 (pool 3): 8 bands cannot be pooled by 3; the pool size must divide the number of bands"
        ],
        problems wrong
    )

[<Fact>]
let ``an axis, a value and a seed given twice are problems`` () =
    let wrong =
        experiment "wrong" {
            data Soundscapes.smartCars
            seeds [ 1; 1 ]
            report [ WeakF ]
            vary StrongWeight [ 1.0 ]
            vary StrongWeight [ 2.0; 2.0 ]
        }

    Assert.Equal<string list>(
        [
            "seeds: 1 is given 2 times; give each seed once"
            "vary strong weight: is given 2 times; put all its values into one list"
            "vary strong weight: 2 is given 2 times; give each value once; networks need different names"
        ],
        problems wrong
    )

[<Fact>]
let ``an unknown profile is reported with the existing ones`` () =
    let choices = {
        Choices.none with
            Profile = Some "fast"
    }

    match Plan.ofExperiment choices small with
    | Ok _ -> failwith "planned"
    | Error problems ->
        Assert.Equal<string list>(
            [
                "--profile: there is no profile 'fast'; the profiles are quick, smoke, paper"
            ],
            List.map Problem.print problems
        )

[<Fact>]
let ``problems are counted above their list`` () =
    let text =
        Problem.printAll "table2" [ Problem.at "seeds" "none given" "use for example `seeds [ 1 .. 5 ]`" ]

    Assert.Equal(
        "table2: 1 problem\n  seeds: none given; use for example `seeds [ 1 .. 5 ]`",
        text.ReplaceLineEndings "\n"
    )

let private sampleLevel =
    layers "sample level" {
        sampleConv 8 3 3
        sampleConv 8 3
        pool 3
        dense 4
    }

[<Fact>]
let ``samples can be used as features`` () =
    let onSamples = {
        small with
            Features = samples { frame 729 }
            Network = sampleLevel
    }
    Assert.Empty(problems onSamples)
    let trial = (plan Choices.none onSamples).Trials.Head
    Assert.Contains(("features", "samples at 16000 Hz, frames of 729"), Specification.lines trial.Specification)

[<Fact>]
let ``problems of sample features are reported with their place`` () =
    let lone = { small with Alongside = [] }
    Assert.Equal<string list>(
        [
            "features: 0.5 samples per second; give a whole number above 0, for example `rate 16000.0<Hz>`"
            "features: `frame` is given 2 times; keep one of them"
            "network, layer 1 (sample conv 8, 3 samples, stride 3): 512 samples per frame are not divisible by the stride of 3; strides and pool sizes must divide the samples per frame"
            "network, layer 3 (pool 3): 512 bands cannot be pooled by 3; the pool size must divide the number of bands"
            "profile other, features: samples have no window; use the setting with log-mel features only; the length of frames is set by `samples { frame 729 }`"
            "profile other, features: samples have no bands; use the setting with log-mel features only; the length of frames is set by `samples { frame 729 }`"
        ],
        problems {
            lone with
                Network = sampleLevel
                Features =
                    samples {
                        rate 0.5<Hz>
                        frame 100
                        frame 512
                    }
                Profiles = [
                    {
                        Name = "other"
                        Settings = [ Window 10.0<ms>; Bands 3 ]
                    },
                    [ 1 ]
                ]
        }
    )
    Assert.Equal<string list>(
        [
            "network, layer 1 (sample conv 8, 3 samples, stride 3): needs waveforms, but the features are log-mel energies; give `features (samples { frame 729 })`, or use `conv`"
        ],
        problems {
            lone with
                Network = sampleLevel
                Features = logMel { bands 9 }
        }
    )
    Assert.Equal<string list>(
        [
            "network, layer 1 (conv 8 3x3): needs frequency bands, but the features are waveforms; put `sampleConv` before it, or give `features (logMel { bands 40 })`"
        ],
        problems {
            lone with
                Network = layers "bands" { conv 8 }
                Features = samples { frame 27 }
        }
    )
