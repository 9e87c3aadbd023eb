// The criterion of early stopping. With the paper's criterion, weak F - strong ER, an early epoch is the best one if
// the error rate rises later.
#load "sed.fsx"
open Sed

let monitors =
    experiment "monitor" {
        title "The criterion of early stopping"
        question "Does the best epoch depend on the criterion?"
        data Soundscapes.smartCars
        network (crnn { dropout 0.15 })
        vary StrongWeight [ 0.002; 1.0 ]
        vary Monitor [ WeakF - StrongER; WeakF + StrongF; Score MeanAP ]
        seeds [ 1..5 ]
        report [ WeakF; StrongF; StrongER; MeanAP ]
        profile "quick" [ 1 ] quick
    }

run [ monitors ]
