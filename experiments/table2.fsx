// Table 2 of Adavanne and Virtanen (DCASE 2017, arXiv 1710.02998): the weights of the two losses. The paper's network
// computes the weak output by a dense layer over all frames. The same weights with linear softmax, which has no
// parameters, separate the effect of the losses from the effect of the dense layer.
#load "published.fsx"
open Sed
open Published

let table2 =
    experiment "table2" {
        title "Weighting the losses of the strong and the weak output"
        question "Are equal weights best, as in the paper, and is that an effect of the losses or of the dense layer?"
        data Soundscapes.smartCars

        features (
            logMel {
                window 40.0<ms>
                overlap 0.5
                bands 40
                range 0.0<Hz> 22050.0<Hz>
            }
        )

        network (crnn { dropout 0.15 })

        // The paper monitors weak F - strong ER. With low strong weights, ER rises above 1 after some epochs, so that
        // one of the first epochs would be selected. A sum of F-scores avoids this (see monitor.fsx).
        train (
            training {
                optimizer (adam 1e-3)
                epochs 1000
                patience 100
                monitor (WeakF + StrongF)
            }
        )

        vary Weak [ DenseOverFrames; LinearSoftmax ]
        vary StrongWeight [ 0.002; 0.02; 0.2; 1.0 ]
        addRow "baseline MLP" [ Network mlp; StrongWeight 1.0; WeakWeight 0.0 ]
        compareWith "weak output dense over all frames, strong weight 1"
        seeds [ 1..5 ]
        report [ WeakF; WeakOutputF; StrongF; StrongER; MeanAP ]

        published Paper.source Paper.rows

        profile "quick" [ 1; 2 ] quick
        profileRow "quick" "baseline MLP" [ Epochs 80; Patience 30 ]
    }

run [ table2 ]
