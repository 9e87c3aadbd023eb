// Table 1 of Adavanne and Virtanen (DCASE 2017, arXiv 1710.02998): the dropout rate.
#load "published.fsx"
open Sed
open Published

let table1 =
    experiment "table1" {
        title "Dropout after every layer"
        question "Above which dropout rate do the scores drop?"
        data Soundscapes.smartCars
        network (crnn { dropout 0.15 })
        vary Dropout [ 0.05; 0.15; 0.25; 0.5; 0.75 ]
        seeds [ 1..5 ]
        report [ WeakF; WeakP; WeakR; StrongF; StrongER ]
        published Paper.source Paper.rows
        profile "quick" [ 1; 2 ] quick
    }

run [ table1 ]
