// What was published, as data: every number with its source. Scripts load it beside their own words:
// `#load "published.fsx"`. A cell that is not known is not here.
#load "sed.fsx"
open Sed

/// Adavanne and Virtanen, "Sound event detection using weakly labeled dataset with stacked convolutional and recurrent
/// neural network", DCASE 2017 (arXiv 1710.02998): one run per cell, scored on the testing split.
module Paper =
    let source =
        "Adavanne and Virtanen 2017 (arXiv 1710.02998), testing split of DCASE 2017 Task 4"

    /// Dropout and both loss weights, with the cells that are known.
    let private cells dropout strong weak cells =
        row [ Dropout dropout; StrongWeight strong; WeakWeight weak; Weak DenseOverFrames ] cells

    let rows = [
        cells 0.15 1.0 1.0 [ WeakF, 0.433; StrongER, 0.84 ]
        // "19.2 %" is quoted where the text says that the score falls by more than half from 0.25 on.
        cells 0.5 1.0 1.0 [ (WeakF, 0.192) ]
    ]

    /// Weak F of classes at weights 1 and 1, as far as the text names them.
    let weakFByClass = [
        for label in
            [
                "Train"
                "Skateboard"
                "Fire engine, fire truck (siren)"
                "Civil defense siren"
            ] -> label, "> 0.6"
        for label in
            [
                "Ambulance (siren)"
                "Car alarm"
                "Car passing by"
                "Reversing beeps"
                "Train horn"
            ] -> label, "0"
    ]

/// The baseline of the task.
module Baseline =
    let source =
        "page of DCASE 2017 Task 4 (weak F 10.9 %, strong ER 1.02; the paper quotes a weak F of 13.1 %)"
    let rows = [ row [ Network mlp; Median 0.54<s> ] [ WeakF, 0.109; StrongER, 1.02 ] ]

/// Results of DCASE 2017 Task 4 on the evaluation split, as its page has them.
module Challenge =
    let source = "results page of DCASE 2017 Task 4, evaluation split"

    /// Systems by name, with the cells that are known. The best strong ER of Adavanne and Virtanen's four systems is 0.79;
    /// the page says not of which in what could be read.
    let systems = [
        "Adavanne and Virtanen 1", [ WeakF, 0.455; WeakP, 0.572; WeakR, 0.379 ]
        "Adavanne and Virtanen 2", [ WeakF, 0.466; WeakP, 0.580; WeakR, 0.389 ]
        "Adavanne and Virtanen 3", [ WeakF, 0.445; WeakP, 0.558; WeakR, 0.371 ]
        "Adavanne and Virtanen 4", [ WeakF, 0.263; WeakP, 0.332; WeakR, 0.218 ]
        "Xu et al. (best weak F)", [ WeakF, 0.556; StrongER, 0.73 ]
        "Lee et al. (best strong ER)", [ (StrongER, 0.66) ]
    ]
