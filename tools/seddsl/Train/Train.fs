module Sed.Tool.Train.Train

open System
open System.IO
open System.Reflection
open System.Text
open System.Text.RegularExpressions
open Argu
open Sed
open Sed.Core.Corpora
open Sed.Core.Features.Encoders
open Sed.Core.Runtime
open Sed.Runner
open Sed.Tool

/// The options of the command line, checked.
type private Settings = {
    Folder: string
    Encoder: EncoderChoice option
    Out: string
    Script: string option
    Runs: string
    Classes: string list option
    GroupBy: string option
    Epochs: int option
    Seeds: int
    IsWorker: bool
}

let private firstLineOfScript = "// Trains the same detector as: "

/// Whether a path lies in a folder.
let private isWithin (folder: string) (path: string) =
    let full (path: string) =
        Path.TrimEndingDirectorySeparator(FileIdentity.FullTarget path)
        + string Path.DirectorySeparatorChar
    (full path).StartsWith(full folder, StringComparison.Ordinal)

let private outputProblems (settings: Settings) (inputs: (string * string) list) = [
    for option, path in
        [
            "--out", settings.Out
            "--run", settings.Runs
            yield! settings.Script |> Option.map (fun file -> "--script", file) |> Option.toList
        ] do
        if isWithin settings.Folder path then
            $"{option} {path}: this is in the folder with the recordings; name a path outside of it"
    for problem in Session.modelFileProblems "--out" settings.Out do
        string problem
    match settings.Script with
    | Some file when
        File.Exists file
        && FileInfo(file).Length > 0
        && not ((Seq.head (File.ReadLines file)).StartsWith(firstLineOfScript, StringComparison.Ordinal))
        ->
        $"--script {file}: the file exists and was not written by this command; choose another name"
    | _ -> ()
    let named = [
        "--out", settings.Out
        yield! settings.Script |> Option.map (fun file -> "--script", file) |> Option.toList
    ]
    let pairs list =
        seq { for name, path in list -> struct (name, path) }
    for problem in FileIdentity.Overwritten(pairs named, pairs inputs) do
        string problem
]

let private settingsOf (arguments: ParseResults<TrainArguments>) =
    let folder =
        arguments.GetResult TrainArguments.Folder |> Path.TrimEndingDirectorySeparator
    let encoder = arguments.TryGetResult TrainArguments.Encoder
    let positive name (value: int option) = [
        match value with
        | Some value when value < 1 -> $"{name}: must be at least 1, was {value}"
        | _ -> ()
    ]
    let settings = {
        Folder = folder
        Encoder =
            encoder
            |> Option.map (fun file -> {
                File = file
                Output = arguments.TryGetResult TrainArguments.Encoder_Output
                Rate = arguments.TryGetResult TrainArguments.Encoder_Rate
                Window = arguments.TryGetResult TrainArguments.Encoder_Window
            })
        Out =
            arguments.GetResult(TrainArguments.Out, "detector.sed")
            |> OutputPath.file "--out"
        Script =
            arguments.TryGetResult TrainArguments.Script
            |> Option.map (OutputPath.file "--script")
        Runs = arguments.GetResult(TrainArguments.Run, "runs") |> OutputPath.folder "--run"
        Classes =
            arguments.TryGetResult TrainArguments.Classes
            |> Option.map (fun names -> [ for name in names.Split ',' -> name.Trim() ])
        GroupBy = arguments.TryGetResult TrainArguments.Group_By
        Epochs = arguments.TryGetResult TrainArguments.Epochs
        Seeds = arguments.GetResult(TrainArguments.Seeds, 3)
        IsWorker = arguments.Contains TrainArguments.Worker
    }
    let problems = [
        if not (Directory.Exists folder) then
            $"{folder}: there is no such folder"
        match encoder with
        | Some file when not (File.Exists file) -> $"--encoder {file}: there is no such file"
        | Some _ -> ()
        | None ->
            for name, isGiven in
                [
                    "--encoder-output", arguments.Contains TrainArguments.Encoder_Output
                    "--encoder-rate", arguments.Contains TrainArguments.Encoder_Rate
                    "--encoder-window", arguments.Contains TrainArguments.Encoder_Window
                ] do
                if isGiven then
                    $"{name} needs --encoder"
        match settings.GroupBy with
        | None
        | Some "none" -> ()
        | Some text when text.Length < 4 && text <> "" && Seq.forall Char.IsAsciiDigit text -> ()
        | Some text -> $"--group-by {text}: give the number of a field of the file names, from 0, or none"
        match settings.Classes with
        | Some names when List.exists String.IsNullOrWhiteSpace names || List.distinct names <> names ->
            "--classes: give each class once, for example --classes frog,toad"
        | _ -> ()
        yield! positive "--epochs" settings.Epochs
        yield! positive "--seeds" (Some settings.Seeds)
        yield! positive "--jobs" (arguments.TryGetResult TrainArguments.Jobs)
        yield!
            outputProblems settings [
                for file in Option.toList encoder do
                    "the encoder", file
            ]
    ]
    if not problems.IsEmpty then
        raise (BadArguments problems)
    settings

/// A problem of an encoder in the terms of this command's options.
let private inOptions (problem: Problem) =
    let replaced =
        [
            "`output \"([^\"]*)\"`", "`--encoder-output $1`"
            "`rate ([0-9]+)[.0]*<Hz>`", "`--encoder-rate $1`"
            "`window ([0-9.]+)<s>`", "`--encoder-window $1`"
        ]
        |> List.fold (fun (text: string) (pattern, by) -> Regex.Replace(text, pattern, by)) (string problem)
    $"--encoder: {replaced}"

