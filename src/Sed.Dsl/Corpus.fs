namespace Sed

open System.IO
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
    /// Training clips that `validation` or `folds` hold out. In mixed corpora they have weak labels only.
    let Validation = Split.Validation

    let Testing = Split.Testing

    let Evaluation = Split.Evaluation

/// Training clips that are held out. The proportions of the classes are preserved, and all clips from the same source
/// are on the same side of the split.
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

/// How the recordings of a collected corpus are read. Values that are None are chosen from the recordings.
type RecordingOptions = {
    /// The name of the corpus; None for the name of its folder or layout.
    Named: string option
    /// The lists of labels that are read, as names or paths with wildcards; None for all.
    Lists: string list option
    /// The sampling rate.
    Rate: float<Hz> option
    /// The length of a clip, the network's input.
    Clip: float<s> option
    /// The time between the starts of the windows of a recording.
    Hop: float<s> option
    /// The part of a file name that identifies the recording's group.
    Group: NameField option
    /// The classes; None for all.
    Classes: string list option
    /// Whether a class that is not listed for a clip is unknown, not absent.
    IsPartial: bool
    /// The channel, from 1; None for the mean of all channels.
    Channel: int option
    /// Labels and their new names.
    Renamed: (string * string) list
    /// Labels and another class as which they count, too.
    Also: (string * string) list
    /// Column names in the lists and the known names that they stand for.
    Columns: (string * string) list
}

module internal RecordingOptions =
    let none = {
        Named = None
        Lists = None
        Rate = None
        Clip = None
        Hop = None
        Group = None
        Classes = None
        IsPartial = false
        Channel = None
        Renamed = []
        Also = []
        Columns = []
    }

    /// Converts the options to those of the core.
    let toCore options =
        let table (entries: (string * string) list) =
            match entries with
            | [] -> None
            | some -> Some(System.Collections.Generic.Dictionary(dict some))
            |> Option.toObj
        CorpusOptions(
            Name = Option.toObj options.Named,
            Lists = (options.Lists |> Option.map List.toArray |> Option.toObj),
            SampleRate = (options.Rate |> Option.map int |> Option.toNullable),
            ClipSeconds = (options.Clip |> Option.map float |> Option.toNullable),
            HopSeconds = (options.Hop |> Option.map float |> Option.toNullable),
            Group = Option.toObj options.Group,
            Classes = (options.Classes |> Option.map List.toArray |> Option.toObj),
            IsPartial = options.IsPartial,
            Channel = Option.toNullable options.Channel,
            Renamed = table options.Renamed,
            Also = table options.Also,
            Columns = table options.Columns
        )

    /// The options that are set, in words; empty if none are set.
    let print options =
        [
            match options.Named with
            | Some name -> $"named {name}"
            | None -> ()
            match options.Lists with
            | Some lists -> $"""lists {String.concat "; " lists}"""
            | None -> ()
            match options.Rate with
            | Some rate -> $"{Text.number (float rate)} Hz"
            | None -> ()
            match options.Clip with
            | Some length -> $"clips of {Text.number (float length)} s"
            | None -> ()
            match options.Hop with
            | Some hop -> $"windows every {Text.number (float hop)} s"
            | None -> ()
            match options.Classes with
            | Some classes -> $"""classes {String.concat "; " classes}"""
            | None -> ()
            match options.Group with
            | Some field -> $"groups by field {field.Index} of names, separated by '{field.Separator}'"
            | None -> ()
            if options.IsPartial then
                "partial weak labels"
            match options.Channel with
            | Some channel -> $"channel {channel}"
            | None -> ()
            let pairs word link entries =
                $"""{word} {entries
                            |> List.map (fun (own, name) -> $"{own} {link} {name}")
                            |> String.concat "; "}"""
            if not options.Renamed.IsEmpty then
                pairs "renames" "to" options.Renamed
            if not options.Also.IsEmpty then
                pairs "also counts" "as" options.Also
            if not options.Columns.IsEmpty then
                pairs "renames columns" "to" options.Columns
        ]
        |> String.concat ", "

    let problems options = [
        match options.Named with
        | Some name when System.String.IsNullOrWhiteSpace name || name.Contains '/' ->
            Problem.at "corpusWith" $"the name of the corpus is \"{name}\"" "give a name without '/'"
        | _ -> ()
        match options.Lists with
        | Some lists when lists.IsEmpty || List.exists System.String.IsNullOrWhiteSpace lists ->
            Problem.at
                "corpusWith"
                "`lists` is empty or contains an empty name"
                "name the lists that are read, for example `lists [ \"weak.tsv\" ]`"
        | _ -> ()
        match options.Rate with
        | Some rate when not (rate >= 1000.0<Hz> && rate <= 768_000.0<Hz> && rate % 1.0<Hz> = 0.0<Hz>) ->
            Problem.at
                "corpusWith"
                $"the sampling rate is {Text.number (float rate)} Hz"
                "give a whole number from 1000 to 768000, for example `rate 16000.0<Hz>`"
        | _ -> ()
        match options.Clip with
        | Some length when not (length >= 0.05<s> && length <= 3600.0<s>) ->
            Problem.at
                "corpusWith"
                $"the clip length is {Text.number (float length)} s"
                "give a length from 0.05 to 3600 s, for example `clip 10.0<s>`"
        | _ -> ()
        match options.Hop, options.Clip with
        | Some hop, Some length when not (hop > 0.0<s> && hop <= length) ->
            Problem.at
                "corpusWith"
                $"windows of {Text.number (float length)} s start every {Text.number (float hop)} s"
                "give a hop greater than 0 and at most the clip length, for example `hop 5.0<s>`"
        | Some _, None ->
            Problem.at "corpusWith" "a hop is given without a clip length" "add for example `clip 10.0<s>`"
        | _ -> ()
        match options.Classes with
        | Some classes when classes.IsEmpty || List.distinct classes <> classes ->
            Problem.at
                "corpusWith"
                "the list of classes is empty or contains duplicates"
                "name each class once, for example `classes [ \"Normal\"; \"Wheeze\" ]`"
        | _ -> ()
        match options.Group with
        | Some field when field.Index < 0 ->
            Problem.at
                "corpusWith"
                $"groups by field {field.Index}"
                "count fields from 0, for example `groupBy (field '_' 0)`"
        | _ -> ()
        match options.Channel with
        | Some channel when channel < 1 ->
            Problem.at "corpusWith" $"the channel is {channel}" "count channels from 1, for example `channel 1`"
        | _ -> ()
        for word, entries in [ "rename", options.Renamed; "also", options.Also; "columns", options.Columns ] do
            for own, rows in List.groupBy fst entries do
                if rows.Length > 1 || System.String.IsNullOrWhiteSpace own then
                    Problem.at
                        "corpusWith"
                        $"`{word}` has {rows.Length} entries for \"{own}\""
                        "give each name once; a name must not be empty"
        for own, name in options.Renamed @ options.Also do
            if System.String.IsNullOrWhiteSpace name then
                Problem.at "corpusWith" $"the new name of \"{own}\" is empty" "give a new name, or remove this entry"
        for own, name in options.Columns do
            if not (CorpusOptions.IsKnownColumn name) then
                Problem.at
                    "corpusWith"
                    $"the column \"{own}\" is to be read as \"{name}\", which is not a known column"
                    "use filename, onset, offset, duration, event_label, confidence, presence or annotator"
    ]

