module Sed.Dsl.Tests.TrainingTests

open Xunit
open Sed

[<Fact>]
let ``settings that differ from the paper's are printed after them`` () =
    Assert.Equal(
        "Adam 0.001, batches of 32, at most 1000 epochs, early stopping after 100 epochs without improvement of weak F - strong ER",
        Training.print Training.defaults
    )

    let rich =
        training {
            optimizer (sgd 0.1 0.9)
            schedule (Plateau 0.5 4)
            order Balanced
            positives ByRarity
            loss (Focal 2.0)
            maskShort true
            augment [ mixup 0.2; specAugment 20 8 ]
            clipGradients 1.0
            averageWeights 0.99
            precision BFloat16
        }

    Assert.Equal(
        "SGD 0.1 with momentum 0.9, learning rate times 0.5 after 4 epochs without improvement, batches of 32, classes balanced, "
        + "at most 1000 epochs, early stopping after 100 epochs without improvement of weak F - strong ER, present classes weighted by rarity, "
        + "focal loss 2, padding left out, mixup 0.2, masks of up to 20 frames and 8 bands, "
        + "gradients clipped to the norm 1, weights averaged with decay 0.99, forward pass in bfloat16",
        Training.print rich
    )

[<Fact>]
let ``every invalid value is reported with a remedy`` () =
    let wrong =
        training {
            optimizer (adamW 0.0 -1.0)
            schedule (Plateau 1.0 1)
            positives (Same 0.0)
            loss (Focal -1.0)
            augment [ mixup -0.1; specAugment -1 2 ]
            clipGradients 0.0
            averageWeights 1.0
        }

    Assert.Equal<string list>(
        [
            "training: the learning rate is 0; it must be greater than 0, for example `adamW 1e-3 0.01`"
            "training: the weight decay is -1; it must be at least 0"
            "training: the plateau's factor is 1; it must be between 0 and 1"
            "training: the weight of present classes is 0; it must be finite and greater than 0"
            "training: the focal-loss exponent is -1; give 0 (cross-entropy) or more; 2 is common"
            "training: the mixup parameter is -0.1; it must be greater than 0; leave out `mixup` to disable it"
            "training: masks of -1 frames and 2 bands; give 0 or more of each"
            "training: the gradients' norm is limited to 0; the limit must be greater than 0"
            "training: the decay of the weight average is 1; it must be at least 0 and less than 1"
        ],
        [ for problem in Training.problems wrong -> Problem.print problem ]
    )

[<Fact>]
let ``each setting changes its own line of the specification and no other`` () =
    let plain = (Examples.plan Choices.none Examples.small).Trials.Head.Specification

    let changed = [
        Optimizer(adamW 1e-3 0.01), "training"
        Schedule(Cosine 2), "training"
        Order Balanced, "training"
        Monitor(Score WeakF), "training"
        PositiveWeight ByRarity, "training"
        Loss(Focal 2.0), "training"
        MaskShort true, "training"
        Augment [ mixup 0.2; specAugment 10 4 ], "training"
        ClipGradients 1.0, "training"
        AverageWeights 0.9, "training"
        Freeze [ "trunk" ], "training"
        LayerDecay 0.8, "training"
        StartFrom "w.pth", "network"
        Precision BFloat16, "training"
        Labels Strong, "training"
        MeanTeacher(0.99, 1.0, 5), "training"
        Consistency(Confident 0.5 0.5 7), "training"
        Interpolation(OnMixtures 1.0), "training"
        TeacherMovesFirst true, "training"
        Schedule(RampUpAnnealed 50 100), "training"
        Weak Attention, "network"
        Dropout 0.3, "network"
        HeldOut(Share 0.2), "held out"
        SelectOn Evaluation, "select on"
        ScoreOn Evaluation, "score on"
        Threshold 0.4, "detection"
        Gate 0.4, "detection"
    ]

    for setting, line in changed do
        let before = Specification.lines plain
        let after = Specification.lines (Setting.apply plain setting)
        Assert.Equal<string list>([ line ], List.except before after |> List.map fst)
        Assert.NotEqual<string>("", Setting.axis setting + Setting.value setting)

