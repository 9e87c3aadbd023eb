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
        row [ Dropout dropout; StrongWeight strong; WeakWeight weak ] cells

    let rows = [ cells 0.15 1.0 1.0 [ WeakF, 0.433; StrongER, 0.84 ] ]

/// The baseline of the task.
module Baseline =
    let source =
        "page of DCASE 2017 Task 4 (weak F 10.9 %, strong ER 1.02; the paper quotes a weak F of 13.1 %)"
    let rows = [ row [ Network mlp ] [ WeakF, 0.109; StrongER, 1.02 ] ]
