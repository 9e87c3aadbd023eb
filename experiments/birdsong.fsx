// Syllables of a Bengalese finch, from Raven selection tables beside the recordings: NAME.Table.1.selections.txt beside NAME.wav.
// Data: bird bl26lb16 of Nicholson, Queen and Sober, "Bengalese Finch song repository" (doi 10.6084/m9.figshare.4805749). The
// second field of a file name is the day; each day is held out once.
// Run with your copy of the data: dotnet fsi experiments/birdsong.fsx --data DIR
#load "sed.fsx"
open Sed
open Sed.Core.Networks.Layers

let birdsong =
    experiment "birdsong" {
        title "Syllables of a Bengalese finch, each day held out once"
        question "How large is the frame error on a day that was not used for training?"

        data (
            corpusWith "bl26lb16" {
                clip 2.0<s>
                groupBy (field '_' 1)
                classes [ "a"; "b"; "c"; "d"; "e"; "f"; "i"; "0" ]
            }
        )

        features (
            logMel {
                window 16.0<ms>
                hop 4.0<ms>
                bands 64
                range 500.0<Hz> 12000.0<Hz>
            }
        )

        network (
            layers "CRNN" {
                conv 32
                pool 4
                conv 32
                pool 4
                conv 64
                pool 4
                biGru 48 Merge.Concatenate
                weak MaxPooling
                dropout 0.2
            }
        )

        train (
            training {
                optimizer (adam 2e-3)
                schedule (Cosine 1)
                labels Strong
                weights 1.0 0.0
                batch 4
                epochs 30
                keepLast true
                averageWeights 0.99
            }
        )

        detect (detection { median 0.02<s> })

        folds 3
        selectOn Validation
        scoreOn Validation
        seeds [ 1 ]
        report [ FrameError; StrongMacroF; EventF; WeakF ]
    }

run [ birdsong ]