[<Fact>]
let ``labels and a mean teacher are printed last`` () =
    let words =
        training {
            labels (Mixed [ subset Strong 0.1 0.25; subset WeakOnly 0.4 0.25; subset Unlabelled 0.5 0.5 ])
            meanTeacher 0.999 2.0 50
        }
    Assert.Equal(
        Training.print Training.defaults
        + ", strong labels for 0.1 of the clips and 0.25 of a batch, weak labels for 0.4 of the clips and 0.25 of a batch, "
        + "no labels for 0.5 of the clips and 0.5 of a batch, mean teacher with decay 0.999, consistency 2 after 50 epochs",
        Training.print words
    )
    Assert.Empty(Training.problems words)
    Assert.Equal(
        Training.print Training.defaults
        + ", strong labels as annotated for 0.5 of a batch, weak labels as annotated for 0.5 of a batch",
        Training.print (training { labels (Mixed [ annotated Strong 0.5; annotated WeakOnly 0.5 ]) })
    )
    Assert.Equal(Training.print Training.defaults, Training.print (training { labels WeakOnly }))

[<Fact>]
let ``the recipe of the DESED baselines is printed with its losses, epochs and ramp-up`` () =
    let recipe =
        training {
            schedule (RampUp 50)
            labels (
                MixedUntilFirstEnds [
                    annotatedIn "synthetic" Strong 0.25 |> inLosses [ StrongLoss; ConsistencyLoss ]
                    annotated WeakOnly 0.25
                    annotated Unlabelled 0.5 |> withoutMixup
                ]
            )
            meanTeacher 0.999 2.0 50
            consistency TeacherCrossEntropy
            interpolation (AlsoOnMixtures 2.0)
            teacherMovesFirst true
        }
    Assert.Empty(Training.problems recipe)
    let printed = Training.print recipe
    Assert.Contains(", learning rate ramped up over 50 epochs, ", printed)
    Assert.EndsWith(
        ", strong labels as annotated in synthetic for 0.25 of a batch (strong and consistency loss only), "
        + "weak labels as annotated for 0.25 of a batch, no labels as annotated for 0.5 of a batch (without mixup), "
        + "an epoch ends when the first share ends, mean teacher with decay 0.999, consistency 2 after 50 epochs, "
        + "consistency by cross-entropy, interpolation in addition with Beta(2, 2), the teacher is updated before each step",
        printed
    )

[<Fact>]
let ``shares of a corpus need several corpora`` () =
    let share = Mixed [ annotatedIn "synthetic" Strong 0.5; annotated WeakOnly 0.5 ]
    let problems data =
        Examples.problems {
            Examples.small with
                Data = data
                Alongside = [ "mixed", [ Labels share ] ]
        }
        |> List.filter _.Contains("there is only one corpus")
    Assert.Equal<string list>(
        [
            "training: clips with strong labels are taken from the corpus 'synthetic', but there is only one corpus; use several corpora, for example `data [ synthetic; real ]`, or replace `annotatedIn` by `annotated`"
        ],
        problems (Some(corpus "sounds"))
        |> List.map (fun problem -> problem.Substring(problem.IndexOf "training:"))
    )
    Assert.Empty(problems (Some(Several [ corpus "synthetic"; corpus "real" ])))

[<Fact>]
let ``invalid shares of labels and invalid mean teachers are reported`` () =
    let problems training = [ for problem in Training.problems training -> Problem.print problem ]
    Assert.Equal<string list>(
        [
            "training: strong labels in NaN of a batch; the share must be greater than 0 and at most 1"
            "training: the shares of a batch add up to NaN; they must add up to 1"
            "training: batches of 1 clips are too small for 2 kinds of labels; use larger batches"
            "training: the weight of the consistency loss is 0; it must be greater than 0"
            "training: a mean teacher and `averageWeights` both average the weights; keep one of them"
        ],
        problems (
            training {
                batch 1
                averageWeights 0.9
                labels (Mixed [ subset Strong 0.5 nan; subset WeakOnly 0.5 0.5 ])
                meanTeacher 0.5 0.0 1
            }
        )
    )
    Assert.Equal<string list>(
        [
            "training: no clip is labelled, so nothing can be learnt; use `labels WeakOnly` or `labels Strong`, or include `Unlabelled` in `Mixed`"
        ],
        problems (training { labels Unlabelled })
    )

