// Adavanne and Virtanen (DCASE 2017, arXiv 1710.02998) ran each cell once. Is the difference between their cells larger
// than what another seed, or other training clips, would have made? Compare the deviations here with the differences
// between the rows of table1 and table2.
#load "published.fsx"
open Sed
open Published

let overSeeds =
    experiment "variance-seeds" {
        title "Five seeds of one cell"
        question "How much do the weights that one starts from matter?"
        data Soundscapes.smartCars
        network (crnn { dropout 0.15 })
        vary StrongWeight [ 1.0 ]
        seeds [ 1..5 ]
        report [ WeakF; StrongF; StrongER ]
        published Paper.source Paper.rows
        profile "quick" [ 1..5 ] quick
        profile "smoke" [ 1; 2 ] smoke
    }

let overFolds =
    experiment "variance-folds" {
        title "Five folds of one cell, each trained on the other four"
        question "How much do the training clips matter?"
        data Soundscapes.smartCars
        network (crnn { dropout 0.15 })
        folds 5
        seeds [ 1 ]
        report [ WeakF; StrongF; StrongER ]
        profile "quick" [ 1 ] quick
        profile "smoke" [ 1 ] smoke
    }

run [ overSeeds; overFolds ]
