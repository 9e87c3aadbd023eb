// Corpus and network of the scripts on children's breath sounds: SPRSound (Zhang et al., IEEE TBioCAS 2022), recordings of 9 to
// 15 s at 8 kHz. The first field of a file name is the patient.
#load "sed.fsx"
open Sed
open Sed.Core.Networks.Layers

let sprsound =
    corpusWith "sprsound" {
        clip 15.4<s>
        groupBy (field '_' 0)
        classes [ "Normal"; "Fine Crackle"; "Wheeze" ]
    }

let network64 =
    layers "CRNN" {
        conv 16
        pool 2 2
        conv 32
        pool 4
        conv 64
        pool 4
        conv 64
        pool 2
        biGru 64 Merge.Concatenate
        weak LinearSoftmax
        dropout 0.2
    }
