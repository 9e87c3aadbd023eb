module Sed.Tool.Next.Next

open System
open System.IO
open Argu
open Sed.Core.Annotations
open Sed.Core.Annotations.Formats
open Sed.Core.Labelling
open Sed.Core.Labelling.Embeddings
open Sed.Core.Models
open Sed.Core.Runtime
open Sed.Tool
open Sed.Tool.Predict

// Ten minutes take about half an hour to label.
let private usualMinutes = 10.0

let private optionsOf (arguments: ParseResults<NextArguments>) =
    let minutes =
        match arguments.TryGetResult NextArguments.Minutes with
        | None when not (arguments.Contains NextArguments.Count) -> Some usualMinutes
        | given -> given
    SelectionOptions(
        Count = Option.toNullable (arguments.TryGetResult NextArguments.Count),
        Seconds = Option.toNullable (minutes |> Option.map (fun minutes -> 60.0 * minutes)),
        RandomShare = arguments.GetResult(NextArguments.Random, SelectionOptions().RandomShare)
    )

let private formatOf (arguments: ParseResults<NextArguments>) =
    EventListFile.FormatNamed(arguments.GetResult(NextArguments.Format, "audacity"))

let private problems (arguments: ParseResults<NextArguments>) folder out = [
    yield! FolderPath.folderProblem folder
    for problem in (optionsOf arguments).Problems() do
        string problem
    match arguments.TryGetResult NextArguments.Stretch with
    | Some seconds ->
        match Sed.Core.Labelling.Stretch.LengthProblem seconds with
        | null -> ()
        | problem -> $"--stretch: {problem}"
    | None -> ()
    if
        arguments.Contains NextArguments.Format
        && not (arguments.Contains NextArguments.Clips)
    then
        "--format needs --clips"
    if isNull (formatOf arguments) then
        let names = EventListFile.Formats |> Seq.map _.Name |> String.concat ", "
        $"--format: unknown format '{arguments.GetResult NextArguments.Format}'; use {names}"
    for option, path in
        [
            for clips in Option.toList (arguments.TryGetResult NextArguments.Clips) do
                "--clips", clips
            "--run", arguments.GetResult(NextArguments.Run, "runs")
        ] do
        if FolderPath.isWithin folder (OutputPath.folder option path) then
            $"{option} {path}: this is in the folder with the recordings; name a path outside of it"
    // Files in the folder of the queue are not proposed.
    if FolderPath.isWithin (OutputPath.folder "--out" out) folder then
        $"--out {out}: this folder contains the recordings; name a different folder for the queue"
]

/// The folders in which no file counts as a recording: the folder of this queue and the default folder for queues.
let private queueFolders (folder: string) (out: string) =
    List.distinct [ out; Path.Combine(folder, FolderPath.review) ]

/// The recordings of the folder, except files in the folders of queues. The first list has the recordings whose names
/// can be written to a list of recordings, and the second one has the others.
let private recordingsIn (folder: string) (out: string) =
    let isOfReview (recording: Recordings.Recording) =
        queueFolders folder out
        |> List.exists (fun queue -> FolderPath.isWithin queue recording.Path)
    Recordings.find "" [ folder ]
    |> List.filter (isOfReview >> not)
    |> List.partition (fun recording -> isNull (ListNames.ProblemOf recording.Name))

let private minutes (rows: QueuedStretch seq) =
    (rows |> Seq.sumBy _.Stretch.Seconds) / 60.0

let private stretches count =
    if count = 1 then "1 stretch" else $"{count} stretches"

let private summarise (round: NextRound) =
    printfn "%-10s %9s %8s" "reason" "stretches" "minutes"
    let line (reason: string) (rows: QueuedStretch list) =
        printfn "%-10s %9d %8.1f" reason rows.Length (minutes rows)
    let rows =
        round.Queue.Rows
        |> Seq.filter (fun row -> not (round.Annotated.Contains row.Stretch))
        |> List.ofSeq
    for reason, own in rows |> List.groupBy _.Reason |> List.sortBy fst do
        line reason own
    line "total" rows
    printfn ""
    printfn
        $"Chosen from {stretches round.OpenCount} without labels; already labelled: {stretches round.AnnotatedCount}."
    if round.HeldOutCount > 0 then
        printfn $"Left out: {round.HeldOutCount} recordings in validation, test or evaluation splits."
    if round.Repeated > 0 then
        printfn
            $"{round.Repeated} of the random stretches were drawn in an earlier round and have no labels yet; they are listed again."
    if round.Annotated.Count > 0 then
        printfn
            $"The queue also lists {round.Annotated.Count} random stretches that are already annotated. They belong to the random sample and need no work."

