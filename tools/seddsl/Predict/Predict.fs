module Sed.Tool.Predict.Predict

open System
open System.Collections.Generic
open System.IO
open System.Threading
open Argu
open Sed.Core.Annotations
open Sed.Core.Annotations.Formats
open Sed.Core.Detection
open Sed.Core.Detection.Steps
open Sed.Core.Models
open Sed.Core.Runtime
open Sed.Tool

type private PredictArguments =
    | [<MainCommand; Mandatory>] Model_And_Recordings of path: string list
    | [<Unique>] Out of file: string
    | [<Unique>] Format of name: string
    | [<Unique; CustomCommandLine "--tags">] TagsOnly
    | [<Unique>] Json
    | [<Unique>] Scores of folder: string
    | [<Unique>] Without_Prefix of text: string
    | [<Unique>] Threshold of probability: float
    | [<Unique>] Median of seconds: float
    | [<Unique>] Device of name: string
    | [<Unique>] Stream
    | [<Unique>] Rate of hertz: int

    interface IArgParserTemplate with
        member argument.Usage =
            match argument with
            | Model_And_Recordings _ ->
                "the model file (.sed), then recordings or folders of recordings, of any length, format and sample rate."
            | Out _ -> "write to this file instead of standard output, or one file for each recording to this folder."
            | Format _ ->
                let names = EventListFile.Formats |> Seq.map _.Name |> String.concat ", "
                $"format of the events: {names} (default: {EventListFile.Formats[0].Name}). Formats that do not store the name of the recording need a folder as --out if there are several recordings."
            | TagsOnly ->
                "write the tags of each recording instead of events; columns: filename, start and end of the recording, event_label."
            | Json ->
                "write JSON with events, tags and tag probabilities; with --stream, one JSON object for each event, each on its own line."
            | Scores _ ->
                "also write frame probabilities to this folder, one list per recording, in the format of sed_scores_eval."
            | Without_Prefix _ ->
                "remove this prefix from file names: Y for the audio of DCASE 2017, whose label files omit it."
            | Threshold _ -> "decision threshold, between 0 and 1 (default: from the model file)."
            | Median _ -> "length of the median filter in seconds, 0 for none (default: from the model file)."
            | Device _ -> "device: auto (default), cpu, cuda or cuda:N."
            | Stream ->
                "read raw 16-bit little-endian mono PCM from standard input; print each event after it has ended."
            | Rate _ -> "sample rate of standard input in Hz (default: 44100)."

/// The model's detection options with the threshold and median filter of the command line, if given.
let private detection (arguments: ParseResults<PredictArguments>) (model: DetectionOptions) =
    let threshold (ofModel: float) = arguments.GetResult(Threshold, ofModel)
    let steps (ofModel: DecodingStep seq) =
        match arguments.TryGetResult Median with
        | None -> Array.ofSeq ofModel
        | Some seconds -> [|
            if seconds <> 0.0 then
                DecodingStep.MedianFilter seconds
            for step in ofModel do
                if not (step :? DecodingStep.MedianFilter) then
                    step
          |]
    let options =
        DetectionOptions(
            Threshold = threshold model.Threshold,
            Steps = steps model.Steps,
            Tags = model.Tags,
            Gate = model.Gate,
            Calibration = model.Calibration,
            PerClass =
                readOnlyDict [
                    for entry in model.PerClass ->
                        entry.Key,
                        ClassDetection(
                            Threshold = threshold entry.Value.Threshold,
                            Steps = steps entry.Value.Steps,
                            Gate = entry.Value.Gate,
                            // --threshold applies to events and tags of all classes.
                            TagThreshold =
                                (if arguments.Contains Threshold then
                                     Nullable()
                                 else
                                     entry.Value.TagThreshold)
                        )
                ]
        )
    match List.ofSeq (options.Problems()) with
    | [] -> options
    | problems -> raise (BadArguments(problems |> List.map string))

