// The paper chose its best epoch on the split that it reports. How much does that flatter, against a validation split
// carved from the training clips? Those have weak labels only, so weak F is what can be watched there.
#load "published.fsx"
open Sed

let protocol =
    experiment "protocol" {
        title "Where the best epoch is chosen"
        question "How much does selection on the test split flatter?"
        data Soundscapes.smartCars
        network (crnn { dropout 0.15 })
        validation 0.15
        addRow "test split, weak F - strong ER (the paper)" [ SelectOn Testing ]
        addRow "test split, weak F" [ SelectOn Testing; Monitor(Score WeakF) ]
        addRow "validation split, weak F" [ SelectOn Validation; Monitor(Score WeakF) ]
        compareWith "validation split, weak F"
        seeds [ 1..5 ]
        report [ WeakF; StrongF; StrongER ]
        profile "quick" [ 1..3 ] quick
        profile "smoke" [ 1 ] smoke
    }

run [ protocol ]
