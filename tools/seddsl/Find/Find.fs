module Sed.Tool.Find.Find

open System
open System.IO
open Argu
open Sed.Core.Annotations
open Sed.Core.Annotations.Formats
open Sed.Core.Labelling.Embeddings
open Sed.Core.Models
open Sed.Core.Runtime
open Sed.Tool
open Sed.Tool.Predict
open Sed.Tool.Train

let private usualCount = 20
let private usualSeconds = 5.0

let private problems (arguments: ParseResults<FindArguments>) clip folder = [
    yield! FolderPath.fileProblem clip
    yield! FolderPath.folderProblem folder
    match arguments.Contains FindArguments.Model, arguments.TryGetResult FindArguments.Encoder with
    | true, Some _ -> "--model and --encoder cannot both be given"
    | false, None ->
        "name the vectors to compare: --model FILE.sed for those of a model, or --encoder FILE.onnx for those of an encoder"
    | false, Some file ->
        for problem in FolderPath.fileProblem file do
            $"--encoder {problem}"
    | true, None -> ()
    if not (arguments.Contains FindArguments.Encoder) then
        for name, isGiven in
            [
                "--encoder-output", arguments.Contains FindArguments.Encoder_Output
                "--encoder-rate", arguments.Contains FindArguments.Encoder_Rate
                "--encoder-window", arguments.Contains FindArguments.Encoder_Window
                "--encoder-hop", arguments.Contains FindArguments.Encoder_Hop
            ] do
            if isGiven then
                $"{name} needs --encoder"
    let onset = arguments.GetResult(FindArguments.Onset, 0.0)
    if not (onset >= 0.0 && onset <= SoundEvent.LatestSeconds) then
        $"--onset must be between 0 and {SoundEvent.LatestSeconds:N0} s, was {onset}"
    match arguments.TryGetResult FindArguments.Offset with
    | Some offset when not (offset > onset && offset <= SoundEvent.LatestSeconds) ->
        $"--offset must be after the onset of {onset} s and at most {SoundEvent.LatestSeconds:N0} s, was {offset}"
    | _ -> ()
    match arguments.TryGetResult FindArguments.Count with
    | Some count when count < 1 -> $"--count must be at least 1, was {count}"
    | _ -> ()
    match Sed.Core.Labelling.Stretch.LengthProblem(arguments.GetResult(FindArguments.Stretch, usualSeconds)) with
    | null -> ()
    | problem -> $"--stretch: {problem}"
    match arguments.TryGetResult FindArguments.Format with
    | Some name when isNull (EventListFile.FormatNamed name) ->
        let names = EventListFile.Formats |> Seq.map _.Name |> String.concat ", "
        $"--format: unknown format '{name}'; use {names}"
    | None when arguments.Contains FindArguments.Label -> "--label needs --format"
    | _ -> ()
    match arguments.TryGetResult FindArguments.Label with
    | Some "" -> "--label: the label is empty"
    | Some label when not (isNull (ListNames.ProblemOf label)) -> $"--label: {ListNames.ProblemOf label}"
    | _ -> ()
    let runs = arguments.GetResult(FindArguments.Run, "runs")
    if FolderPath.isWithin folder (OutputPath.folder "--run" runs) then
        $"--run {runs}: this is in the folder with the recordings; name a path outside of it"
]

/// The source of the vectors to compare, and the model if --model is given.
let private sourceOf (arguments: ParseResults<FindArguments>) =
    match arguments.TryGetResult FindArguments.Model with
    | Some file ->
        let model =
            SedModel.Load(file, null, arguments.GetResult(FindArguments.Device, "auto"))
        EmbeddingSource.OfModel(model, file), Some model
    | None ->
        let encoder =
            Settings.checkedEncoder {
                File = arguments.GetResult FindArguments.Encoder
                Output = arguments.TryGetResult FindArguments.Encoder_Output
                Rate = arguments.TryGetResult FindArguments.Encoder_Rate
                Window = arguments.TryGetResult FindArguments.Encoder_Window
                Hop = arguments.TryGetResult FindArguments.Encoder_Hop
            }
        EmbeddingSource.OfEncoder encoder, None

