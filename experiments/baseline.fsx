// The baseline of DCASE 2017 Task 4 as its page describes it, beside what it was published with.
#load "sed.fsx"
open Sed

let baseline =
    experiment "baseline" {
        title "The DCASE 2017 Task 4 baseline and the CRNN"
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
        detect (
            detection {
                threshold 0.5
                median 0.54<s>
            }
        )
        vary Network [ mlp; crnn { dropout 0.15 } ]
        seeds [ 1..5 ]
        report [ WeakF; WeakP; WeakR; StrongF; StrongER ]
        published "the task's page, testing split" [ row [ Network mlp ] [ WeakF, 0.109; StrongER, 1.02 ] ]
        profile "quick" [ 1; 2 ] [ TrainingClips 400; TestingClips 120; EvaluationClips 10; Epochs 10; Batch 16 ]
    }

run [ baseline ]
