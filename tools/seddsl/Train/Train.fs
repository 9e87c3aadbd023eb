module Sed.Tool.Train.Train

open System
open System.IO
open System.Reflection
open System.Text
open Argu
open Sed.Core.Models
open Sed.Core.Runtime
open Sed.Runner
open Sed.Tool

let private read (settings: Settings) group clip =
    use progress = new Progress()
    Recordings.read
        settings.Folder
        (Design.corpusOptions group settings.Classes clip)
        (Path.Combine(settings.Runs, "checks"))
        (progress.Counter "decoding")
        (Interruption.token ())

/// The command line of `seddsl train` with the given words.
let private commandLine (words: string list) =
    Caller.commandLine ("seddsl" :: "train" :: words)

/// The words of the command line that determine the detector and the path of its file. Left out: --script, --jobs,
/// --device, --no-audio and the hidden options.
let private given (arguments: ParseResults<TrainArguments>) = [
    arguments.GetResult TrainArguments.Folder
    for name, value in
        [
            "--encoder", arguments.TryGetResult TrainArguments.Encoder
            "--encoder-output", arguments.TryGetResult TrainArguments.Encoder_Output
            "--encoder-rate", arguments.TryGetResult TrainArguments.Encoder_Rate |> Option.map string
            "--encoder-window", arguments.TryGetResult TrainArguments.Encoder_Window |> Option.map string
            "--encoder-hop", arguments.TryGetResult TrainArguments.Encoder_Hop |> Option.map string
            "--from", arguments.TryGetResult TrainArguments.From
            "--out", arguments.TryGetResult TrainArguments.Out
            "--run", arguments.TryGetResult TrainArguments.Run
            "--classes", arguments.TryGetResult TrainArguments.Classes
            "--group-by", arguments.TryGetResult TrainArguments.Group_By
            "--epochs", arguments.TryGetResult TrainArguments.Epochs |> Option.map string
            "--seeds", arguments.TryGetResult TrainArguments.Seeds |> Option.map string
        ] do
        match value with
        | Some value ->
            name
            value
        | None -> ()
    for label in arguments.GetResults TrainArguments.Class do
        "--class"
        label
]

/// The first arguments of the worker processes that this program starts; the words of the command line follow them.
/// None if the program is not seddsl but, for example, a test.
let private program () =
    match Option.ofObj (Assembly.GetEntryAssembly()) with
    | Some assembly when assembly.GetName().Name = "seddsl" ->
        match Environment.ProcessPath with
        | null -> None
        | path when Path.GetFileNameWithoutExtension path = "dotnet" -> Some [ assembly.Location; "train" ]
        | _ -> Some [ "train" ]
    | _ -> None

let private callerOf (settings: Settings) (words: string list) : Caller = {
    Name = "seddsl train"
    Source = settings.Folder
    Command = commandLine words
    Again = "Run the same command again"
    Worker = program () |> Option.map (fun before _ -> before @ words)
}

/// The arguments with which the session runs the experiment.
let private sessionArguments (settings: Settings) (arguments: ParseResults<TrainArguments>) = [
    "--out"
    settings.Runs
    for name, value in
        [
            "--jobs", arguments.TryGetResult TrainArguments.Jobs |> Option.map string
            "--device", arguments.TryGetResult TrainArguments.Device
            "--worker", arguments.TryGetResult TrainArguments.Worker |> Option.map string
            "--plan-key", arguments.TryGetResult TrainArguments.Plan_Key
        ] do
        match value with
        | Some value ->
            name
            value
        | None -> ()
    if not settings.IsWorker then
        "--report"
        "--export-model"
        settings.Out
    if arguments.Contains TrainArguments.No_Audio then
        "--no-audio"
]

let private work (arguments: ParseResults<TrainArguments>) =
    let settings = Settings.read arguments
    let encoderRate =
        settings.Encoder
        |> Option.map (fun choice -> (Settings.checkedEncoder choice).SampleRate)
    let first = read settings (DesignChoice.columnOf settings) None
    match Missing.obstacles settings.Folder first with
    | [] -> ()
    | problems -> raise (BadArguments(List.map string problems))
    let design = DesignChoice.designOf settings first
    let recordings =
        if design.Group.IsSome || design.Clip.IsSome then
            read settings design.Group design.Clip
        else
            first
    match Missing.obstacles settings.Folder recordings with
    | [] -> ()
    | problems -> raise (BadArguments(List.map string problems))
    Start.check design recordings
    let words = given arguments
    if not settings.IsWorker then
        let script = Script.text (commandLine words) settings.Runs settings.Out design
        Summary.print design (Missing.findings design encoderRate recordings) recordings
        printfn "The equivalent script:"
        printfn ""
        printfn $"{script}"
        match settings.Script with
        | Some file -> AtomicFile.Write(file, fun stream -> stream.Write(Encoding.UTF8.GetBytes script))
        | None -> ()
    let code =
        Session.runFor (callerOf settings words) settings.Runs (sessionArguments settings arguments) [
            Design.experiment design
        ]
    if code = ExitCode.Done && not settings.IsWorker then
        let model = ModelFile.Read settings.Out
        if model.Rounds.Count > 1 then
            Session.printRounds model.Rounds
        printfn ""
        if model.IsNoBetterThanConstant then
            printfn
                $"Detector: {settings.Out}. It is no better than a constant prediction, so its detections are of no use. More recordings, a pretrained encoder or more epochs can help."
        else
            printfn
                $"Detector: {settings.Out}. Detect events in new recordings with: seddsl predict {settings.Out} FILES"
    code

/// seddsl train: trains a detector from annotated recordings.
let command = {
    Name = "train"
    Summary = "trains a detector from annotated recordings"
    Examples = [
        "seddsl train recordings"
        "seddsl train recordings --encoder encoder.onnx --out detector.sed"
    ]
    NeedsTorch = true
    Run = Command.runToCode<TrainArguments> work
}
