module Sed.Dsl.Tests.ExperimentTests

open Xunit
open System.Collections.Generic
open Sed
open Sed.Core.Networks.Layers
open Sed.Core.Runtime.Keys

[<Fact>]
let ``an empty crnn is the 218k candidate`` () =
    Assert.Equal(
        "CRNN: conv 48 3x3, pool 5, conv 48 3x3, pool 4, conv 48 3x3, pool 2, biGru 32 multiply, biGru 32 multiply, "
        + "dense 64; weak output: dense over all frames; dropout 0.15",
        Network.print (crnn { dropout 0.15 })
    )

[<Fact>]
let ``a keyword of crnn replaces one kind of layer only`` () =
    let small =
        crnn {
            convolutions [ 16, 5; 16, 8 ]
            recurrent [ 8 ]
            dense []
            weak MaxPooling
        }

    Assert.Equal(
        "CRNN: conv 16 3x3, pool 5, conv 16 3x3, pool 8, biGru 8 multiply; weak output: max pooling; dropout 0.15",
        Network.print small
    )

[<Fact>]
let ``layers stack in the order in which they are written`` () =
    let stack =
        layers "mine" {
            conv 32
            pool 5
            biGru 16
            denseRelu 8
            dropout 0.2
        }

    Assert.Equal<string list>(
        [ "conv 32 3x3"; "pool 5"; "biGru 16 multiply"; "dense 8 relu" ],
        [ for layer in stack.Layers -> layer.Summary ]
    )

[<Fact>]
let ``words of published networks add their layers and their outputs`` () =
    let stack =
        layers "published" {
            normBands
            convNoBias 8
            convNoBias 8 5 5
            normConv 8 0.1
            poolNorm 2 4
            poolNorm 1 2 2
            doubleConvNoBias 8
            drop 0.2
            stridedConv 8 3 2
            invertedResidual 16 8 3 1
            invertedResidual 16 8 5 2 true Activation.HardSwish
            meanFrames 5
            maxMeanFrames 3
            denseHardSwish 8
            maxMeanFrames
            meanFrames
            weak LinearSoftmax
            strong InterpolatedFirst
            atLeast 1e-7
        }

    Assert.Equal<string list>(
        [
            "normalisation of bands"
            "conv 8 3x3 without bias"
            "conv 8 5x5 without bias"
            "conv 8 3x3 without bias, normalised before, leaky 0.1"
            "pool 2x4 L4 norm"
            "pool 1x2 L2 norm"
            "double conv 8 without bias"
            "drop 0.2"
            "strided conv 8 3x3, stride 2"
            "inverted residual 16 to 8, 3x3"
            "inverted residual 16 to 8, 5x5, stride 2, squeeze-and-excitation, hard swish"
            "mean of 5 frames"
            "maximum plus mean of 3 frames"
            "dense 8 hard swish"
            "maximum plus mean of all frames"
            "mean of all frames"
        ],
        [ for layer in stack.Layers -> layer.Summary ]
    )
    Assert.EndsWith(
        "; strong output: frames interpolated, weak output after the interpolation, probabilities of at least 1E-07; weak output: linear softmax; dropout 0",
        Network.print stack
    )
    Assert.Contains(
        "\"strong\":{\"floor\":1E-07,\"interpolation\":\"linear\",\"poolsInterpolated\":true}",
        CanonicalKey.Text(Network.key stack)
    )

[<Fact>]
let ``two interpolations of the output are a problem`` () =
    let stack =
        layers "twice" {
            conv 8
            strong Interpolated
            strong Repeated
        }
    Assert.Equal<string list>(
        [ "network: `strong` is given 2 times; keep one of them" ],
        Network.problems Features.defaults stack |> List.map Problem.print
    )

[<Fact>]
let ``a hop and the overlap that gives it are the same features`` () =
    let hop =
        logMel {
            hop 10.0<ms>
            window 40.0<ms>
        }

    let overlap =
        logMel {
            window 40.0<ms>
            overlap 0.75
        }

    Assert.Equal(Features.print overlap, Features.print hop)

[<Fact>]
let ``an empty training has the paper's settings`` () =
    Assert.Equal(
        "Adam 0.001, batches of 32, at most 1000 epochs, early stopping after 100 epochs without improvement of weak F - strong ER",
        Training.print Training.defaults
    )
