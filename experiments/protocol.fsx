// The paper selects the best epoch on the split that it reports. This script measures how optimistic that is, compared
// with a validation split of the training clips. Training clips have weak labels only, so the criterion there is weak
// F.
#load "published.fsx"
open Sed

let protocol =
    experiment "protocol" {
        title "The split on which the best epoch is selected"
        question "How optimistic are scores if the best epoch is selected on the test split?"
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
    }

run [ protocol ]
