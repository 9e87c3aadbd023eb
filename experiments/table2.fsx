// Adavanne and Virtanen (DCASE 2017, arXiv 1710.02998): what the weights of the two losses do.
#load "published.fsx"
open Sed
open Published

let table2 =
    experiment "table2" {
        title "Weighting the losses of the strong and the weak output"
        question "Does more strong weight improve strong ER and cost weak F? Is 1/1 best?"
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

        train (
            training {
                optimizer (adam 1e-3)
                epochs 1000
                patience 100
                monitor (WeakF - StrongER)
            }
        )

        vary StrongWeight [ 0.002; 0.02; 0.2; 1.0 ]
        vary WeakWeight [ 1.0 ]
        alongside "baseline MLP" [ Network mlp; StrongWeight 1.0; WeakWeight 0.0 ]
        seeds [ 1..5 ]
        report [ WeakF; WeakP; WeakR; StrongF; StrongER ]

        published Paper.source Paper.rows

        profile "quick" [ 1; 2 ] quick
        profile "smoke" [ 1 ] smoke
    }

run [ table2 ]
