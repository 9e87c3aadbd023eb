module Sed.Tool.Predict.Predict

open System
open System.IO
open System.Threading
open Argu
open Sed.Core.Detection
open Sed.Core.Detection.Steps
open Sed.Core.Models
open Sed.Core.Runtime
open Sed.Tool

/// The model's way of decoding, as far as the command line does not say otherwise.
let private detection (arguments: ParseResults<PredictArguments>) (model: DetectionOptions) =
    let threshold (own: float) = arguments.GetResult(Threshold, own)
    let steps (own: DecodingStep seq) =
        match arguments.TryGetResult Median with
        | None -> Array.ofSeq own
        | Some seconds -> [|
            if seconds <> 0.0 then
                DecodingStep.MedianFilter seconds
            for step in own do
                if not (step :? DecodingStep.MedianFilter) then
                    step
          |]
    let asked =
        DetectionOptions(
            Threshold = threshold model.Threshold,
            Steps = steps model.Steps,
            Tags = model.Tags,
            PerClass =
                readOnlyDict [
                    for own in model.PerClass ->
                        own.Key,
                        ClassDetection(
                            Threshold = threshold own.Value.Threshold,
                            Steps = steps own.Value.Steps,
                            // One threshold is for all there is.
                            TagThreshold =
                                (if arguments.Contains Threshold then
                                     Nullable()
                                 else
                                     own.Value.TagThreshold)
                        )
                ]
        )
    match List.ofSeq (asked.Problems()) with
    | [] -> asked
    | problems -> raise (BadArguments(problems |> List.map string))

let private problems (arguments: ParseResults<PredictArguments>) recordings = [
    if arguments.Contains PredictArguments.Stream then
        if not (List.isEmpty recordings) then
            "--stream listens to standard input; name the model alone"
        for option, name in
            [
                arguments.Contains TagsOnly, "--tags"
                arguments.Contains Scores, "--scores"
                arguments.Contains Without_Prefix, "--without-prefix"
                arguments.Contains Out, "--out"
            ] do
            if option then
                $"--stream prints events as they end, and takes no {name}"
    else
        if List.isEmpty recordings then
            "name recordings or folders of them behind the model"
        if arguments.Contains Rate then
            "--rate is that of standard input; say --stream too"
    if arguments.Contains TagsOnly && arguments.Contains Json then
        "--json has tags and events; say one of --json and --tags"
    match arguments.TryGetResult Rate with
    | Some rate when rate < 1000 || rate > 768000 -> $"--rate is {rate} Hz; it lies between 1000 and 768000"
    | _ -> ()
]

/// Listens to the recordings, and names those that cannot be read.
let private listen
    (arguments: ParseResults<PredictArguments>)
    (model: SedModel)
    (recordings: Recordings.Recording list)
    (text: TextWriter)
    stop
    =
    let names = dict [ for one in recordings -> one.Path, one.Name ]
    let output =
        if arguments.Contains Json then Output.json text model
        elif arguments.Contains TagsOnly then Output.tags text
        else Output.events text
    use progress = new Data.Progress()
    use scores =
        match arguments.TryGetResult Scores with
        | Some folder -> new ScoreFolder(Some folder, model, [ for one in recordings -> one.Path, one.Name ])
        | None -> new ScoreFolder(None, model, [])
    let frames =
        FrameListener(fun path first probabilities ->
            scores.Frames(path, first, probabilities)
            if first > 0L then
                let time = TimeSpan.FromSeconds(float first * model.HopSeconds)
                progress.State(fun () -> $"""{names[path]}: {time.ToString @"h\:mm\:ss"} heard"""))
    let mutable finished = 0
    let leftOut = ResizeArray<string>()
    try
        for heard in model.ListenAll([ for one in recordings -> one.Path ], frames, stop) do
            let name = names[heard.Path]
            match heard.Recording with
            | null ->
                let problem = string heard.Problem
                leftOut.Add problem
                output.LeftOut(name, problem)
            | recording ->
                scores.Finish()
                output.Heard(name, recording)
            finished <- finished + 1
            progress.Count "listening" finished recordings.Length
    finally
        // Also where it was stopped: what is printed is whole as far as it goes.
        output.Finish()
    (progress :> IDisposable).Dispose()
    for reason in leftOut do
        eprintfn $"left out: {reason}"
    if leftOut.Count = 0 then
        ExitCode.Done
    else
        eprintfn $"{leftOut.Count} of {recordings.Length} recordings could not be read."
        ExitCode.Partly

let private work (arguments: ParseResults<PredictArguments>) =
    let file, paths =
        match arguments.GetResult Model_And_Recordings with
        | file :: paths -> file, paths
        | [] -> "", []
    match problems arguments paths with
    | [] -> ()
    | found -> raise (BadArguments found)
    let recordings = Recordings.find (arguments.GetResult(Without_Prefix, "")) paths
    use stop = new CancellationTokenSource()
    use _ =
        System.Runtime.InteropServices.PosixSignalRegistration.Create(
            System.Runtime.InteropServices.PosixSignal.SIGINT,
            fun signal ->
                signal.Cancel <- true
                stop.Cancel()
        )
    let saved = ModelFile.Read file
    use model =
        SedModel.Of(saved, detection arguments saved.Detection, arguments.GetResult(Device, "auto"))
    try
        if arguments.Contains PredictArguments.Stream then
            let rate = arguments.GetResult(Rate, 44100)
            use input = Console.OpenStandardInput()
            Live.listen model rate (arguments.Contains Json) input Console.Out stop.Token
            ExitCode.Done
        else
            match arguments.TryGetResult Out with
            | None -> listen arguments model recordings Console.Out stop.Token
            | Some out ->
                let mutable code = ExitCode.Done
                AtomicFile.Write(
                    out,
                    Action<Stream>(fun stream ->
                        use text = new StreamWriter(stream, leaveOpen = true)
                        text.NewLine <- "\n"
                        code <- listen arguments model recordings text stop.Token)
                )
                code
    with :? OperationCanceledException ->
        eprintfn "Stopped; what was not heard is missing."
        ExitCode.Stopped

/// seddsl predict: what a model hears in recordings.
let command = {
    Name = "predict"
    Summary = "says what a trained model hears in recordings, or in sound as it comes"
    NeedsTorch = true
    Run = Command.runToCode<PredictArguments> "predict" work
}
