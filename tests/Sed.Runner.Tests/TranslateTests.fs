module Sed.Runner.Tests.TranslateTests

open Xunit
open Sed
open Sed.Core.Features
open Sed.Core.Networks
open Sed.Core.Training
open Sed.Runner

[<Fact>]
let ``features that say nothing are the DCASE 2017 baseline's`` () =
    Assert.Equal(LogMelOptions.Dcase2017, Translate.features 44100 LogMel.defaults)

[<Fact>]
let ``HTK powers without normalisation are the core's second definition`` () =
    let htk =
        logMel {
            mel Htk
            normalised false
            spectrum Power
        }

    Assert.Equal(LogMelOptions.Htk, Translate.features 44100 htk)

[<Fact>]
let ``the language's networks are the core's`` () =
    let same (expected: NetworkDescription) network =
        let translated = Translate.network 500 17 40 network
        Assert.Equal<Layer>(expected.Layers, translated.Layers)
        Assert.Equal(expected.Dropout, translated.Dropout)
        Assert.Equal(expected.Weak, translated.Weak)

    same (NetworkDescription.Candidate218k()) Network.candidate218k
    same (NetworkDescription.Baseline()) mlp

[<Fact>]
let ``training that says nothing is the core's default`` () =
    Assert.Equal(TrainingOptions(), Translate.training 1 Training.defaults)

[<Fact>]
let ``a network that the language finds fit is fit for the core`` () =
    for network in [ crnn { dense [] }; crnn { recurrent [] }; layers "one" { conv 2 }; mlp ] do
        Assert.Empty(Network.problems 40 network)
        Assert.Empty((Translate.network 500 17 40 network).Problems())
