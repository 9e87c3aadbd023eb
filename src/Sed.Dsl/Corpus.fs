namespace Sed

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
    /// Training clips that `validation` or `folds` hold out; they have weak labels only.
    let Validation = Split.Validation

    let Testing = Split.Testing

    let Evaluation = Split.Evaluation

/// Training clips that are held out. Each class keeps its share, and all clips of a source are on one side.
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
        | _ -> ()
    ]

/// Source of recordings and labels.
type Corpus =
    /// Synthesised soundscapes with the 17 classes of DCASE 2017 Task 4. They are generated at run time, identical on
    /// every machine.
    | SmartCars
    /// Soundscapes mixed from recordings: a folder with one folder of recordings per class.
    | Recordings of folder: string
    /// A collected corpus: a folder with label files and audio. The layout of the label files is detected.
    | Collected of folder: string

    /// The value of `--data`.
    member corpus.Name =
        match corpus with
        | SmartCars -> "smartCars"
        | Recordings folder -> $"soundscapes:{folder}"
        | Collected "smartCars" -> "./smartCars"
        | Collected folder when folder.StartsWith("soundscapes:", System.StringComparison.Ordinal) -> $"./{folder}"
        | Collected folder -> folder

    /// True if clips are mixed, so that their number can be set.
    member corpus.IsMixed =
        match corpus with
        | SmartCars
        | Recordings _ -> true
        | Collected _ -> false

module Corpus =
    /// Parses the value of `--data`: smartCars, soundscapes:DIR or the folder of a corpus.
    let parse (text: string) =
        match text.Split(':', 2) with
        | [| "smartCars" |] -> Ok SmartCars
        | [| "soundscapes"; folder |] when folder <> "" -> Ok(Recordings folder)
        | [| "soundscapes"; _ |] ->
            Error(Problem.at "--data" "no folder is given after 'soundscapes:'" "give soundscapes:DIR")
        | _ when System.String.IsNullOrWhiteSpace text ->
            Error(
                Problem.at
                    "--data"
                    $"'{text}' is not a corpus"
                    "give smartCars, soundscapes:DIR or the folder of a corpus"
            )
        | _ -> Ok(Collected text)

/// Corpora of soundscapes.
module Soundscapes =
    /// Synthesised soundscapes with the 17 classes of DCASE 2017 Task 4.
    let smartCars = SmartCars

    /// Soundscapes mixed from recordings: a folder with one folder of recordings per class.
    let ofFolder folder = Recordings folder

/// Collected corpora.
[<AutoOpen>]
module CorpusWords =
    /// A folder with label files and audio. The layout of the label files is detected: the released files of DCASE 2017
    /// Task 4, or tab-separated lists as in DESED (filename and event_label for weak labels; filename, onset, offset
    /// and event_label for strong labels).
    let corpus folder = Collected folder
