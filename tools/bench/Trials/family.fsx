// Dependent trials that Sed.Bench kills and resumes.
#load "../../../experiments/sed.fsx"
open Sed

let family =
    experiment "family" {
        title "Dependent trials that are killed and resumed"
        data Soundscapes.smartCars
        clips 48 16 4
        features (
            logMel {
                window 100.0<ms>
                hop 100.0<ms>
            }
        )

        network (
            crnn {
                convolutions [ 8, 5; 8, 8 ]
                recurrent [ 8 ]
                weak LinearSoftmax
            }
        )

        train (
            training {
                epochs 12
                batch 8
            }
        )

        addRows [
            "teacher",
            [
                Labels(Mixed [ subset Strong 0.3 0.25; subset WeakOnly 0.3 0.25; subset Unlabelled 0.4 0.5 ])
                MeanTeacher(0.9, 2.0, 4)
            ]
            "student", [ Dropout 0.2; pseudoLabelsInRounds 2 "teacher" (Hard 0.5) ]
            "both", [ ensembleOf [ "teacher"; "student" ] ]
        ]

        seeds [ 1 ]
        report [ WeakF; StrongER ]
    }

run [ family ]
