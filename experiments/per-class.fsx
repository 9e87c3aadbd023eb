// Class by class: Adavanne and Virtanen name classes that their network finds and classes that it never does.
#load "published.fsx"
open Sed
open Published

let perClass =
    experiment "per-class" {
        title "The CRNN at weights 1 and 1, class by class"
        question "Which classes does it find, and which does it not?"
        data Soundscapes.smartCars
        network (crnn { dropout 0.15 })
        addRow "CRNN" []
        seeds [ 1..5 ]
        report [ WeakF; StrongF; StrongER ]
        figures [ PerClass Paper.weakFByClass ]
        profile "quick" [ 1..3 ] quick
        profile "smoke" [ 1 ] smoke
    }

run [ perClass ]
