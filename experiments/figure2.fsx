// Adavanne and Virtanen (DCASE 2017, arXiv 1710.02998), figure 2: where the network looks when it says "car", once for the
// strong and once for the weak output.
#load "published.fsx"
open Sed

let figure2 =
    experiment "figure2" {
        title "What the outputs for a class depend on"
        question "Does the strong output look at the event, and the weak one at more?"
        data Soundscapes.smartCars
        network (crnn { dropout 0.15 })
        addRow "CRNN" []
        seeds [ 1 ]
        report [ WeakF; StrongF; StrongER ]
        figures [ Saliency "Car" ]
        profile "quick" [ 1 ] quick
        profile "smoke" [ 1 ] smoke
    }

run [ figure2 ]
