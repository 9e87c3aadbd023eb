// Corpus, features and network of the scripts on children's breath sounds. The corpus is SPRSound (Zhang et al., IEEE
// TBioCAS 2022), recordings of 9 to 15 s at 8 kHz. The first field of a file name is the patient.
#load "sed.fsx"
open Sed
open Sed.Core.Networks.Layers

let sprsound =
    corpusWith "sprsound" {
        clip 15.4<s>
        groupBy (field '_' 0)
        classes [ "Normal"; "Fine Crackle"; "Wheeze" ]
    }

// The added floor limits the differences between quiet recordings. Recordings contain frequencies up to 4 kHz.
let mel =
    logMel {
        window 64.0<ms>
        hop 16.0<ms>
        shape Hann
        bands 64
        range 20.0<Hz> 4000.0<Hz>
        mel Htk
        normalised false
        spectrum Power
        addedFloor 1e-8
    }

/// Four convolutions; frames of the output last 64 ms.
let convolutions =
    layers "convolutions" {
        conv 16
        pool 2 4
        conv 32
        pool 2 4
        conv 64
        pool 2
        conv 64
        pool 2
    }

let crnn64 =
    layers "CRNN" {
        biGru 64 Merge.Concatenate
        weak LinearSoftmax
        dropout 0.1
    }
    |> Network.above convolutions
