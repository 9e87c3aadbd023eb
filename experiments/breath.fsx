// Children's breath sounds: how far are networks trained on weak labels behind networks trained on strong labels? Data: SPRSound
// (Zhang et al., IEEE TBioCAS 2022), recordings of 9 to 15 s at 8 kHz, with lists train_strong.tsv and test_strong.tsv
// (filename, onset, offset, event_label). The first field of a file name is the patient.
// Run with your copy of the data: dotnet fsi experiments/breath.fsx --data DIR
#load "sed.fsx"
open Sed

let sprsound =
    corpusWith "sprsound" {
        clip 15.4<s>
        groupBy (field '_' 0)
        classes [ "Normal"; "Fine Crackle"; "Wheeze" ]
    }

let crnn64 =
    layers "CRNN" {
        conv 16
        pool 2
        conv 32
        pool 2 2
        conv 64
        pool 2 4
        conv 64
        pool 4
        biGru 64
        weak LinearSoftmax
        dropout 0.2
    }

let breath =
    experiment "breath" {
        title "Strong and weak labels of breath sounds"
        question "How far are networks trained on weak labels behind networks trained on strong labels?"
        data sprsound

        features (
            logMel {
                window 64.0<ms>
                hop 16.0<ms>
                bands 64
            }
        )

        network crnn64

        train (
            training {
                optimizer (adam 1e-3)
                schedule (Cosine 1)
                batch 16
                epochs 30
                patience 30
                maskShort true
                monitor BestStrongMacroF
            }
        )

        validation 0.15
        selectOn Validation
        scoreOn Testing
        addRow "strong labels" [ Labels Strong; StrongWeight 1.0; WeakWeight 0.2 ]
        addRow "weak labels" [ Labels WeakOnly; StrongWeight 0.0; WeakWeight 1.0 ]
        seeds [ 1..3 ]
        report [ StrongMacroF; BestStrongMacroF; StrongER; WeakF; MeanAP ]
    }

run [ breath ]
