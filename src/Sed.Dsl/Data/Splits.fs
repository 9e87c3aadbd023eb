namespace Sed

open Sed.Core.Corpora

/// Number of soundscapes to mix for each split of a synthesised or mixed corpus.
type Clips = {
    Training: int
    Testing: int
    Evaluation: int
}

/// A part of a corpus. Networks are trained on the training split.
type Split = Sed.Core.Corpora.Split

/// Splits for early stopping and scoring.
[<AutoOpen>]
module Splits =
    /// The validation clips of the corpus, and the training clips that `validation` or `folds` hold out. Held-out clips of
    /// `smartCars` and of `soundscapes:DIR` have weak labels only.
    let Validation = Split.Validation

    /// The test clips of the corpus, on which early stopping and scores are based by default.
    let Testing = Split.Testing

    /// The evaluation clips of the corpus.
    let Evaluation = Split.Evaluation

/// Training clips that are held out. The proportions of the classes are preserved. Clips from the same recording or
/// group are either all held out or all kept for training.
type Holdout =
    | Nothing
    /// A fraction of the training clips.
    | Share of float
    /// One of several folds, counted from 1.
    | Fold of fold: int * folds: int

module Holdout =
    let print holdout =
        match holdout with
        | Nothing -> "nothing"
        | Share share -> $"{Text.number (100.0 * share)} %% of the training clips"
        | Fold(fold, folds) -> $"fold {fold} of {folds} of the training clips"

    let problems holdout = [
        match holdout with
        | Share share when not (share > 0.0 && share < 1.0) ->
            Problem.at
                "validation"
                $"a fraction of {Text.number share}"
                "give a fraction between 0 and 1, for example 0.1"
        | Fold(_, folds) when folds < 2 -> Problem.at "folds" $"{folds} folds" "give at least 2"
        | Fold(fold, folds) when fold < 1 || fold > folds ->
            Problem.at "held out" $"fold {fold} of {folds}" $"give a fold from 1 to {folds}"
        | _ -> ()
    ]
