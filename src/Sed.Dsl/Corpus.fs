namespace Sed

/// How many clips are mixed for each split of a corpus of soundscapes.
type Clips = {
    Training: int
    Testing: int
    Evaluation: int
}

/// A part of a corpus. Networks are trained on the training split.
type Split = Sed.Core.Corpora.Split

/// The splits that can be selected and scored on.
[<AutoOpen>]
module Splits =
    /// Training clips that `validation` or `folds` hold out; they have weak labels only.
    let Validation = Split.Validation

    let Testing = Split.Testing

    let Evaluation = Split.Evaluation

/// Which training clips are kept from training. Every class has its share of them, and no source is on both sides.
type Holdout =
    | Nothing
    /// A share of the training clips.
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
            Problem.at "validation" $"a share of {Text.number share}" "it lies between 0 and 1, for example 0.1"
        | Fold(_, folds) when folds < 2 -> Problem.at "folds" $"{folds} folds" "give at least 2"
        | _ -> ()
    ]

/// Where recordings and labels come from.
type Corpus =
    /// Synthesised soundscapes with the 17 classes of DCASE 2017 Task 4; made on the spot, the same everywhere.
    | SmartCars
    /// Soundscapes mixed from real recordings: a folder with a folder of recordings per class.
    | Recordings of folder: string
    /// DCASE 2017 Task 4: a folder with the released label files and the audio.
    | Dcase2017 of folder: string
    /// Any collected corpus with labels in tab-separated lists, as DESED has them, and audio.
    | Folder of folder: string

    /// As `--data` takes it.
    member corpus.Name =
        match corpus with
        | SmartCars -> "smartCars"
        | Recordings folder -> $"soundscapes:{folder}"
        | Dcase2017 folder -> $"dcase2017:{folder}"
        | Folder folder -> $"folder:{folder}"

    /// True when clips are mixed, so that their number can be chosen.
    member corpus.IsMixed =
        match corpus with
        | SmartCars
        | Recordings _ -> true
        | Dcase2017 _
        | Folder _ -> false

module Corpus =
    /// Reads what `--data` takes: smartCars, soundscapes:DIR, dcase2017:DIR or folder:DIR.
    let parse (text: string) =
        match text.Split(':', 2) with
        | [| "smartCars" |] -> Ok SmartCars
        | [| "soundscapes"; folder |] when folder <> "" -> Ok(Recordings folder)
        | [| "dcase2017"; folder |] when folder <> "" -> Ok(Dcase2017 folder)
        | [| "folder"; folder |] when folder <> "" -> Ok(Folder folder)
        | _ ->
            Error(
                Problem.at
                    "--data"
                    $"'{text}' names no corpus"
                    "say smartCars, soundscapes:DIR, dcase2017:DIR or folder:DIR"
            )

/// Corpora of soundscapes.
module Soundscapes =
    /// Synthesised soundscapes with the 17 classes of DCASE 2017 Task 4.
    let smartCars = SmartCars

    /// Soundscapes mixed from folders of real recordings, one folder per class.
    let ofFolder folder = Recordings folder

/// DCASE 2017 Task 4, "Large-scale weakly supervised sound event detection for smart cars".
module Dcase2017 =
    /// The folder with the released label files and the audio.
    let task4 folder = Dcase2017 folder

/// Corpora that somebody collected.
module Folder =
    /// A folder with audio and labels in tab-separated lists, as DESED has them: filename and event_label for weak labels;
    /// filename, onset, offset and event_label for strong ones. A list's name says its split: train, test, eval.
    let corpus folder = Folder folder
