// The evaluation split of DCASE 2017 Task 4: the CRNN with four loss weightings and the baseline, compared with
// submitted systems. The paper does not state how its four systems differ, so their scores are shown as separate
// systems below the rows.
#load "published.fsx"
open Sed
open Published

let table3 =
    experiment "table3" {
        title "Evaluation split"
        question "How well do the systems generalise beyond the split on which they were selected?"
        data Soundscapes.smartCars
        network (crnn { dropout 0.15 })
        addRow "CRNN, strong 1, weak 1" []
        addRow "CRNN, strong 0.2, weak 1" [ StrongWeight 0.2 ]
        addRow "CRNN, strong 1, weak 0.2" [ WeakWeight 0.2 ]
        addRow "CRNN, strong 0.002, weak 1" [ StrongWeight 0.002 ]
        addRow "baseline MLP" [ Network mlp; WeakWeight 0.0 ]
        selectOn Testing
        scoreOn Evaluation
        seeds [ 1..5 ]
        report [ WeakF; WeakP; WeakR; StrongER ]
        otherSystems Challenge.source Challenge.systems
        profile "quick" [ 1; 2 ] quick
    }

run [ table3 ]
