// Class-wise scores. Adavanne and Virtanen name classes that their network detects and classes that it never detects.
#load "published.fsx"
open Sed
open Published

let perClass =
    experiment "per-class" {
        title "Class-wise scores of the CRNN with loss weights 1 and 1"
        question "Which classes does the network detect?"
        data Soundscapes.smartCars
        network (crnn { dropout 0.15 })
        addRow "CRNN" []
        seeds [ 1..5 ]
        report [ WeakF; StrongF; StrongER ]
        figures [ PerClass Paper.weakFByClass ]
        profile "quick" [ 1..3 ] quick
    }

run [ perClass ]
