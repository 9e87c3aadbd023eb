/// Checks of lists against each other, and the warnings about them.
module internal Sed.Tool.Evaluate.ListChecks

open System
open System.Collections.Generic
open Argu
open Sed.Core.Annotations
open Sed.Core.Runtime
open Sed.Tool

let private firstLines (count: int) (lines: string list) =
    if lines.Length <= count then
        lines
    else
        List.take count lines @ [ $"... and {lines.Length - count} more" ]

/// Warnings about rows that repeat an event.
let duplicates (list: EventList) = [
    let struct (first, count) = list.Duplicates 3

    for problem in first do
        $"{problem} (counted again, as in the reference tools)"
    if count > first.Count then
        $"{list.Source}: {count - first.Count} more rows repeat an event"
]

/// A warning about estimated files that are not in the reference.
let ignored (referenceSource: string) (source: string) (files: string seq) =
    match List.ofSeq files with
    | [] -> []
    | files ->
        let shown = files |> firstLines 3 |> String.concat ", "
        [
            $"{source}: {files.Length} files are not in {referenceSource} and are not scored: {shown}"
        ]

/// A warning about events of a class that overlap in the reference.
let overlaps (reference: EventList) =
    let found = [
        for file in reference.Files do
            for struct (first, second) in EventOverlaps.Of(reference.EventsOf(file).ToArray()) do
                file, first, second
    ]

    match found with
    | [] -> []
    | (file, first, second) :: _ ->
        let seconds (value: float) = string value
        [
            $"{reference.Source}: {found.Length} events overlap an earlier event of the same class in the same file, for example \"{file}\", {first.Label}: {seconds first.Onset} s to {seconds first.Offset} s and {seconds second.Onset} s to {seconds second.Offset} s (each is counted, as in sed_eval; psds_eval refuses such a reference)"
        ]

/// A warning about events that begin at or after the end of their file.
let afterEnd (durations: Durations) (list: EventList) =
    let found = [
        for file in list.Files do
            match Option.ofNullable (durations.Of file) with
            | Some seconds ->
                for sound in list.EventsOf(file).ToArray() do
                    if sound.Onset >= seconds then
                        file, sound, seconds
            | None -> ()
    ]

    match found with
    | [] -> []
    | (file, sound, seconds) :: _ -> [
        $"{list.Source}: events that begin after the end of their file: {found.Length}, for example \"{file}\", {sound.Label}: from {string sound.Onset} s, but according to {durations.Source}, the file ends at {string seconds} s (times must be in seconds)"
      ]

/// Possible differences between the file names of two lists, each with the change that removes it.
let private differences: (string * (string -> string)) list = [
    "by the audio extension", (fun name -> string (IO.Path.ChangeExtension(name, null)))
    "by their folders", (fun name -> name.Substring(name.LastIndexOfAny [| '/'; '\\' |] + 1))
    "by \\ instead of /", _.Replace('\\', '/')
    "by upper and lower case", _.ToLowerInvariant()
    "by folders and audio extension",
    fun name -> string (IO.Path.ChangeExtension(name.Substring(name.LastIndexOfAny [| '/'; '\\' |] + 1), null))
]

let private difference (reference: string seq) (files: string seq) =
    let known = HashSet reference

    if known.Contains "" || Seq.contains "" files then
        "; a list without file names must itself be named after its recording"
    elif
        files
        |> Seq.exists (fun file -> file.StartsWith 'Y' && known.Contains(file.Substring 1))
    then
        "; the names differ by the prefix Y of DCASE 2017's audio files: write the list with seddsl predict --without-prefix Y"
    else
        differences
        |> List.tryFind (fun (_, change) ->
            let changed = HashSet(Seq.map change reference)
            files |> Seq.exists (fun file -> changed.Contains(change file)))
        |> Option.map (fun (name, _) -> $"; the names differ {name}: write them as in the reference")
        |> Option.defaultValue ""