let private problems (arguments: ParseResults<PredictArguments>) recordings = [
    if arguments.Contains Stream then
        if not (List.isEmpty recordings) then
            "--stream reads standard input; name only the model"
        if StandardStreams.IsInputClosed then
            "--stream: standard input is closed; supply the samples by a pipe or from a file, for example with < samples.raw"
        for isGiven, option in
            [
                arguments.Contains Format, "--format"
                arguments.Contains TagsOnly, "--tags"
                arguments.Contains Scores, "--scores"
                arguments.Contains Without_Prefix, "--without-prefix"
                arguments.Contains Out, "--out"
            ] do
            if isGiven then
                $"--stream and {option} cannot both be given"
    else
        if List.isEmpty recordings then
            "no recordings; name recordings or folders of recordings after the model"
        if arguments.Contains Rate then
            "--rate needs --stream"
    if arguments.Contains TagsOnly && arguments.Contains Json then
        "--json and --tags cannot both be given; JSON contains the tags"
    if arguments.Contains Format then
        for isGiven, option in [ arguments.Contains TagsOnly, "--tags"; arguments.Contains Json, "--json" ] do
            if isGiven then
                $"--format and {option} cannot both be given; --format applies to lists of events"
    match arguments.TryGetResult Format with
    | Some name when isNull (EventListFile.FormatNamed name) ->
        let names = EventListFile.Formats |> Seq.map _.Name |> String.concat ", "
        $"--format: unknown format '{name}'; use {names}"
    | _ -> ()
    match arguments.TryGetResult Threshold with
    | Some probability ->
        for problem in DetectionOptions(Threshold = probability).Problems() do
            $"--threshold: {problem}"
    | None -> ()
    match arguments.TryGetResult Median with
    | Some seconds ->
        for problem in DecodingStep.MedianFilter(seconds).Problems() do
            $"--median: {problem}"
    | None -> ()
    match arguments.TryGetResult Rate with
    | Some rate when rate < 1000 || rate > 768000 -> $"--rate must be between 1000 and 768000 Hz, was {rate}"
    | _ -> ()
]

let private format (arguments: ParseResults<PredictArguments>) =
    arguments.TryGetResult Format
    |> Option.bind (EventListFile.FormatNamed >> Option.ofObj)
    |> Option.defaultValue EventListFile.Formats[0]

/// Writes the detections of all recordings; lists unreadable recordings on standard error.
let private detectAll
    (arguments: ParseResults<PredictArguments>)
    (model: SedModel)
    (all: Recordings.Recording list)
    (files: IReadOnlyDictionary<string, string> option)
    (text: TextWriter)
    stop
    =
    // Names in lists of tags and in score files are checked here. Annotation formats check names themselves.
    let isList = arguments.Contains TagsOnly || arguments.Contains Scores
    if isList then
        ListNames.Require(model.Saved.Name, model.Classes)
    let recordings, unnameable =
        all
        |> List.partition (fun recording -> not isList || isNull (ListNames.ProblemOf recording.Name))
    let names = dict [ for recording in recordings -> recording.Path, recording.Name ]
    let output =
        if arguments.Contains Json then
            Output.json text model
        elif arguments.Contains TagsOnly then
            Output.tags text
        else
            match files with
            | Some paths -> AnnotationFolder.write (format arguments) paths
            | None -> Output.events (format arguments) text
    use progress = new Progress()
    use scores =
        new ScoreFolder(
            arguments.TryGetResult Scores,
            model,
            [ for recording in recordings -> recording.Path, recording.Name ]
        )
    let frames =
        FrameProbabilityHandler(fun path first probabilities ->
            scores.Frames(path, first, probabilities)
            if first > 0L then
                let time = TimeSpan.FromSeconds(float first * model.HopSeconds)
                progress.Show(fun () -> $"""{names[path]}: {time.ToString @"h\:mm\:ss"} processed"""))
    let mutable finished = 0
    let skipped = ResizeArray<string>()
    let findings = ResizeArray<string>()
    try
        for recording in unnameable do
            let problem = $"{recording.Path}: {ListNames.ProblemOf recording.Name}"
            skipped.Add problem
            output.Skip(recording.Name, problem)
        for result in model.PredictAll([ for recording in recordings -> recording.Path ], frames, stop) do
            let name = names[result.Path]
            for finding in result.Findings do
                findings.Add $"{result.Path}: {finding}"
            match result.Prediction with
            | null ->
                let problem = string result.Problem
                skipped.Add problem
                output.Skip(name, problem)
            | prediction ->
                scores.Finish()
                try
                    output.Write(name, prediction)
                with :? AnnotationException as problem ->
                    // The run continues after a name that the format cannot store.
                    skipped.Add problem.Message
                    output.Skip(name, problem.Message)
            finished <- finished + 1
            progress.Count "recordings" finished recordings.Length
    finally
        // Completes the output after an interruption, too: the JSON document is closed.
        output.Finish()
    (progress :> IDisposable).Dispose()
    for finding in findings do
        eprintfn $"note: {OneLine.Of finding}"
    for problem in skipped do
        eprintfn $"skipped: {OneLine.Of problem}"
    if skipped.Count = 0 then
        ExitCode.Done
    else
        eprintfn $"{skipped.Count} of {all.Length} recordings could not be read, processed or written."
        ExitCode.Partial

