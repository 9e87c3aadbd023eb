// The benefit of each augmentation of training batches: the same network is trained with one augmentation at a time. In the
// second experiment, student and teacher of a mean teacher get either the same view of a clip or different views.
#load "sed.fsx"
open Sed

let source = Soundscapes.smartCars

// The widths and shifts of the augmentations are numbers of frames of 100 ms, the length of frames in the profile
// quick.
let tenths =
    logMel {
        window 100.0<ms>
        hop 100.0<ms>
    }

let linear = crnn { weak LinearSoftmax }

let augmentation =
    experiment "augmentation" {
        title "Augmentations of training batches"
        question "Which augmentations improve a network that is trained on strong labels?"
        data source
        features tenths
        network linear

        train (
            training {
                labels Strong
                epochs 1000
                patience 100
                monitor (WeakF + StrongF)
            }
        )

        addRows [
            "none", []
            "time shift", [ Augment [ timeShift 10.0 ] ]
            "SpecAugment", [ Augment [ specAugment 20 8 ] ]
            "SpecAugment, several stripes", [ Augment [ stripes 2 16 2 8 ] ]
            "time mask with labels", [ Augment [ timeMask 0.05 0.3 ] ]
            "mixup", [ Augment [ sometimes 0.5 (mixup 0.2) ] ]
            "hard mixup", [ Augment [ sometimes 0.5 (mixupHard 0.2) ] ]
            "overlay", [ Augment [ sometimes 0.5 (overlay 0.0 20.0) ] ]
            "gain", [ Augment [ gain -6.0 6.0 ] ]
            "white noise", [ Augment [ noise 10.0 40.0 ] ]
            "feature noise", [ Augment [ featureNoise 6.0 30.0 ] ]
            "FilterAugment, linear", [ Augment [ filterAugment -6.0 6.0 ] ]
            "FilterAugment, step", [ Augment [ filterAugmentStep -6.0 6.0 ] ]
            "frequency warping", [ Augment [ sometimes 0.5 (frequencyWarp 0.6) ] ]
            "MixStyle", [ Augment [ sometimes 0.5 (mixStyle 0.3) ] ]
            "several",
            [
                Augment [
                    timeShift 10.0
                    sometimes 0.5 (overlay 0.0 20.0)
                    timeMask 0.05 0.3
                    filterAugment -6.0 6.0
                ]
            ]
        ]

        compareWith "none"
        selectOn Testing
        scoreOn Evaluation
        seeds [ 1..5 ]
        report [ WeakF; StrongF; StrongER; EventF; Psds1 ]
        profile "quick" [ 1; 2 ] quick
    }

let views =
    experiment "augmentation-views" {
        title "Views of student and teacher"
        question "Is a mean teacher better if student and teacher get different views of a clip?"
        data source
        features tenths
        network linear

        train (
            training {
                labels (Mixed [ subset Strong 0.1 0.25; subset WeakOnly 0.4 0.25; subset Unlabelled 0.5 0.5 ])
                meanTeacher 0.99 2.0 10
                epochs 1000
                patience 100
                monitor (WeakF + StrongF)
            }
        )

        addRows [
            "no augmentation", []
            "the same view", [ Augment [ filterAugment -6.0 6.0; noise 10.0 40.0 ] ]
            "different views", [ Augment [ views [ filterAugment -6.0 6.0; noise 10.0 40.0 ] ] ]
        ]

        compareWith "the same view"
        selectOn Testing
        scoreOn Evaluation
        seeds [ 1..5 ]
        report [ WeakF; StrongF; StrongER; EventF; Psds1 ]
        profile "quick" [ 1; 2 ] quick
    }

run [ augmentation; views ]
