// Adavanne and Virtanen (DCASE 2017, arXiv 1710.02998) trained each configuration once. This script measures the
// variation over seeds and over training clips, to be compared with the differences between the rows of table1 and
// table2.
#load "published.fsx"
open Sed
open Published

let overSeeds =
    experiment "variance-seeds" {
        title "One configuration with five seeds"
        question "How much do the scores vary with the initial weights?"
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
        title "One configuration with five folds of the training clips"
        question "How much do the scores vary with the training clips?"
        data Soundscapes.smartCars
        network (crnn { dropout 0.15 })
        folds 5
        seeds [ 1 ]
        report [ WeakF; StrongF; StrongER ]
        profile "quick" [ 1 ] quick
    }

run [ overSeeds; overFolds ]
