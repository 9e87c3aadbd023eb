module Sed.Dsl.Tests.AugmentationWordsTests

open Xunit
open Sed
open Sed.Core.Runtime.Keys

let private all =
    training {
        labels Strong
        augment [
            timeMask 0.05 0.3
            sometimes 0.5 (mixupHard 0.2)
            overlay 0.0 20.0
            gain -6.0 6.0
            mixStyle 0.3
            views [
                filterAugment -6.0 6.0
                filterAugmentStep -3.0 3.0
                frequencyWarp 0.6
                noise 10.0 40.0
                featureNoise 6.0 30.0
            ]
        ]
    }

[<Fact>]
let ``augmentations have a description`` () =
    Assert.EndsWith(
        "time mask of 0.05 to 0.3 of the clip with its labels, hard mixup 0.2 with probability 0.5, "
        + "another clip overlaid at 0 to 20 dB below the clip, gain of -6 to 6 dB, MixStyle 0.3, "
        + "views with FilterAugment (linear) of -6 to 6 dB in 3 to 5 ranges of at least 6 bands "
        + "and FilterAugment (step) of -3 to 3 dB in 2 to 4 ranges of at least 4 bands "
        + "and frequency warping of at least 0.6 of the bands and white noise at 10 to 40 dB below the sound "
        + "and feature noise at 6 to 30 dB below the features, strong labels",
        Training.print all
    )

[<Fact>]
let ``augmentations have stable keys, and settings that were added later are in the keys only if they are given`` () =
    let key (training: Training) =
        let fields = Training.key training
        (nonNull fields["augmentations"]).ToJsonString()
    Assert.Equal("""[{"kind":"mixup","alpha":0.5}]""", key (training { augment [ mixup 0.5 ] }))
    Assert.Equal(
        """[{"kind":"sometimes","probability":0.5,"augmentation":{"kind":"mixup","alpha":0.2,"hard":true}},"""
        + """{"kind":"views","augmentations":[{"kind":"filterAugment","lowest":-6,"highest":6,"shape":"linear","fewestRanges":3,"mostRanges":5,"minimumWidth":6}]}]""",
        key (training { augment [ sometimes 0.5 (mixupHard 0.2); views [ filterAugment -6.0 6.0 ] ] })
    )
    Assert.Equal(
        """[{"kind":"mixup","alpha":0.2,"perKind":true},{"kind":"mixup","alpha":0.3,"hard":true,"perKind":true}]""",
        key (training { augment [ mixupPerKind 0.2; mixupHardPerKind 0.3 ] })
    )
    Assert.Equal("hard mixup 0.3 per kind of labels", (mixupHardPerKind 0.3).Summary)

[<Fact>]
let ``an experiment with all augmentations has no problems, and rows can vary them`` () =
    Assert.Empty(Examples.problems { Examples.bare with Training = all })
    let rows = {
        Examples.bare with
            Alongside = [
                "gain", [ Augment [ gain -6.0 6.0 ] ]
                "overlay", [ Augment [ overlay 0.0 20.0 ] ]
            ]
    }
    Assert.Empty(Examples.problems rows)
    let keys =
        (Examples.plan Choices.none rows).Trials
        |> List.map (fun trial -> CanonicalKey.Text(Training.key trial.Specification.Training))
        |> List.distinct
    Assert.Equal(2, (keys |> List.filter (fun key -> key.Contains "\"lowest\"")).Length)

[<Fact>]
let ``augmentations of the sound need log-mel energies from one source`` () =
    let louder = training { augment [ gain -6.0 6.0; mixup 0.5 ] }
    Assert.Contains(
        Examples.problems {
            Examples.bare with
                Training = louder
                Features = samples { frame 729 }
        },
        _.EndsWith(
            "training: gain of -6 to 6 dB needs log-mel energies from one source, but the features are samples at 16000 Hz, frames of 729; "
            + "leave out this augmentation, or use log-mel features"
        )
    )

[<Fact>]
let ``a gain of clips that are standardised one by one has no effect`` () =
    Assert.EndsWith(
        "training: gain of -6 to 6 dB has no effect, because each clip is standardised on its own; "
        + "leave out `gain`, or use another standardisation",
        Assert.Single(
            Examples.problems {
                Examples.bare with
                    Training = training { augment [ gain -6.0 6.0 ] }
                    Features = logMel { standardise PerClip }
            }
        )
    )

[<Fact>]
let ``a time mask of labels needs frame labels`` () =
    Assert.EndsWith(
        "training: time mask of 0.05 to 0.3 of the clip with its labels has no effect, because training uses weak labels only; "
        + "leave it out, use `specAugment` instead, or train with frame labels, for example `labels Strong`",
        Assert.Single(
            Examples.problems {
                Examples.bare with
                    Training = training { augment [ timeMask 0.05 0.3 ] }
            }
        )
    )
