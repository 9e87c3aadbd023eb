// Published scores with their sources, for other scripts: `#load "published.fsx"`. Unknown scores are left out.
#load "sed.fsx"
open Sed

/// Adavanne and Virtanen, "Sound event detection using weakly labeled dataset with stacked convolutional and recurrent
/// neural network", DCASE 2017 (arXiv 1710.02998). Each score is from one run on the testing split.
module Paper =
    let source =
        "Adavanne and Virtanen 2017 (arXiv 1710.02998), testing split of DCASE 2017 Task 4"

    /// A row: dropout, both loss weights, and the published scores.
    let private cells dropout strong weak cells =
        row [ Dropout dropout; StrongWeight strong; WeakWeight weak; Weak DenseOverFrames ] cells

    let rows = [
        cells 0.15 1.0 1.0 [ WeakF, 0.433; StrongER, 0.84 ]
        // The text states that weak F drops by more than half, to 19.2 %, above a dropout rate of 0.25.
        cells 0.5 1.0 1.0 [ (WeakF, 0.192) ]
    ]

    /// Weak F by class with loss weights 1 and 1, for the classes whose scores the paper's text gives.
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

/// Results of DCASE 2017 Task 4 on the evaluation split, from its results page.
module Challenge =
    let source = "results page of DCASE 2017 Task 4, evaluation split"

    /// Systems with their scores. The best strong ER of Adavanne and Virtanen's four systems is 0.79; it is left out
    /// because the source does not state which system achieved it.
    let systems = [
        "Adavanne and Virtanen 1", [ WeakF, 0.455; WeakP, 0.572; WeakR, 0.379 ]
        "Adavanne and Virtanen 2", [ WeakF, 0.466; WeakP, 0.580; WeakR, 0.389 ]
        "Adavanne and Virtanen 3", [ WeakF, 0.445; WeakP, 0.558; WeakR, 0.371 ]
        "Adavanne and Virtanen 4", [ WeakF, 0.263; WeakP, 0.332; WeakR, 0.218 ]
        "Xu et al. (best weak F)", [ WeakF, 0.556; StrongER, 0.73 ]
        "Lee et al. (best strong ER)", [ (StrongER, 0.66) ]
    ]
