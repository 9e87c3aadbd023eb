module Sed.Dsl.Tests.TrainingTests

open Xunit
open Sed

[<Fact>]
let ``what goes beyond the paper's training is said after it`` () =
    Assert.Equal(
        "Adam 0.001, batches of 32, at most 1000 epochs, stops after 100 without a gain of weak F - strong ER",
        Training.print Training.defaults
    )

    let rich =
        training {
            optimizer (sgd 0.1 0.9)
            schedule (Plateau(0.5, 4))
            order Balanced
            positives ByRarity
            loss (Focal 2.0)
            maskShort true
            mixup 0.2
            specAugment 20 8
            clipNorm 1.0
            averageWeights 0.99
            precision BFloat16
        }

    Assert.Equal(
        "SGD 0.1 with momentum 0.9, learning rate times 0.5 after 4 epochs without a gain, batches of 32, classes in balance, "
        + "at most 1000 epochs, stops after 100 without a gain of weak F - strong ER, a class that is there weighs by rarity, "
        + "focal loss 2, padding left out of the strong loss, mixup 0.2, masks of up to 20 frames and 8 bands, "
        + "gradients clipped at 1, weights averaged with 0.99 of the past, forward pass in bfloat16",
        Training.print rich
    )

[<Fact>]
let ``every impossible value is named with its remedy`` () =
    let wrong =
        training {
            optimizer (adamW 0.0 -1.0)
            schedule (Plateau(1.0, 1))
            positives (Same 0.0)
            loss (Focal -1.0)
            mixup -0.1
            specAugment -1 2
            clipNorm 0.0
            averageWeights 1.0
        }

    Assert.Equal<string list>(
        [
            "training: the learning rate is 0; it has to be above 0, for example `adamW 1e-3 0.01`"
            "training: the weight decay is -1; it has to be 0 or above"
            "training: the plateau's factor is 1; it lies between 0 and 1"
            "training: a class that is there weighs 0; it has to be above 0"
            "training: the focal loss has the exponent -1; 0 is cross-entropy, 2 is usual"
            "training: mixup is -0.1; 0 is none"
            "training: masks of -1 frames and 2 bands; 0 is none"
            "training: gradients are clipped at 0; it has to be above 0"
            "training: the average has 1 of the past; it is a share from 0 to below 1"
        ],
        [ for problem in Training.problems wrong -> Problem.print problem ]
    )

[<Fact>]
let ``each setting changes the line of the specification that it is about and no other`` () =
    let plain = (Examples.plan Choices.none Examples.small).Trials.Head.Specification

    let changed = [
        Optimizer(adamW 1e-3 0.01), "training"
        Schedule(Cosine 2), "training"
        Order Balanced, "training"
        Monitor(Score WeakF), "training"
        PositiveWeight ByRarity, "training"
        Loss(Focal 2.0), "training"
        MaskShort true, "training"
        Mixup 0.2, "training"
        SpecAugment(10, 4), "training"
        ClipNorm 1.0, "training"
        AverageWeights 0.9, "training"
        Precision BFloat16, "training"
        Labels Strong, "training"
        MeanTeacher(0.99, 1.0, 5), "training"
        Weak Attention, "network"
        Dropout 0.3, "network"
        HeldOut(Share 0.2), "held out"
        SelectOn Evaluation, "select on"
        ScoreOn Evaluation, "score on"
        Threshold 0.4, "detection"
    ]

    for setting, line in changed do
        let before = Specification.lines plain
        let after = Specification.lines (Setting.apply plain setting)
        Assert.Equal<string list>([ line ], List.except before after |> List.map fst)
        Assert.NotEqual<string>("", Setting.axis setting + Setting.value setting)

[<Fact>]
let ``labels and a mean teacher are said after the rest`` () =
    let words =
        training {
            labels (Mixed [ told Strong 0.1 0.25; told WeakOnly 0.4 0.25; told Unlabelled 0.5 0.5 ])
            meanTeacher 0.999 2.0 50
        }
    Assert.Equal(
        Training.print Training.defaults
        + ", strong labels for 0.1 of the clips and 0.25 of a batch, weak labels for 0.4 of the clips and 0.25 of a batch, "
        + "no labels for 0.5 of the clips and 0.5 of a batch, mean teacher of 0.999 of the past, consistency 2 after 50 epochs",
        Training.print words
    )
    Assert.Empty(Training.problems words)
    Assert.Equal(
        Training.print Training.defaults
        + ", strong labels as listed for 0.5 of a batch, weak labels as listed for 0.5 of a batch",
        Training.print (training { labels (Mixed [ listed Strong 0.5; listed WeakOnly 0.5 ]) })
    )
    Assert.Equal(Training.print Training.defaults, Training.print (training { labels WeakOnly }))

[<Fact>]
let ``labels that cannot be told and teachers that cannot teach are named`` () =
    let problems training = [ for problem in Training.problems training -> Problem.print problem ]
    Assert.Equal<string list>(
        [
            "training: strong labels take NaN of a batch; a share lies above 0 and goes up to 1"
            "training: the shares of a batch add up to NaN; they have to make 1"
            "training: batches of 1 clips have no room for 2 kinds of labels; make them larger"
            "training: the consistency weighs 0; it has to be above 0"
            "training: `meanTeacher` and `averageWeights` both average the weights; keep one of them"
        ],
        problems (
            training {
                batch 1
                averageWeights 0.9
                labels (Mixed [ told Strong 0.5 nan; told WeakOnly 0.5 0.5 ])
                meanTeacher 0.5 0.0 1
            }
        )
    )
    Assert.Equal<string list>(
        [
            "training: of no clip is anything told; say WeakOnly or Strong, or give Unlabelled a share of `Mixed`"
        ],
        problems (training { labels Unlabelled })
    )

[<Fact>]
let ``clips without labels want a mean teacher or another row that teaches them`` () =
    let halves = Mixed [ told Strong 0.5 0.5; told Unlabelled 0.5 0.5 ]
    let with' settings =
        Examples.problems {
            Examples.small with
                Alongside = [ "mixed", Labels halves :: settings ]
        }
    Assert.Equal<string list>(
        [
            "training: nothing is told of some clips, and nobody else teaches them; say `meanTeacher 0.999 2.0 50`, let the row be `taughtBy` another one, or leave Unlabelled out"
        ],
        with' []
        |> List.map (fun problem -> problem.Substring(problem.IndexOf "training:"))
    )
    Assert.Empty(with' [ MeanTeacher(0.999, 2.0, 50) ])
    Assert.Empty(with' [ taughtBy "strong weight 1" (Hard 0.5) ])

[<Fact>]
let ``segments are a part of the network that hears them`` () =
    let heard = crnn { segments 1.5<s> InheritLabels }
    Assert.Equal(Network.print Network.candidate218k + "; segments of 1.5 s that inherit labels", Network.print heard)
    let stack =
        layers "mine" {
            dense 4
            segments 2.0<s> LargestSegment
        }
    Assert.EndsWith("; segments of 2 s with max pooling", Network.print stack)
    Assert.EndsWith("segments of 75 frames that inherit labels", (Network.describe 0.02 500 40 17 heard).Summary())
    Assert.Empty(Network.problems Features.defaults heard)
    Assert.Equal<string list>(
        [
            "network: segments of 0 s; a segment has a length, for example `segments 1.5<s> LargestSegment`"
        ],
        [
            for problem in Network.problems Features.defaults (crnn { segments 0.0<s> InheritLabels }) ->
                Problem.print problem
        ]
    )