let private work (arguments: ParseResults<PredictArguments>) =
    let file, paths =
        match arguments.GetResult Model_And_Recordings with
        | file :: paths -> file, paths
        | [] -> "", []
    match problems arguments paths with
    | [] -> ()
    | found -> raise (BadArguments found)
    let recordings = Recordings.find (arguments.GetResult(Without_Prefix, "")) paths
    let scores =
        arguments.TryGetResult Scores |> Option.map (OutputPath.folder "--scores")
    let isEvents =
        not (
            arguments.Contains Json
            || arguments.Contains TagsOnly
            || arguments.Contains Stream
        )
    let files =
        if isEvents then
            AnnotationFolder.files "--out" (format arguments) (arguments.TryGetResult Out) recordings
        else
            None
    OutputPath.protect [
        match files with
        | Some paths ->
            for path in paths.Values do
                "--out", path
        | None ->
            for out in Option.toList (arguments.TryGetResult Out) do
                "--out", OutputPath.file "--out" out
        for folder in Option.toList scores do
            "--scores", folder
            for recording in recordings do
                let list = ScoreFolder.ListPath(folder, recording.Name)
                if File.Exists list then
                    "--scores", list
    ] [
        "the model", file
        for recording in recordings do
            "a recording", recording.Path
    ]
    let stop = Interruption.token ()
    let saved = ModelFile.Read file
    use model =
        SedModel.Of(saved, detection arguments saved.Detection, arguments.GetResult(Device, "auto"))
    if model.IsNoBetterThanConstant then
        eprintfn
            $"warning: {OneLine.Of file}: in its training run, this model was no better than a constant prediction, so its detections are of no use"
    try
        if arguments.Contains Stream then
            let rate = arguments.GetResult(Rate, 44100)
            use input = Console.OpenStandardInput()
            Live.detect model rate (arguments.Contains Json) input Console.Out stop
            ExitCode.Done
        else
            match arguments.TryGetResult Out with
            | None -> detectAll arguments model recordings None Console.Out stop
            | Some _ when files.IsSome -> detectAll arguments model recordings files TextWriter.Null stop
            | Some out ->
                let mutable code = ExitCode.Done
                AtomicFile.Write(
                    out,
                    Action<Stream>(fun stream ->
                        use text = new StreamWriter(stream, leaveOpen = true)
                        text.NewLine <- "\n"
                        code <- detectAll arguments model recordings None text stop)
                )
                code
    with :? OperationCanceledException ->
        eprintfn "Interrupted; the remaining recordings were not processed."
        Interruption.code ()

/// seddsl predict: detects events in recordings with a trained model.
let command = {
    Name = "predict"
    Summary = "detects sound events in recordings or live audio with a trained model"
    Examples = [
        "seddsl predict detector.sed recordings --out detections.tsv"
        "seddsl predict detector.sed recordings/street.wav --format audacity --out street.txt"
    ]
    NeedsTorch = true
    Run = Command.runToCode<PredictArguments> work
}
