namespace Sed.Tool.Train

open System
open System.IO
open System.Text.RegularExpressions
open Argu
open Sed
open Sed.Core.Runtime
open Sed.Runner
open Sed.Tool

/// The options of the command line, checked.
type Settings = {
    Folder: string
    Encoder: EncoderChoice option
    /// The model file that training starts from.
    From: string option
    Out: string
    Script: string option
    Runs: string
    Classes: string list option
    GroupBy: string option
    Epochs: int option
    Seeds: int
    IsWorker: bool
}

module Settings =
    let private outputProblems (settings: Settings) (inputs: (string * string) list) = [
        for option, path in
            [
                "--out", settings.Out
                "--run", settings.Runs
                yield! settings.Script |> Option.map (fun file -> "--script", file) |> Option.toList
            ] do
            if FolderPath.isWithin settings.Folder path then
                $"{option} {path}: this is in the folder with the recordings; name a path outside of it"
        for problem in Session.modelFileProblems "--out" settings.Out do
            string problem
        match settings.Script with
        | Some file when
            File.Exists file
            && FileInfo(file).Length > 0
            && not ((Seq.head (File.ReadLines file)).StartsWith(Script.start, StringComparison.Ordinal))
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

    let private deviceProblem (name: string) =
        try
            Devices.Choose name |> ignore
            []
        with :? ArgumentException as absent -> [ $"--device: {ErrorText.ofInput absent}" ]

    /// Reads and checks the options. Raises `BadArguments` with all problems.
    let read (arguments: ParseResults<TrainArguments>) =
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
                    Hop = arguments.TryGetResult TrainArguments.Encoder_Hop
                })
            From = arguments.TryGetResult TrainArguments.From
            Out =
                arguments.GetResult(TrainArguments.Out, "detector.sed")
                |> OutputPath.file "--out"
            Script =
                arguments.TryGetResult TrainArguments.Script
                |> Option.map (OutputPath.file "--script")
            Runs = arguments.GetResult(TrainArguments.Run, "runs") |> OutputPath.folder "--run"
            Classes =
                match arguments.TryGetResult TrainArguments.Classes, arguments.GetResults TrainArguments.Class with
                | None, [] -> None
                | None, labels -> Some labels
                | Some names, _ -> Some [ for name in names.Split ',' -> name.Trim() ]
            GroupBy = arguments.TryGetResult TrainArguments.Group_By
            Epochs = arguments.TryGetResult TrainArguments.Epochs
            Seeds = arguments.GetResult(TrainArguments.Seeds, 3)
            IsWorker = arguments.Contains TrainArguments.Worker
        }
        let problems = [
            yield! FolderPath.folderProblem folder
            for file in Option.toList settings.From do
                for problem in FolderPath.fileProblem file do
                    $"--from {problem}"
            match encoder with
            | Some file ->
                for problem in FolderPath.fileProblem file do
                    $"--encoder {problem}"
            | None ->
                for name, isGiven in
                    [
                        "--encoder-output", arguments.Contains TrainArguments.Encoder_Output
                        "--encoder-rate", arguments.Contains TrainArguments.Encoder_Rate
                        "--encoder-window", arguments.Contains TrainArguments.Encoder_Window
                        "--encoder-hop", arguments.Contains TrainArguments.Encoder_Hop
                    ] do
                    if isGiven then
                        $"{name} needs --encoder"
            match settings.GroupBy with
            | Some text when
                String.IsNullOrWhiteSpace text
                || (text.Length > 3 && Seq.forall Char.IsAsciiDigit text)
                ->
                $"--group-by {text}: give the number of a field of the file names, counted from 0, the name of a column of the lists, or none"
            | _ -> ()
            match settings.Classes with
            | Some names when List.exists String.IsNullOrWhiteSpace names || List.distinct names <> names ->
                "--classes: give each class once, for example --classes frog,toad or --class frog --class toad"
            | _ -> ()
            if
                arguments.Contains TrainArguments.Classes
                && arguments.Contains TrainArguments.Class
            then
                "--classes and --class cannot both be given"
            yield!
                arguments.TryGetResult TrainArguments.Device
                |> Option.toList
                |> List.collect deviceProblem
            yield! positive "--epochs" settings.Epochs
            yield! positive "--seeds" (Some settings.Seeds)
            yield! positive "--jobs" (arguments.TryGetResult TrainArguments.Jobs)
            yield!
                outputProblems settings [
                    for file in Option.toList encoder do
                        "the encoder", file
                    for file in Option.toList settings.From do
                        "the model of --from", file
                ]
        ]
        if not problems.IsEmpty then
            raise (BadArguments problems)
        settings

    /// A problem of an encoder, with the options of this command instead of the keywords of scripts.
    let private inOptions (problem: Problem) =
        let replaced =
            [
                "`output \"([^\"]*)\"`", "`--encoder-output $1`"
                "`rate ([0-9]+)[.0]*<Hz>`", "`--encoder-rate $1`"
                "`window ([0-9.]+)<s>`", "`--encoder-window $1`"
                "`hop ([0-9.]+)<ms>`", "`--encoder-hop $1`"
                "`(window|hop)`", "`--encoder-$1`"
            ]
            |> List.fold (fun (text: string) (pattern, by) -> Regex.Replace(text, pattern, by)) (string problem)
        $"--encoder: {replaced}"

    /// The encoder as a source of features. Raises `BadArguments` with all its problems.
    let checkedEncoder (choice: EncoderChoice) =
        let source = (Design.encoderFeatures choice).Source
        match List.ofSeq (source.Problems()) with
        | [] -> source
        | problems -> raise (BadArguments(List.map inOptions problems))