/// Writes the hits in the requested form.
let private write (arguments: ParseResults<FindArguments>) (folder: EmbeddedFolder) (hits: SimilarStretch seq) =
    let toText (write: TextWriter -> unit) =
        match arguments.TryGetResult FindArguments.Out with
        | None -> write Console.Out
        | Some out ->
            AtomicFile.Write(
                OutputPath.file "--out" out,
                Action<Stream>(fun stream ->
                    use text = new StreamWriter(stream, leaveOpen = true)
                    text.NewLine <- "\n"
                    write text)
            )
    match
        arguments.TryGetResult FindArguments.Format
        |> Option.bind (EventListFile.FormatNamed >> Option.ofObj)
    with
    | None -> toText (Hits.list hits)
    | Some format ->
        let label = arguments.GetResult(FindArguments.Label, "similar")
        match
            AnnotationFolder.files
                "--out"
                format
                (arguments.TryGetResult FindArguments.Out)
                (Hits.recordings folder hits)
        with
        | Some paths -> Hits.events folder hits label (AnnotationFolder.write format paths)
        | None -> toText (fun text -> Hits.events folder hits label (Output.events format text))

let private work (arguments: ParseResults<FindArguments>) =
    let clip, folder = arguments.GetResult FindArguments.Sources
    match problems arguments clip folder with
    | [] -> ()
    | found -> raise (BadArguments found)
    let recordings, unnameable =
        Recordings.find "" [ folder ]
        |> List.partition (fun recording -> isNull (ListNames.ProblemOf recording.Name))
    OutputPath.protect [
        for out in Option.toList (arguments.TryGetResult FindArguments.Out) do
            "--out", out
    ] [
        "the example", clip
        for file in Option.toList (arguments.TryGetResult FindArguments.Model) do
            "the model", file
        for file in Option.toList (arguments.TryGetResult FindArguments.Encoder) do
            "the encoder", file
        for recording in recordings do
            "a recording", recording.Path
    ]
    let stop = Interruption.token ()
    let source, model = sourceOf arguments
    use _ = {
        new IDisposable with
            member _.Dispose() = model |> Option.iter _.Dispose()
    }
    let runs = arguments.GetResult(FindArguments.Run, "runs")
    let seconds = arguments.GetResult(FindArguments.Stretch, usualSeconds)
    use embedded =
        EmbeddedRecordings.openIn runs source seconds false recordings folder stop
    let result =
        embedded.Find(
            clip,
            arguments.GetResult(FindArguments.Onset, 0.0),
            Option.toNullable (arguments.TryGetResult FindArguments.Offset),
            arguments.GetResult(FindArguments.Count, usualCount),
            stop
        )
    write arguments embedded result.Hits
    if result.Own > 0 then
        eprintfn
            $"""note: {result.Own} {if result.Own = 1 then
                                        "stretch is left out, because it overlaps"
                                    else
                                        "stretches are left out, because they overlap"} the example itself."""
    if result.Copies > 0 then
        eprintfn $"note: {result.Copies} recordings have the same content as another one and are not listed."
    let skipped = [
        for recording in unnameable do
            $"{recording.Path}: {ListNames.ProblemOf recording.Name}"
        yield! embedded.Skipped
    ]
    for problem in skipped do
        eprintfn $"skipped: {OneLine.Of problem}"
    if skipped.IsEmpty then
        ExitCode.Done
    else
        eprintfn
            $"{skipped.Length} of {recordings.Length + unnameable.Length} recordings could not be read or processed."
        ExitCode.Partial

/// seddsl find: searches recordings by example.
let command = {
    Name = "find"
    Summary = "finds the stretches of recordings that are most similar to an example"
    Examples = [
        "seddsl find recordings/street.wav recordings --onset 0.2 --offset 0.6 --model detector.sed"
        "seddsl find recordings/street.wav recordings --model detector.sed --format audacity --out similar/"
    ]
    NeedsTorch = true
    Run = Command.runToCode<FindArguments> work
}
