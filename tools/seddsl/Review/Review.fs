/// Reviews detections and labels recordings on a local page.
module Sed.Tool.Review.Review

open System
open System.IO
open Argu
open Sed.Core.Annotations
open Sed.Core.Labelling.Reviews
open Sed.Core.Models
open Sed.Core.Runtime
open Sed.Runner
open Sed.Tool

/// Length of stretches if there is no model, in seconds.
let private usualSeconds = 10.0

let private noModel = "none"

/// The path of the model file. `path` is this file, or a folder that contains exactly one model file.
let private modelIn (path: string) =
    if not (Directory.Exists path) then
        path
    else
        match
            FolderTree.Files path
            |> Array.filter _.EndsWith(".sed", StringComparison.Ordinal)
        with
        | [| only |] -> only
        | [||] ->
            raise (
                BadArguments [
                    $"{path}: the folder contains no model (*.sed); give the path of a model file, or 'none' to review without a model"
                ]
            )
        | several ->
            let names =
                several
                |> Array.truncate 3
                |> Array.map (fun file -> Path.GetRelativePath(path, file))
                |> String.concat ", "
            let more = if several.Length > 3 then ", ..." else ""
            raise (
                BadArguments [
                    $"{path}: the folder contains {several.Length} models ({names}{more}); give the path of one"
                ]
            )

let private reviewerOf (given: string option) =
    let name =
        match given with
        | Some name -> name.Trim()
        | None ->
            match OneLine.Of(Environment.UserName).Trim() with
            | "" -> "reviewer"
            | name -> name
    if name = "" || not (isNull (ListNames.ProblemOf name)) then
        raise (
            BadArguments [
                "--annotator: the name is empty or contains a tab, a line break or another control character"
            ]
        )
    name

/// The stretches to review, and a text that states where they come from.
let private itemsOf (arguments: ParseResults<ReviewArguments>) folder (recordings: ReviewRecordings) seconds =
    let fallback = ReviewSession.DefaultQueueOf folder
    match arguments.TryGetResult Queue with
    | Some list -> ReviewQueue.Read(list, recordings.All), $"of {list}"
    | None when File.Exists fallback && not (arguments.Contains All) ->
        ReviewQueue.Read(fallback, recordings.All), $"of {fallback}"
    | None -> ReviewQueue.OfAll(recordings.All, seconds), $"of {recordings.All.Count} recordings"

let private plural count (what: string) =
    if count = 1L then $"1 {what}" else $"{count} {what}s"

let private summarise folder (session: ReviewSession) =
    let own = session.Count - session.Before
    let isDone = session.Done |> Seq.filter id |> Seq.length
    printfn ""
    printfn
        $"""{plural own "decision"} in this session, {session.Count} in all. Stretches done: {isDone} of {session.Items.Count}. Recordings with reviewed labels: {session.ReviewedRecordings}."""
    if session.Count > 0L then
        printfn
            $"Lists: events.tsv, annotated.tsv and tags.tsv in {ReviewSession.FolderOf folder}. 'seddsl train {folder}' uses them."

let private work (arguments: ParseResults<ReviewArguments>) =
    let source, folder = arguments.GetResult Sources
    let reviewer = reviewerOf (arguments.TryGetResult Annotator)
    let port = arguments.TryGetResult Port
    match port with
    | Some number when number < 1 || number > 65535 ->
        raise (BadArguments [ $"--port must be between 1 and 65535, was {number}" ])
    | _ -> ()
    if arguments.Contains Queue && arguments.Contains All then
        raise (BadArguments [ "--queue and --all cannot be combined" ])
    let stop = Interruption.token ()
    let model =
        if source = noModel then
            None
        else
            let device = arguments.GetResult(ReviewArguments.Device, "auto")
            Some(SedModel.Load(modelIn source, device = device))
    use _ = {
        new IDisposable with
            member _.Dispose() = model |> Option.iter _.Dispose()
    }
    let recordings =
        use progress = new Progress()
        ReviewRecordings.Read(folder, Check.defaultCache (), progress.Counter "reading recordings", stop)
    for problem in recordings.Problems do
        Command.complain $"seddsl review: left out: {problem}"
    let classes = [
        match model with
        | Some model ->
            ListNames.Require(model.Saved.Name, model.Classes)
            yield! model.Classes
        | None -> ()
        yield! recordings.Classes
    ]
    let seconds =
        match model with
        | Some model -> model.Saved.ClipSeconds
        | None -> usualSeconds
    let items, origin = itemsOf arguments folder recordings seconds
    use session =
        ReviewSession.Open(
            folder,
            ReviewOptions(Recordings = recordings.All, Items = items, Classes = classes, Reviewer = reviewer)
        )
    use views = new ReviewViews(Option.toObj model)
    if session.IsRepaired then
        Command.complain
            "seddsl review: the last line of the log was incomplete, because the program had ended while writing it; the line was removed. The page had not yet shown the decision in this line as saved."
    if session.Before > 0L then
        printfn $"""Resumes a review with {plural session.Before "decision"}."""
    let stretches =
        if items.Count = 1 then
            "1 stretch"
        else
            $"{items.Count} stretches"
    printfn $"{stretches} {origin}."
    let options = {
        Folder = string (Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath folder)))
        Model =
            match model with
            | Some model -> model.Saved.Name
            | None -> ""
        Thresholds = [
            match model with
            | Some model ->
                for label in model.Classes do
                    label, model.Detection.Of(label).Threshold
            | None -> ()
        ]
        Tags = arguments.Contains Whole_Recordings
    }
    ReviewPages.serve
        session
        views
        options
        port
        (fun address ->
            printfn $"{address} (press Ctrl-C to stop)"
            if arguments.Contains ReviewArguments.Open then
                Command.openInBrowser "review" address)
        stop
    summarise folder session

/// seddsl review: a page for listening and labelling.
let command = {
    Name = "review"
    Summary = "serves a local page on which detections are reviewed and recordings are labelled"
    Examples = [
        "seddsl review detector.sed recordings"
        "seddsl review none recordings --tags --annotator Ada"
    ]
    NeedsTorch = true
    Run = Command.run<ReviewArguments> work
}