/// Source of recordings and labels.
type Corpus =
    /// Synthesised soundscapes with the 17 classes of DCASE 2017 Task 4. They are generated at run time, identical on
    /// every machine.
    | SmartCars
    /// Soundscapes mixed from recordings: a folder with one folder of recordings per class.
    | Recordings of folder: string
    /// Soundscapes in the layout of DESED: synthetic clips with strong labels, clips with weak labels and clips without
    /// labels. They are mixed from a folder of recordings, or synthesised.
    | LikeDesed of folder: string option
    /// A collected corpus: a folder with label files and audio. The layout of the label files is detected.
    | Collected of folder: string * options: RecordingOptions
    /// Several collected corpora. Classes are matched by name; a class is unknown in a corpus that does not annotate
    /// it.
    | Several of Corpus list

    /// The value of `--data`.
    member corpus.Name =
        match corpus with
        | SmartCars -> "smartCars"
        | Recordings folder -> $"soundscapes:{folder}"
        | LikeDesed None -> "likeDesed"
        | LikeDesed(Some folder) -> $"likeDesed:{folder}"
        | Collected("smartCars" | "likeDesed" as folder, _) -> $"./{folder}"
        | Collected(folder, _) when
            [ "soundscapes:"; "likeDesed:" ]
            |> List.exists (fun word -> folder.StartsWith(word, System.StringComparison.Ordinal))
            ->
            $"./{folder}"
        | Collected(folder, _) -> folder
        | Several corpora -> corpora |> List.map _.Name |> String.concat " + "

    /// The corpus and how its recordings are read, as in a printed plan.
    member corpus.Description =
        match corpus with
        | Collected(_, options) when options <> RecordingOptions.none ->
            $"{corpus.Name}, {RecordingOptions.print options}"
        | Several corpora -> corpora |> List.map _.Description |> String.concat "; "
        | _ -> corpus.Name

    /// True if the clips are generated by mixing, so that their number can be set.
    member corpus.IsMixed =
        match corpus with
        | SmartCars
        | Recordings _
        | LikeDesed _ -> true
        | Collected _
        | Several _ -> false

    /// True if the only validation clips are training clips that `validation` or `folds` hold out, which have weak
    /// labels only.
    member corpus.LacksValidation =
        match corpus with
        | SmartCars
        | Recordings _ -> true
        | LikeDesed _
        | Collected _
        | Several _ -> false

