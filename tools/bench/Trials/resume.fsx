// Small trials with all kinds of training state, which Sed.Bench kills and resumes.
#load "../../../experiments/sed.fsx"
open Sed

let resume =
    experiment "resume" {
        title "Trials that are killed and resumed"
        data Soundscapes.smartCars
        clips 48 16 4
        features (logMel { overlap 0.0 })
        network (crnn { dropout 0.15 })

        train (
            training {
                epochs 30
                batch 8
                augment [ mixup 0.2 ]
                averageWeights 0.9
            }
        )

        vary StrongWeight [ 0.1; 1.0 ]
        seeds [ 1; 2 ]
        report [ WeakF; StrongER ]
    }

run [ resume ]
