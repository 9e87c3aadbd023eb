// What early stopping should watch: the paper's weak F - strong ER is pinned to an early epoch where the error rate rises.
#load "sed.fsx"
open Sed

let monitors =
    experiment "monitor" {
        title "What early stopping watches"
        question "Does the choice of the epoch depend on what is watched?"
        data Soundscapes.smartCars
        network (crnn { dropout 0.15 })
        vary StrongWeight [ 0.002; 1.0 ]
        vary Monitor [ WeakF - StrongER; WeakF + StrongF; Score MeanAP ]
        seeds [ 1..5 ]
        report [ WeakF; StrongF; StrongER; MeanAP ]
        profile "quick" [ 1 ] quick
        profile "smoke" [ 1 ] smoke
    }

run [ monitors ]