[<Fact>]
let ``unlabelled clips need a mean teacher or pseudo-labels`` () =
    let halves = Mixed [ subset Strong 0.5 0.5; subset Unlabelled 0.5 0.5 ]
    let with' settings =
        Examples.problems {
            Examples.small with
                Alongside = [ "mixed", Labels halves :: settings ]
        }
    Assert.Equal<string list>(
        [
            "training: unlabelled clips are not used: there are neither pseudo-labels nor a mean teacher; use `meanTeacher 0.999 2.0 50`, add `pseudoLabelsFrom` to the row, or leave out `Unlabelled`"
        ],
        with' []
        |> List.map (fun problem -> problem.Substring(problem.IndexOf "training:"))
    )
    Assert.Empty(with' [ MeanTeacher(0.999, 2.0, 50) ])
    let withoutLoss =
        Mixed [
            subset Strong 0.5 0.5
            subset Unlabelled 0.5 0.5 |> inLosses [ StrongLoss; WeakLoss ]
        ]
    Assert.Equal<string list>(
        [
            "training: unlabelled clips are not used: without pseudo-labels, only the consistency loss can use them; add ConsistencyLoss to `inLosses`, add `pseudoLabelsFrom` to the row, or leave out `Unlabelled`"
        ],
        Examples.problems {
            Examples.small with
                Alongside = [ "mixed", [ Labels withoutLoss; MeanTeacher(0.999, 2.0, 50) ] ]
        }
        |> List.map (fun problem -> problem.Substring(problem.IndexOf "training:"))
    )
    Assert.Empty(with' [ pseudoLabelsFrom "strong weight 1" (Hard 0.5) ])
    let withoutTargets =
        Mixed [
            subset Strong 0.5 0.5
            subset WeakOnly 0.5 0.5 |> inLosses [ StrongLoss; ConsistencyLoss ]
        ]
    let weakIn settings =
        Examples.problems {
            Examples.small with
                Alongside = [ "mixed", Labels withoutTargets :: settings ]
        }
        |> List.map (fun problem -> problem.Substring(problem.IndexOf "training:"))
    Assert.Equal<string list>(
        [
            "training: clips with weak labels are not used: none of the losses in `inLosses` applies to them; add another loss to `inLosses`, for example WeakLoss"
        ],
        weakIn []
    )
    Assert.Empty(weakIn [ MeanTeacher(0.999, 2.0, 50) ])

[<Fact>]
let ``segments are part of the network`` () =
    let heard = crnn { segments 1.5<s> InheritLabels }
    Assert.Equal(Network.print Network.candidate218k + "; segments of 1.5 s that inherit labels", Network.print heard)
    let stack =
        layers "mine" {
            dense 4
            segments 2.0<s> LargestSegment
        }
    Assert.EndsWith("; segments of 2 s with max pooling", Network.print stack)
    Assert.EndsWith("segments of 75 frames that inherit labels", (Network.describe 0.02 500 40 null 17 heard).Summary())
    Assert.Empty(Network.problems Features.defaults heard)
    Assert.Equal<string list>(
        [
            "network: segments of 0 s; give a length above 0, for example `segments 1.5<s> LargestSegment`"
        ],
        [
            for problem in Network.problems Features.defaults (crnn { segments 0.0<s> InheritLabels }) ->
                Problem.print problem
        ]
    )

[<Fact>]
let ``frozen parts, thawing and the decay by layer are printed and are in the key only if they are given`` () =
    let tuned =
        training {
            freeze [ "1-convolution"; "strong" ]
            thawAfter 5
            layerDecay 0.8
        }
    Assert.Equal(
        Training.print Training.defaults
        + ", 1-convolution and strong frozen for 5 epochs, learning rate times 0.8 from each layer to the one below it",
        Training.print tuned
    )
    Assert.Empty(Training.problems tuned)
    let added =
        List.except [ for field in Training.key Training.defaults -> field.Key ] [
            for field in Training.key tuned -> field.Key
        ]
    Assert.Equal<string list>([ "frozen"; "layerDecay"; "thawAfter" ], List.sort added)

[<Fact>]
let ``settings of freezing that cannot be used are problems`` () =
    let wrong =
        training {
            thawAfter 0
            layerDecay 1.5
        }
    Assert.Equal<string list>(
        [
            "training: `thawAfter` is 0 epochs; give at least one"
            "training: `thawAfter` has no effect, because nothing is frozen; add `freeze \"trunk\"`"
            "training: the layer decay is 1.5; it must be greater than 0 and at most 1, for example `layerDecay 0.8`"
        ],
        [ for problem in Training.problems wrong -> Problem.print problem ]
    )
