module Sed.Runner.Tests.TranslateTests

open Xunit
open Sed
open Sed.Core.Annotations
open Sed.Core.Corpora
open Sed.Core.Features.LogMel
open Sed.Core.Networks
open Sed.Core.Networks.Layers
open Sed.Core.Training
open Sed.Core.Training.Clips
open Sed.Core.Training.Optimization
open Sed.Runner

/// Two clips with a car, one of them with a train too, and two with neither.
let private manifest =
    let clip name (labels: string array) =
        Clip(
            Name = name,
            AudioPath = name,
            Source = name,
            Split = Core.Corpora.Split.Training,
            DurationSeconds = 10.0,
            AudioBytes = 1L,
            WeakLabels = labels
        )
    Manifest(
        "tiny",
        ClassList [ "Car"; "Train"; "Bus" ],
        44100,
        10.0,
        [|
            clip "a" [| "Car" |]
            clip "b" [| "Car"; "Train" |]
            clip "c" [||]
            clip "d" [||]
        |]
    )

[<Fact>]
let ``features that say nothing are the DCASE 2017 baseline's`` () =
    Assert.Equal(
        LogMelOptions.Dcase2017 :> Core.Features.FeatureSource,
        Translate.features 44100 Features.defaults
    )

[<Fact>]
let ``HTK powers without normalisation are the core's second definition`` () =
    let htk =
        logMel {
            mel Htk
            normalised false
            spectrum Power
        }

    Assert.Equal(LogMelOptions.Htk :> Core.Features.FeatureSource, Translate.features 44100 htk)

[<Fact>]
let ``training that says nothing is the core's default`` () =
    Assert.Equal(TrainingOptions(), Translate.training manifest 0 1 Training.defaults)

[<Fact>]
let ``every word of a training reaches the core`` () =
    let all =
        training {
            optimizer (adamW 0.01 0.1)
            schedule (Cosine 3)
            batch 7
            epochs 5
            patience 4
            weights 0.5 0.25
            positives (Same 3.0)
            loss (Focal 2.0)
            maskShort true
            mixup 0.2
            specAugment 20 8
            clipNorm 1.0
            averageWeights 0.99
            order Balanced
            precision BFloat16
            meanTeacher 0.9 3.0 4
        }
    let expected =
        TrainingOptions(
            Optimizer = OptimizerKind.AdamW,
            LearningRate = 0.01,
            WeightDecay = 0.1,
            Schedule = Core.Training.Schedule.Cosine,
            WarmUpEpochs = 3,
            BatchSize = 7,
            Epochs = 5,
            Patience = 4,
            StrongWeight = 0.5,
            WeakWeight = 0.25,
            PositiveWeights = [| 3.0; 3.0; 3.0 |],
            Loss = Focal 2.0,
            MaskShortClips = true,
            Mixup = 0.2,
            MaskedFrames = 20,
            MaskedBands = 8,
            ClipNorm = 1.0,
            WeightAverage = 0.99,
            Order = ClipOrder.Balanced,
            Precision = ComputePrecision.BFloat16,
            MeanTeacher = Targets.MeanTeacher(Average = 0.9, Consistency = 3.0, RampUpEpochs = 4),
            Seed = 9L
        )
    Assert.Equal(expected.Summary(), (Translate.training manifest 0 9 all).Summary())

[<Fact>]
let ``a rare class weighs as many times more as clips lack it`` () =
    let weights =
        (Translate.training manifest 0 1 (training { positives ByRarity })).PositiveWeights
    // No clip has a bus, so its weight is left alone.
    Assert.Equal<float>([ 1.0; 3.0; 1.0 ], weights)

[<Fact>]
let ``a layer of one's own is known by the values that its function was made with`` () =
    let stacked (sizes: int list) =
        customLayer "stacked" 1 4 (fun width ->
            let inner = sizes |> List.fold (fun sum size -> sum + size) 0
            TorchSharp.torch.nn.Sequential(
                TorchSharp.torch.nn.Linear(width, inner),
                TorchSharp.torch.nn.Linear(inner, 4)
            ))
    Assert.Equal<Layer>(stacked [ 1; 2 ], stacked [ 1; 2 ])
    Assert.NotEqual<Layer>(stacked [ 1; 2 ], stacked [ 1; 3 ])
