// Small trials, two of which Sed.Bench trains at a time while it kills processes.
#load "../../../experiments/sed.fsx"
open Sed

let jobs =
    experiment "jobs" {
        title "Sequential and parallel trials"
        data Soundscapes.smartCars
        clips 400 40 4

        features (
            logMel {
                window 100.0<ms>
                hop 100.0<ms>
            }
        )

        network (crnn { convolutions [ 16, 5; 16, 4; 16, 2 ] })

        train (
            training {
                optimizer (adam 3e-3)
                epochs 20
                patience 20
                batch 16
            }
        )

        vary StrongWeight [ 0.02; 1.0 ]
        seeds [ 1..3 ]
        report [ WeakF; StrongER ]
    }

run [ jobs ]
