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

        // The settings of a plain CRNN, not the result of a search. With strong labels, three seeds have mean frame
        // AUCs of 0.757 (Normal), 0.821 (Fine Crackle) and 0.854 (Wheeze) on the testing patients. Batches of 4 with
        // mixup, windows of 32 ms and normalised Slaney bands have 0.728, 0.764 and 0.832. These three settings were
        // chosen on held-out training patients, of which there are too few for such a choice.
        train (
            training {
                optimizer (adam 1e-3)
                batch 16
                epochs 30
                patience 30
                monitor WeakF
            }
        )

        validation 0.15
        selectOn Validation
        scoreOn Testing
        detect (detection { tune ThresholdPerClass })
        addRow "strong labels" [ Labels Strong; StrongWeight 1.0; WeakWeight 0.0; Monitor(Score StrongMacroF) ]
        addRow "weak labels" [ Labels WeakOnly; StrongWeight 0.0; WeakWeight 1.0 ]

        addRow "10 % strong labels" [
            Labels(Mixed [ subset Strong 0.1 0.25; subset WeakOnly 0.9 0.75 ])
            StrongWeight 1.0
            WeakWeight 1.0
        ]

        compareWith "strong labels"
        seeds [ 1..3 ]
        report [ StrongMacroF; BestStrongMacroF; FrameAuc; StrongER; WeakF; MeanAP ]
        figures [ PerClass [] ]
    }

run [ breath ]