/// Raises an exception if the estimate is empty and --allow-empty is not given, or if no file of a non-empty estimate
/// is in the reference.
let requireFiles
    (arguments: ParseResults<Arguments>)
    (referenceSource: string)
    (reference: string seq)
    (source: string)
    (files: string seq)
    =
    if Seq.isEmpty files && not (arguments.Contains Allow_Empty) then
        raise (AnnotationException(source, 0, "the list is empty; if the system detected nothing, add --allow-empty"))

    let known = HashSet reference

    if not (Seq.isEmpty files) && not (Seq.exists known.Contains files) then
        raise (
            AnnotationException(
                source,
                0,
                $"none of its {Seq.length files} files is in {referenceSource}; the first name is \"{Seq.head files}\" in this list and \"{Seq.head reference}\" in {referenceSource}{difference reference files}"
            )
        )

/// Calls `pair`. If this raises an exception and some labels are not among the classes, raises the exception again,
/// with the options for such labels added to the remedies.
let withLabelOptions (classes: string seq) (labels: string seq list) (pair: unit -> 'pairs) =
    let known = HashSet classes
    let isOther label = not (known.Contains label)
    try
        pair ()
    with :? AnnotationException as problem when labels |> List.exists (Seq.exists isOther) ->
        let shareNone own =
            not (Seq.isEmpty own) && Seq.forall isOther own
        let options =
            if List.exists shareNone labels then
                "if they are other names of the classes, map them with --label-names"
            else
                "or map them with --label-names, or leave out other classes with --ignore-other-labels"
        raise (
            AnnotationException(
                [
                    for one in problem.Problems ->
                        if one.Remedy = "" then
                            one
                        else
                            Problem(one.Place, one.Cause, $"{one.Remedy}; {options}")
                ],
                problem.Count
            )
        )

/// Raises an exception if a list has scores of a class that is not among `classes`.
let requireClasses (classes: ClassList) (scores: ScoreList) =
    let shown (labels: string seq) =
        labels |> List.ofSeq |> firstLines 10 |> String.concat "; "
    let others = scores.Classes |> Seq.filter (fun label -> classes.IndexOf label < 0)
    if not (Seq.isEmpty others) then
        raise (
            AnnotationException(
                scores.Source,
                0,
                $"the list has scores of classes that are not among the {classes.Count} classes ({shown classes}): {shown others}",
                "add them to the classes, or leave out other classes with --ignore-other-labels"
            )
        )

/// A warning about classes that have no scores. The metrics from scores leave them out.
let classesWithoutScores (classes: ClassList) (scores: ScoreList) = [
    match
        [
            for label in classes do
                if scores.Classes.IndexOf label < 0 then
                    label
        ]
    with
    | [] -> ()
    | left -> $"""{scores.Source}: metrics from scores leave out classes without scores: {String.concat ", " left}"""
]

/// The column that an option names, read from the first of the reference, the reference tags and the durations whose
/// header contains it. None if the option is not given. Raises an exception if no header contains the column, or if one
/// of `files` is not in that list.
let columnOf (arguments: ParseResults<Arguments>) (option: string) (name: string option) (files: string seq) =
    name
    |> Option.map (fun name ->
        let paths = [
            for path in
                [
                    arguments.TryGetResult Reference
                    arguments.TryGetResult Reference_Tags
                    arguments.TryGetResult Arguments.Durations
                ] do
                yield! Option.toList path
        ]

        match paths |> List.tryPick (fun path -> FileColumn.Read(path, name) |> Option.ofObj) with
        | None ->
            let lists = String.concat ", " paths
            raise (BadArguments [ $"{option} \"{name}\": no header contains this column ({lists})" ])
        | Some column ->
            for file in files do
                if isNull (column.Of file) then
                    raise (
                        AnnotationException(
                            column.Source,
                            0,
                            $"the file \"{file}\" is scored, but is not in this list, so its {column.Name} is unknown"
                        )
                    )

            column)