/// The reason why a queue is empty, as a message fragment. `recordings` are those whose stretches could be proposed.
let private causeOfEmpty (round: NextRound) (queues: string list) (recordings: Recordings.Recording list) =
    if round.OpenCount > 0 then
        $"none of the stretches without labels ({round.OpenCount}) fits the limits; increase --minutes or --count"
    elif round.AnnotatedCount > 0 then
        $"all {round.AnnotatedCount} stretches have labels"
    elif round.HeldOutCount > 0 then
        "all recordings that can be read are in validation, test or evaluation splits"
    elif recordings.IsEmpty then
        $"""all recordings are in the folders of queues ({String.concat ", " queues}) or have names that cannot be written to a list"""
    else
        "no recording can be read"

let private work (arguments: ParseResults<NextArguments>) =
    let file, folder = arguments.GetResult NextArguments.Sources
    let folder = Path.TrimEndingDirectorySeparator folder
    let out =
        arguments.GetResult(NextArguments.Out, Path.Combine(folder, FolderPath.review))
    match problems arguments folder out with
    | [] -> ()
    | found -> raise (BadArguments found)
    let stop = Interruption.token ()
    let saved = ModelFile.Read file
    use model =
        SedModel.Of(saved, null, arguments.GetResult(NextArguments.Device, "auto"))
    if model.IsNoBetterThanConstant then
        eprintfn
            "note: the model is no better than a constant prediction, so its scores are of little use for choosing stretches."
    let history = QueueHistory.Read out
    let recordings, unnameable = recordingsIn folder out
    let labels = FolderLabels.Read folder
    let runs = arguments.GetResult(NextArguments.Run, "runs")
    let source = EmbeddingSource.OfModel(model, file)
    let seconds = arguments.GetResult(NextArguments.Stretch, saved.ClipSeconds)
    use embedded =
        EmbeddedRecordings.openIn runs source seconds true recordings folder stop
    let round =
        NextRound.Choose(
            embedded,
            labels,
            history,
            optionsOf arguments,
            int64 (arguments.GetResult(NextArguments.Seed, 1)),
            arguments.Contains NextArguments.Labelled_Elsewhere
        )
    let skipped = [
        for recording in unnameable do
            $"{recording.Path}: {ListNames.ProblemOf recording.Name}"
        yield! embedded.Skipped
    ]
    let problems =
        if round.Queue.Rows.Count = 0 then
            printfn $"Nothing to propose: {causeOfEmpty round (queueFolders folder out) recordings}."
            []
        else
            let clips =
                arguments.TryGetResult NextArguments.Clips
                |> Option.map (fun target -> Clips.plan target (nonNull (formatOf arguments)) embedded round)
            let path = history.Write(round.Queue, round.Population)
            let problems =
                match clips with
                | Some clips -> Clips.write clips model stop
                | None -> []
            summarise round
            printfn ""
            printfn $"Queue: {path}"
            match arguments.TryGetResult NextArguments.Clips with
            | Some target -> printfn $"Clips with the detected events: {target}"
            | None -> ()
            let queue =
                if arguments.Contains NextArguments.Out then
                    $" --queue {path}"
                else
                    ""
            printfn $"Label the stretches with: seddsl review {file} {folder}{queue}"
            problems
    match skipped @ problems with
    | [] -> ExitCode.Done
    | all ->
        for problem in all do
            eprintfn $"skipped: {OneLine.Of problem}"
        eprintfn $"{all.Length} recordings or clips could not be read, processed or written."
        ExitCode.Partial

/// seddsl next: proposes stretches of recordings to label.
let command = {
    Name = "next"
    Summary = "proposes which recordings, or stretches of long ones, to label next"
    Examples = [
        "seddsl next detector.sed recordings --minutes 10"
        "seddsl next detector.sed recordings --count 60 --clips to-label --format raven"
    ]
    NeedsTorch = true
    Run = Command.runToCode<NextArguments> work
}
