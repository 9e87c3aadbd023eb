// Children's breath sounds: how far are networks trained on weak labels behind networks trained on strong labels? Data: SPRSound
// (Zhang et al., IEEE TBioCAS 2022), recordings of 9 to 15 s at 8 kHz, with lists train_strong.tsv and test_strong.tsv
// (filename, onset, offset, event_label). The first field of a file name is the patient.
// Run with your copy of the data: dotnet fsi experiments/breath.fsx --data DIR
#load "sprsound.fsx"
open Sed
open Sprsound

let breath =
    experiment "breath" {
        title "Strong and weak labels of breath sounds"
        question "How far are networks trained on weak labels behind networks trained on strong labels?"
        data sprsound

        features mel
        network crnn64

        // Chosen by the mean frame AUC on held-out training patients. One split, one seed: windows of 32 ms with mixup have
        // 0.885, without augmentation 0.872, with MixStyle 0.872, and with time shift and SpecAugment 0.852; windows of 64 ms
        // with the latter have 0.845, and with FilterAugment 0.820. Folds 1 and 3 of 3, windows of 64 ms: batches of 4, 8 and
        // 16 have 0.849, 0.840 and 0.800, because small batches give more steps; a network of 1.5 to 2 times the width 0.855.
        train (
            training {
                optimizer (adam 1.5e-3)
                schedule (Cosine 1)
                batch 4
                epochs 16
                keepLast true
                averageWeights 0.99
                augment [ sometimes 0.5 (mixup 0.2) ]
            }
        )

        validation 0.15
        selectOn Validation
        scoreOn Testing
        detect (detection { tune ThresholdPerClass })
        addRow "strong labels" [ Labels Strong; StrongWeight 1.0; WeakWeight 0.2 ]
        addRow "weak labels" [ Labels WeakOnly; StrongWeight 0.0; WeakWeight 1.0 ]

        addRow "10 % strong labels" [
            Labels(Mixed [ subset Strong 0.1 0.25; subset WeakOnly 0.9 0.75 ])
            StrongWeight 1.0
            WeakWeight 1.0
        ]

        compareWith "strong labels"
        seeds [ 1..3 ]
        report [ StrongMacroF; BestStrongMacroF; StrongER; WeakF; MeanAP ]
    }

run [ breath ]