/// The encoder as a feature source; raises all its problems.
let private checkedEncoder (choice: EncoderChoice) =
    let source = (Design.encoderFeatures choice).Source
    match List.ofSeq (source.Problems()) with
    | [] -> source
    | problems -> raise (BadArguments(List.map inOptions problems))

/// A name for the experiment from that of the model file.
let private nameOf (out: string) =
    let stem = string (Path.GetFileNameWithoutExtension out)
    let name = Regex.Replace(stem, "[^A-Za-z0-9_.-]", "-").Trim('.', ' ')
    if name = "" then "detector" else name

let private groupOf (settings: Settings) (clips: Clip list) =
    match settings.GroupBy with
    | Some "none" -> None
    | Some text ->
        match Groups.field (int text) clips with
        | Some field -> Some field
        | None ->
            raise (
                BadArguments [
                    $"--group-by {text}: the file names have no field {text} with different values (fields are separated by _, -, . or a space)"
                ]
            )
    | None -> Groups.find clips

/// The length of clips: that of the longest recording if some recordings have tags only and training uses both kinds.
let private clipFor kind (manifest: Manifest) (clips: Clip list) =
    let longestWeak =
        clips
        |> List.filter (fun clip -> isNull clip.StrongEvents)
        |> List.map _.DurationSeconds
        |> List.fold max 0.0
    if
        kind = BothLabels
        && manifest.HopSeconds.HasValue
        && longestWeak > manifest.ClipSeconds
    then
        Some(ceil (longestWeak * 10.0) / 10.0)
    else
        None

// Longer inputs need too much memory.
let private longestClip = 60.0

let private designOf (settings: Settings) (recordings: Recordings) : Design =
    let training = Recordings.ofSplit Split.Training recordings
    let validation = Recordings.ofSplit Split.Validation recordings
    let kind, clip =
        let kind = Recordings.kindOf training
        match clipFor kind recordings.Manifest training with
        | Some seconds when seconds > longestClip -> WeakLabels, None
        | clip -> kind, clip
    let group = groupOf settings training
    let protocol =
        match Recordings.testSplit recordings with
        | Some test -> TestSplit(test, not validation.IsEmpty)
        | None when not validation.IsEmpty -> ValidationSplit
        | None ->
            let groups =
                match group with
                | Some field -> training |> List.distinctBy (fun clip -> field.Of clip.Name) |> List.length
                | None -> Recordings.groups training
            CrossValidation(min 5 groups)
    let selection = if validation.IsEmpty then training else validation
    let scored =
        match protocol with
        | TestSplit(test, _) -> Recordings.ofSplit test recordings
        | CrossValidation _
        | ValidationSplit -> selection
    let strong =
        training
        |> List.filter (fun clip -> not (isNull clip.StrongEvents))
        |> List.length
    let windows =
        training
        |> List.sumBy (fun clip -> max 1 (int (ceil (clip.DurationSeconds / recordings.Manifest.ClipSeconds))))
    {
        Name = nameOf settings.Out
        Folder = settings.Folder
        Group = group
        Classes = settings.Classes
        Clip = clip
        Encoder = settings.Encoder
        Labels = kind
        StrongShare = Math.Round(min 0.75 (max 0.25 (float strong / float training.Length)), 2)
        SelectsByEvents = Recordings.kindOf selection = StrongLabels
        ScoresEvents = Recordings.kindOf scored = StrongLabels
        Protocol = protocol
        Epochs =
            settings.Epochs
            |> Option.defaultWith (fun () -> Design.epochs settings.Encoder.IsSome windows)
        Seeds = settings.Seeds
    }

let private read (settings: Settings) group clip =
    use progress = new Progress()
    Recordings.read
        settings.Folder
        (Design.corpusOptions group settings.Classes clip)
        (Path.Combine(settings.Runs, "checks"))
        (progress.Counter "decoding")
        (Interruption.token ())

/// The command line of a call.
let private commandLine (words: string list) =
    Caller.commandLine ("seddsl" :: "train" :: words)

/// The words of the call without hidden options.
let private given (arguments: ParseResults<TrainArguments>) = [
    arguments.GetResult TrainArguments.Folder
    for name, value in
        [
            "--encoder", arguments.TryGetResult TrainArguments.Encoder
            "--encoder-output", arguments.TryGetResult TrainArguments.Encoder_Output
            "--encoder-rate", arguments.TryGetResult TrainArguments.Encoder_Rate |> Option.map string
            "--encoder-window", arguments.TryGetResult TrainArguments.Encoder_Window |> Option.map string
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
]

/// The arguments of this program before the words of the call; None in another program, such as a test.
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

/// The arguments of the run.
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
    let settings = settingsOf arguments
    let encoderRate =
        settings.Encoder
        |> Option.map (fun choice -> (checkedEncoder choice).SampleRate)
    let first = read settings None None
    match Missing.obstacles settings.Folder first with
    | [] -> ()
    | problems -> raise (BadArguments(List.map string problems))
    let design = designOf settings first
    let recordings =
        if design.Group.IsSome || design.Clip.IsSome then
            read settings design.Group design.Clip
        else
            first
    match Missing.obstacles settings.Folder recordings with
    | [] -> ()
    | problems -> raise (BadArguments(List.map string problems))
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
        printfn ""
        printfn $"Detector: {settings.Out}. Detect events in new recordings with: seddsl predict {settings.Out} FILES"
    code

/// seddsl train: trains a detector from annotated recordings.
let command = {
    Name = "train"
    Summary = "trains a detector from annotated recordings"
    NeedsTorch = true
    Run = Command.runToCode<TrainArguments> "train" work
}
