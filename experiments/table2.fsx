// Adavanne and Virtanen (DCASE 2017, arXiv 1710.02998): what the weights of the two losses do.
#load "sed.fsx"
open Sed

let table2 =
    experiment "table2" {
        title "Weighting the losses of the strong and the weak output"
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

        published "Adavanne and Virtanen 2017, loss weights at dropout 0.15, testing split" [
            row [ StrongWeight 1.0; WeakWeight 1.0 ] [ WeakF, 0.433; StrongER, 0.84 ]
        ]

        profile "quick" [ 1; 2 ] [ TrainingClips 400; TestingClips 120; EvaluationClips 10; Epochs 10; Batch 16 ]
        profile "smoke" [ 1 ] [ TrainingClips 32; TestingClips 16; EvaluationClips 2; Epochs 2; Batch 16 ]
    }

run [ table2 ]
