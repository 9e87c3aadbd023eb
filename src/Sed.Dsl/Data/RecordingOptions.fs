namespace Sed

open Sed.Core.Corpora

/// Options for reading a collected corpus. A value of None stands for the default of the keyword in `corpusWith`.
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
    /// The part of a file name, or the column of a list, that identifies the recording's group.
    Group: Grouping option
    /// The classes; None for all.
    Classes: string list option
    /// Whether weak labels are partial: a class that is not listed for a clip is unknown instead of absent.
    IsPartial: bool
    /// The channel, from 1; None for the mean of all channels.
    Channel: int option
    /// The split of all labelled clips; None for the splits that the lists state.
    Split: Split option
    /// Pairs of a label and its new name.
    Renamed: (string * string) list
    /// Pairs of a label and a further class that the label also counts as.
    Also: (string * string) list
    /// Pairs of a column name in the lists and the known name that it stands for.
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
        Split = None
        Renamed = []
        Also = []
        Columns = []
    }

    /// Converts the options to the corpus options of Sed.Core.
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
            Split = Option.toNullable options.Split,
            Renamed = table options.Renamed,
            Also = table options.Also,
            Columns = table options.Columns
        )

    /// Prints the options that differ from their defaults; empty if there are none.
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
            | Some(:? NameField as field) -> $"groups by field {field.Index} of names, separated by '{field.Separator}'"
            | Some(:? GroupColumn as column) -> $"groups by column {column.Name}"
            | _ -> ()
            if options.IsPartial then
                "partial weak labels"
            match options.Channel with
            | Some channel -> $"channel {channel}"
            | None -> ()
            match options.Split with
            | Some split -> $"split {(string split).ToLowerInvariant()}"
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
        | Some(:? NameField as field) when field.Index < 0 ->
            Problem.at
                "corpusWith"
                $"the field of `groupBy` is {field.Index}"
                "count fields from 0, for example `groupBy (field '_' 0)`"
        | Some(:? GroupColumn as column) when System.String.IsNullOrWhiteSpace column.Name ->
            Problem.at
                "corpusWith"
                "the name of the column of groups is empty"
                "name a column of the lists, for example `groupBy (column \"site\")`"
        | _ -> ()
        match options.Channel with
        | Some channel when channel < 1 ->
            Problem.at "corpusWith" $"the channel is {channel}" "count channels from 1, for example `channel 1`"
        | _ -> ()
        for word, entries in [ "rename", options.Renamed; "also", options.Also; "columns", options.Columns ] do
            for own, rows in List.groupBy fst entries do
                if System.String.IsNullOrWhiteSpace own then
                    Problem.at "corpusWith" $"`{word}` has an empty name" "give a name, or remove this entry"
                elif rows.Length > 1 then
                    Problem.at "corpusWith" $"`{word}` has {rows.Length} entries for \"{own}\"" "give each name once"
        for own, name in options.Renamed @ options.Also do
            if System.String.IsNullOrWhiteSpace name then
                Problem.at "corpusWith" $"the new name of \"{own}\" is empty" "give a new name, or remove this entry"
        for own, name in options.Columns do
            if not (CorpusOptions.IsKnownColumn name) then
                Problem.at
                    "corpusWith"
                    $"the column \"{own}\" is to be read as \"{name}\", which is not a known column"
                    "use filename, onset, offset, duration, event_label, confidence, presence, annotator or split"
    ]
