// The benefit of strong labels: the same network is trained on weak labels, on strong labels, on a mixture of strong,
// weak and unlabelled clips (with a mean teacher), and on the frame probabilities of a teacher (pseudo strong labels).
#load "sed.fsx"
open Sed

let strongLabels =
    experiment "strong-labels" {
        title "Weak labels, strong labels and mixtures of them"
        question
            "How much better are strong labels than weak labels, and how much of the difference do pseudo-labels make up?"
        data Soundscapes.smartCars
        network (crnn { weak LinearSoftmax })

        train (
            training {
                weights 0.2 1.0
                epochs 1000
                patience 100
                monitor (WeakF + StrongF)
            }
        )

        addRows [
            "weak labels", []
            "strong labels", [ Labels Strong; StrongWeight 1.0 ]
            "strong labels for 10 %",
            [
                Labels(Mixed [ subset Strong 0.1 0.25; subset WeakOnly 0.9 0.75 ])
                StrongWeight 1.0
            ]
            "10 % strong, 40 % weak, mean teacher",
            [
                Labels(Mixed [ subset Strong 0.1 0.25; subset WeakOnly 0.4 0.25; subset Unlabelled 0.5 0.5 ])
                StrongWeight 1.0
                MeanTeacher(0.99, 2.0, 10)
            ]
            "pseudo labels", [ StrongWeight 1.0; pseudoLabelsFrom "weak labels" (Hard 0.5) ]
            "pseudo labels, two rounds", [ StrongWeight 1.0; pseudoLabelsInRounds 2 "weak labels" (Hard 0.5) ]
            "pseudo labels, soft", [ StrongWeight 1.0; pseudoLabelsFrom "weak labels" Soft ]
        ]

        compareWith "weak labels"
        selectOn Testing
        scoreOn Evaluation
        seeds [ 1..5 ]
        report [ WeakF; StrongF; StrongER; EventF; Psds1 ]
        profile "quick" [ 1; 2 ] quick
    }

run [ strongLabels ]