module Corpus =
    /// The same corpus with the full path of its folder, without a trailing separator.
    let rec internal atFullPath corpus =
        let full (folder: string) =
            Path.TrimEndingDirectorySeparator(Path.GetFullPath folder)
        match corpus with
        | SmartCars -> SmartCars
        | Recordings folder -> Recordings(full folder)
        | LikeDesed folder -> LikeDesed(Option.map full folder)
        | Collected(folder, options) -> Collected(full folder, options)
        | Several corpora -> Several(List.map atFullPath corpora)

    /// The parts of a combined corpus; for any other corpus, a list of that corpus alone.
    let rec internal parts corpus =
        match corpus with
        | Several corpora -> List.collect parts corpora
        | other -> [ other ]

    /// Replaces the script's corpus with that of `--data`. If both are folders with options, the script's options are kept.
    let internal replacedBy (other: Corpus option) (own: Corpus option) =
        match other, own with
        | Some(Collected(folder, _)), Some(Collected(_, options)) -> Some(Collected(folder, options))
        | None, own -> own
        | other, _ -> other

    /// Parses the value of `--data`: smartCars, soundscapes:DIR, likeDesed, likeDesed:DIR or the folder of a corpus.
    let parse (text: string) =
        match text.Split(':', 2) with
        | [| "smartCars" |] -> Ok SmartCars
        | [| "likeDesed" |] -> Ok(LikeDesed None)
        | [| "soundscapes" | "likeDesed" as word; "" |] ->
            Error(Problem.at "--data" $"no folder is given after '{word}:'" $"give {word}:DIR")
        | [| "soundscapes"; folder |] -> Ok(Recordings folder)
        | [| "likeDesed"; folder |] -> Ok(LikeDesed(Some folder))
        | _ when System.String.IsNullOrWhiteSpace text ->
            Error(
                Problem.at
                    "--data"
                    $"'{text}' is not a corpus"
                    "give smartCars, likeDesed, soundscapes:DIR, likeDesed:DIR or the folder of a corpus"
            )
        | _ -> Ok(Collected(text, RecordingOptions.none))

/// Corpora of soundscapes.
module Soundscapes =
    /// Synthesised soundscapes with the 17 classes of DCASE 2017 Task 4.
    let smartCars = SmartCars

    /// Soundscapes mixed from recordings: a folder with one folder of recordings per class.
    let ofFolder folder = Recordings folder

    /// Synthesised soundscapes in the layout of DESED: a quarter of the training clips is synthetic with strong labels, a
    /// quarter has weak labels, and half has no labels. Clips with weak labels or none, testing clips and evaluation
    /// clips differ from synthetic ones in reverberation, signal-to-noise ratio and microphone, as recordings do. There
    /// are as many synthetic validation clips as testing clips.
    let likeDesed = LikeDesed None

    /// As `likeDesed`, but mixed from recordings: a folder with one folder of recordings per class.
    let likeDesedOf folder = LikeDesed(Some folder)

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

    /// The lists of labels that are read, by name or, with '/', by path within the folder; * and ? are wildcards. A folder
    /// can then be used as several corpora, for example the synthetic and the real recordings of DESED. Default: all lists.
    [<CustomOperation "lists">]
    member _.Lists(corpus: Corpus, lists: string list) =
        corpus |> set (fun options -> { options with Lists = Some lists })

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

    /// The part of a file name that identifies the recording's group, for example the patient, day or recorder.
    /// Validation splits, folds and bootstrap resamples keep groups together. Default: every recording is its own
    /// group.
    [<CustomOperation "groupBy">]
    member _.GroupBy(corpus: Corpus, part: NameField) =
        corpus |> set (fun options -> { options with Group = Some part })

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

    /// New names of labels: pairs of a label and its new name, for example `rename [ "Rana", "frog" ]`. Labels that get
    /// the same name become one class.
    [<CustomOperation "rename">]
    member _.Rename(corpus: Corpus, names: (string * string) list) =
        corpus |> set (fun options -> { options with Renamed = names })

    /// Labels that also count as another class: pairs of a label and a class, for example
    /// `also [ "people talking", "Speech" ]` for a class of another corpus. The labels keep their own class, too; with
    /// `rename`, give the new names. Default none.
    [<CustomOperation "also">]
    member _.Also(corpus: Corpus, names: (string * string) list) =
        corpus |> set (fun options -> { options with Also = names })

    /// The columns of label files whose headers use other names: pairs of a name in the header and a known name, for
    /// example `columns [ "t0", "onset"; "what", "event_label" ]`. Known names are filename, onset, offset, duration,
    /// event_label, confidence, presence and annotator.
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

    /// A field of a file name, for `groupBy`: the separator of the fields and the position of the field, from 0. For
    /// example, `field '_' 0` of 65069498_8.0_1_p4_10.flac is 65069498.
    let field (separator: char) (index: int) = NameField(separator, index)

    /// A folder with label files and audio, with options such as the sampling rate, the clip length and the classes.
    let corpusWith folder = CorpusBuilder folder
