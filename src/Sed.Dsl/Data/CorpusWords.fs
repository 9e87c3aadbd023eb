namespace Sed

open Sed.Core.Corpora

/// corpusWith "DIR" { rate 16000.0<Hz>; clip 10.0<s>; hop 5.0<s>; groupBy (field '_' 0) }
type CorpusBuilder(folder: string) =
    inherit Block<Corpus>()

    let set change corpus =
        match corpus with
        | Collected(folder, options) -> Collected(folder, change options)
        | other -> other

    member _.Yield(_: unit) =
        Collected(folder, RecordingOptions.none)

    /// The name of the corpus, for `annotatedIn` and in outputs. Default: the name of the folder.
    [<CustomOperation "named">]
    member _.Named(corpus: Corpus, name: string) =
        corpus |> set (fun options -> { options with Named = Some name })

    /// The label lists to read, given by file name or, with a '/', by path within the folder; * and ? are wildcards.
    /// All other lists are ignored, including `annotated.tsv`. A folder can thus be used as several corpora, for
    /// example the synthetic and the real recordings of DESED. Default: all lists.
    [<CustomOperation "lists">]
    member _.Lists(corpus: Corpus, lists: string list) =
        corpus |> set (fun options -> { options with Lists = Some lists })

    /// The split of all labelled clips: Validation, Testing or Evaluation. It replaces the splits that the lists state.
    /// With `lists`, for example, the test clips of one corpus can be in Testing and the test clips of another corpus
    /// in Evaluation, so that each corpus is scored separately. Default: the split that each list states.
    [<CustomOperation "split">]
    member _.Split(corpus: Corpus, split: Split) =
        corpus |> set (fun options -> { options with Split = Some split })

    /// Sampling rate at which all recordings are read. Default: the most common rate of the recordings.
    [<CustomOperation "rate">]
    member _.Rate(corpus: Corpus, rate: float<Hz>) =
        corpus |> set (fun options -> { options with Rate = Some rate })

    /// Clip length, which is the length of the network's input. Longer recordings are divided into windows of this
    /// length for training and scoring. Default: the length of the longest recording if all lengths differ by at most
    /// 10 % and are at most 60 s, otherwise 10 s.
    [<CustomOperation "clip">]
    member _.Clip(corpus: Corpus, length: float<s>) =
        corpus |> set (fun options -> { options with Clip = Some length })

    /// Time between the starts of the overlapping windows in which a recording is scored. Default: half the clip
    /// length.
    [<CustomOperation "hop">]
    member _.Hop(corpus: Corpus, distance: float<s>) =
        corpus |> set (fun options -> { options with Hop = Some distance })

    /// The part of a file name (`field`) or the column of a list (`column`) that identifies the recording's group, for
    /// example the patient, day or recorder. Validation splits, folds and bootstrap resamples keep groups together.
    /// Default: every recording is its own group.
    [<CustomOperation "groupBy">]
    member _.GroupBy(corpus: Corpus, group: Grouping) =
        corpus |> set (fun options -> { options with Group = Some group })

    /// The classes that are trained and scored, in the order of results; labels of other classes are left out. Default:
    /// all.
    [<CustomOperation "classes">]
    member _.Classes(corpus: Corpus, classes: string list) =
        corpus |> set (fun options -> { options with Classes = Some classes })

    /// Whether weak labels are partial: a class that is not listed for a clip is unknown instead of absent, and is
    /// neither trained nor scored there. Default: false.
    [<CustomOperation "partialLabels">]
    member _.PartialLabels(corpus: Corpus, isPartial: bool) =
        corpus |> set (fun options -> { options with IsPartial = isPartial })

    /// The channel that is read from each recording, counted from 1. Events that are annotated on other channels are left
    /// out. Default: the mean of all channels, with the events of all channels.
    [<CustomOperation "channel">]
    member _.Channel(corpus: Corpus, channel: int) =
        corpus |> set (fun options -> { options with Channel = Some channel })

    /// New names of labels: pairs of a label and its new name, for example `rename [ ("Rana", "frog") ]`. Labels that get
    /// the same name become one class.
    [<CustomOperation "rename">]
    member _.Rename(corpus: Corpus, names: (string * string) list) =
        corpus |> set (fun options -> { options with Renamed = names })

    /// Labels that also count as another class: pairs of a label and a class, for example
    /// `also [ ("people talking", "Speech") ]` for a class of another corpus. The labels keep their own class, too. If
    /// `rename` changes a label, give its new name here. Default none.
    [<CustomOperation "also">]
    member _.Also(corpus: Corpus, names: (string * string) list) =
        corpus |> set (fun options -> { options with Also = names })

    /// Columns of label files whose names in the header differ from the known names. Each pair consists of the name in
    /// the header and the known name, for example `columns [ "t0", "onset"; "what", "event_label" ]`. Known names are
    /// filename, onset, offset, duration, event_label, confidence, presence, annotator and split.
    [<CustomOperation "columns">]
    member _.Columns(corpus: Corpus, names: (string * string) list) =
        corpus |> set (fun options -> { options with Columns = names })

/// Collected corpora.
[<AutoOpen>]
module CorpusWords =
    /// A folder with label files and audio. The layout of the label files is detected: the released files of DCASE 2017
    /// Task 4, or tab-separated lists as in DESED (filename and event_label for weak labels; filename, onset, offset
    /// and event_label for strong labels). Recordings can have any length and sampling rate.
    let corpus folder =
        Collected(folder, RecordingOptions.none)

    /// A field of a file name, for `groupBy`. The arguments are the separator of the fields and the position of the
    /// field, from 0. For example, `field '_' 0` of 65069498_8.0_1_p4_10.flac is 65069498.
    let field (separator: char) (index: int) = NameField(separator, index)

    /// A column of the lists of labels or of `splits.tsv`, for `groupBy`. For example, `column "site"` names a column with
    /// the site of each recording.
    let column (name: string) = GroupColumn name

    /// A folder with label files and audio, with options such as the sampling rate, the clip length and the classes.
    let corpusWith folder = CorpusBuilder folder
