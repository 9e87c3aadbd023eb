// Figure 2 of Adavanne and Virtanen (DCASE 2017, arXiv 1710.02998): saliency maps of the strong and of the weak output
// for the class Car.
#load "published.fsx"
open Sed

let figure2 =
    experiment "figure2" {
        title "Saliency of the outputs for a class"
        question "Does the strong output depend on the event alone, and the weak output on more of the clip?"
        data Soundscapes.smartCars
        network (crnn { dropout 0.15 })
        addRow "CRNN" []
        seeds [ 1 ]
        report [ WeakF; StrongF; StrongER ]
        figures [ Saliency "Car" ]
        profile "quick" [ 1 ] quick
    }

run [ figure2 ]
