// The baseline of DCASE 2017 Task 4 as described on its page, compared with its published scores and with the CRNN.
#load "published.fsx"
open Sed
open Published

let baseline =
    experiment "baseline" {
        title "The DCASE 2017 Task 4 baseline and the CRNN"
        question "Is the CRNN better than the baseline?"
        data Soundscapes.smartCars
        network mlp
        train (
            training {
                optimizer (adam 1e-3)
                batch 256
                epochs 200
                patience 200
                weights 1.0 0.0
            }
        )
        addRow "baseline MLP" [ Network mlp; Median 0.54<s> ]
        addRow "CRNN" [ Network(crnn { dropout 0.15 }); StrongWeight 1.0; WeakWeight 1.0 ]
        seeds [ 1..5 ]
        report [ WeakF; WeakP; WeakR; StrongF; StrongER ]
        published Baseline.source Baseline.rows
        profile "quick" [ 1; 2 ] quick
        profileRow "quick" "baseline MLP" [ Epochs 80; Patience 30 ]
        profile "long" [ 1..3 ] long
    }

run [ baseline ]
