module Sed.Dsl.Tests.PublishedTrainingTests

open Xunit
open Sed

/// The mean-pooling network, training and decoding of Kong et al. (2020).
let private kong =
    let training =
        training {
            optimizer (amsGrad 1e-3)
            schedule (DropAfter 0.1 62)
            batch 64
            weights 0.0 1.0
            augment [ stripes 2 64 2 8; mixupPairs 1.0 ]
            augmentNormalised true
            epochs 88
            keepLast true
        }
    let detection =
        detection {
            threshold 0.5
            hysteresis 0.2
            minGap 0.11<s>
            minDuration 0.11<s>
            gate 0.5
            tags FromWeakOutput
        }
    let network =
        layers "Cnn_9layers_FrameAvg" {
            normBands
            doubleConvNoBias 64
            poolMean 2 2
            doubleConvNoBias 128
            poolMean 2 2
            doubleConvNoBias 256
            poolMean 2 2
            doubleConvNoBias 512
            poolMean 1 8
            strong Repeated
            weak MeanPooling
        }
    {
        Examples.bare with
            Features = logMel { preset Panns }
            Network = network
            Training = training
            Detection = detection
    }

[<Fact>]
let ``the training and decoding of Kong et al are described by existing words`` () =
    Assert.Empty(Examples.problems kong)
    let specification = (Examples.plan Choices.none kong).Trials.Head.Specification
    Assert.Equal(
        "AMSGrad 0.001, learning rate times 0.1 after 62 epochs, batches of 64, 88 epochs, of which the last one is kept, "
        + "2 time stripes narrower than 64 frames and 2 frequency stripes narrower than 8 bands, mixup 1 of pairs, "
        + "augmentations after the normalisation of bands",
        Training.print specification.Training
    )
    Assert.Equal(
        "threshold 0.5, hysteresis down to 0.2, minimum gap 0.11 s, minimum duration 0.11 s, gate 0.5, tags from the weak output",
        Detection.print specification.Detection
    )

[<Fact>]
let ``settings that were added later are in the keys only if they are given`` () =
    let added (key: 'settings -> System.Text.Json.Nodes.JsonObject) defaults given =
        let fields settings = [ for field in key settings -> field.Key ]
        List.except (fields defaults) (fields given)
    Assert.Equal<string list>(
        [ "keepsLastEpoch"; "augmentsNormalised" ],
        added Training.key Training.defaults kong.Training
    )
    let optimizer (training: Training) =
        let key = Training.key training
        (nonNull key["optimizer"]).ToJsonString()
    Assert.DoesNotContain("amsGrad", optimizer Training.defaults)
    Assert.Contains("amsGrad", optimizer kong.Training)
    let decoding (detection: Detection) =
        let key = Detection.key detection
        (nonNull key["decoding"]).AsObject()
    Assert.Equal<string list>([ "gate" ], added decoding Detection.defaults kong.Detection)

[<Fact>]
let ``a row with another learning rate keeps AMSGrad`` () =
    let row =
        (Examples.plan Choices.none {
            kong with
                Alongside = [ "slower", [ LearningRate 1e-4 ] ]
        })
            .Trials
        |> List.last
    Assert.StartsWith("AMSGrad 0.0001,", Training.print row.Specification.Training)

[<Fact>]
let ``a gate that is given and tuned and a normalisation that does not exist are problems`` () =
    Assert.Equal<string list>(
        [
            "detection: a fixed gate cannot be combined with a gate that is tuned for each class; remove the fixed gate, or use `tune ThresholdPerClass`"
        ],
        [
            for problem in
                Detection.problems (
                    detection {
                        gate 0.5
                        tune ThresholdAndGatePerClass
                    }
                ) -> Problem.print problem
        ]
    )
    let problem = Assert.Single(Examples.problems { kong with Network = mlp })
    Assert.EndsWith(
        "training: `augmentNormalised` needs a network whose first layer normalises bands; put `normBands` first, or leave out `augmentNormalised`",
        problem
    )
