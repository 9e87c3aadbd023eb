/// Estimates from a random sample of reviewed stretches.
module Sed.Tool.Estimate.Estimate

open System
open System.IO
open Argu
open Sed.Core.Annotations
open Sed.Core.Labelling
open Sed.Core.Labelling.Embeddings
open Sed.Core.Labelling.Estimates
open Sed.Core.Models
open Sed.Core.Runtime
open Sed.Tool
open Sed.Tool.Predict

let private problems (arguments: ParseResults<EstimateArguments>) folder runs = [
    yield! FolderPath.folderProblem folder
    match arguments.TryGetResult Precision with
    | Some value when not (value > 0.0 && value < 1.0) -> $"--precision must be between 0 and 1, was {value}"
    | _ -> ()
    match arguments.TryGetResult EstimateArguments.Stretch with
    | Some seconds ->
        match Option.ofObj (Stretch.LengthProblem seconds) with
        | Some problem -> $"--stretch: {problem}"
        | None -> ()
    | None -> ()
    if FolderPath.isWithin folder (OutputPath.folder "--run" runs) then
        $"--run {runs}: this is in the folder with the recordings; name a path outside of it"
    match arguments.TryGetResult Out with
    | Some path when not (path.EndsWith(ModelFile.Extension, StringComparison.Ordinal)) ->
        $"--out {path}: the name of a model file ends with {ModelFile.Extension}"
    | _ -> ()
]

/// The queues of all rounds. Raises `BadArguments` if none has a random stretch.
let private historyOf folder review model =
    let history = QueueHistory.Read review
    if history.Rounds.Count = 0 then
        raise (
            BadArguments [
                $"{review}: there are no queues. An estimate needs stretches that 'seddsl next' drew at random and listed in a queue; an estimate from other stretches would be biased. Run 'seddsl next {model} {folder}', review the stretches and try again"
            ]
        )
    if history.Sample.Count = 0 then
        raise (
            BadArguments [
                $"{review}: no queue has a random stretch. An estimate needs stretches that 'seddsl next' drew at random; an estimate from other stretches would be biased. Run 'seddsl next' with a share of random stretches (--random), review them and try again"
            ]
        )
    history

/// The first round whose random stretches are used for the estimates, and whether it is known that the model was not
/// trained on the labels of these stretches.
let private firstRound (arguments: ParseResults<EstimateArguments>) (history: QueueHistory) (model: string) =
    let rounds = history.Rounds.Count
    let hasDraws first =
        history.Sample |> Seq.exists (fun one -> one.Round >= first)
    match arguments.TryGetResult Unseen with
    | Some round when round < 1 || round > rounds ->
        raise (BadArguments [ $"--unseen must be a round from 1 to {rounds}, was {round}" ])
    | Some round when not (hasDraws round) ->
        raise (BadArguments [ $"--unseen {round}: no stretch was drawn at random in this round or later" ])
    | Some round -> round, true
    | None ->
        let trained = File.GetLastWriteTimeUtc model
        let isNewer (queue: QueueList) =
            File.GetLastWriteTimeUtc queue.Source > trained
        let newer = history.Rounds |> Seq.rev |> Seq.takeWhile isNewer |> Seq.length
        let first = rounds - newer + 1
        if newer > 0 && hasDraws first then
            first, true
        else
            1, false

let private collectionOf (model: SedModel) (file: string) folder seconds runs (sample: RandomSample) stop =
    let recordings =
        Recordings.find "" [ folder ]
        |> List.filter (fun recording ->
            not (FolderPath.isWithin (Path.Combine(folder, FolderPath.review)) recording.Path))
    let source = EmbeddingSource.OfModel(model, file)
    use embedded =
        EmbeddedRecordings.openIn runs source seconds true recordings folder stop
    for problem in embedded.Skipped do
        eprintfn $"skipped: {OneLine.Of problem}"
    let stretches = [|
        for recording in 0 .. embedded.Recordings.Count - 1 do
            for number, stretch in Seq.indexed (embedded.StretchesOf recording) do
                struct (stretch, embedded.ScoresOf(recording, number))
    |]
    CollectionSample(stretches, model.Classes, StretchLabels.Read folder, sample), embedded.Skipped.Count

let private requireReviewed folder seconds (collection: CollectionSample) =
    if collection.Drawn = 0 then
        raise (
            BadArguments [
                $"--stretch: if the recordings in {folder} are divided into stretches of {seconds} s, none of them is a stretch that was drawn at random; give the length that was given to 'seddsl next'"
            ]
        )
    if collection.Reviewed = 0 then
        raise (
            BadArguments [
                $"{folder}: none of the {collection.Drawn} stretches that were drawn at random is reviewed; review the stretches of the queue with 'seddsl review'"
            ]
        )

let private work (arguments: ParseResults<EstimateArguments>) =
    let file, folder = arguments.GetResult Sources
    let folder = Path.TrimEndingDirectorySeparator folder
    let runs = arguments.GetResult(EstimateArguments.Run, "runs")
    let review = arguments.GetResult(Queues, Path.Combine(folder, FolderPath.review))
    match problems arguments folder runs with
    | [] -> ()
    | found -> raise (BadArguments found)
    let out = arguments.TryGetResult Out |> Option.map (OutputPath.file "--out")
    OutputPath.protect [
        for path in Option.toList out do
            "--out", path
    ] [ "the model", file ]
    let stop = Interruption.token ()
    let saved = ModelFile.Read file
    let history = historyOf folder review file
    let first, isUnseen = firstRound arguments history file
    if out.IsSome && not isUnseen then
        raise (
            BadArguments [
                $"--out: {file} is newer than the queues in {review}, so it may have been trained on the labels of the random stretches, and the calibration would be wrong; write a queue with this model ('seddsl next') and review its random stretches, or use --unseen to name the first round whose labels the model was not trained on"
            ]
        )
    use model = SedModel.Of(saved, device = arguments.GetResult(Device, "auto"))
    let seconds = arguments.GetResult(EstimateArguments.Stretch, saved.ClipSeconds)
    let precision = arguments.GetResult(Precision, 0.9)
    let collection, skipped =
        collectionOf model file folder seconds runs (RandomSample(history, first)) stop
    requireReviewed folder seconds collection
    let results = {
        Model = file
        Folder = folder
        StretchSeconds = seconds
        Precision = precision
        Collection = collection
        FirstRound = first
        Rounds = history.Rounds.Count
        IsUnseen = isUnseen
        Classes = [
            for index in 0 .. saved.Classes.Count - 1 do
                EstimateResults.ofClass saved collection isUnseen precision index
        ]
    }
    if arguments.Contains Json then
        Json.write results
    else
        Tables.write results
    for path in Option.toList out do
        ModelFile.Write(path, EstimateResults.calibratedModel saved results)
        if not (arguments.Contains Json) then
            printfn $"written: {path}, with the calibration and the thresholds of the last table"
    if skipped = 0 then ExitCode.Done else ExitCode.Partial

/// seddsl estimate: prevalence, precision, recall and calibration from a random sample of reviewed stretches.
let command = {
    Name = "estimate"
    Summary = "estimates prevalence, precision and recall from reviewed random stretches, and calibrates a model"
    Examples = [
        "seddsl estimate detector.sed recordings"
        "seddsl estimate detector.sed recordings --precision 0.95 --out calibrated.sed"
    ]
    NeedsTorch = true
    Run = Command.runToCode<EstimateArguments> work
}
