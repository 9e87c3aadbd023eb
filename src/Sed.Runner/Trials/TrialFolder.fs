namespace Sed.Runner

open System
open System.Globalization
open System.IO
open System.Text.Json
open System.Text.Json.Nodes
open Deedle
open Sed.Core.Runtime
open Sed.Core.Training

/// Time and speed of a trial's training.
type internal TrialTiming = {
    Seconds: float
    ClipsPerSecond: float
}

/// The progress of a training run, from its epoch log.
type internal EpochLog = {
    Epochs: int
    /// The values of the last epoch, by column name.
    Last: Map<string, float>
}

/// A trial's folder: its specification, checkpoint, epoch log, network and result. Every file is written completely or
/// not at all, however the process ends. One process at a time writes in it.
module internal TrialFolder =
    let private options =
        JsonSerializerOptions(
            WriteIndented = true,
            RespectRequiredConstructorParameters = true,
            RespectNullableAnnotations = true
        )

    let private resultFile folder = Path.Combine(folder, "result.json")
    /// The file with the error of a failed trial.
    let failureFile folder = Path.Combine(folder, "failure.json")

    /// The exception for a damaged file.
    let damaged (file: string) (cause: string) =
        InvalidDataException $"{file} is damaged ({cause}). Remove the trial's folder to train the trial again."

    /// Reads the files of several trials. Damaged files are reported together, after all have been read.
    let readAll (read: 'a -> 'b) (all: 'a list) : 'b list =
        let outcomes = [
            for one in all ->
                try
                    Result.Ok(read one)
                with :? InvalidDataException as damaged ->
                    Result.Error damaged.Message
        ]
        let broken = [
            for outcome in outcomes do
                match outcome with
                | Result.Ok _ -> ()
                | Result.Error message -> message
        ]
        if not broken.IsEmpty then
            raise (InvalidDataException(String.concat Environment.NewLine (List.distinct broken)))
        List.choose Result.toOption outcomes

    /// The reason why a result is inconsistent; None if it is consistent.
    let private contradiction (result: TrialResult) =
        if List.exists (fun epoch -> isNull (box epoch)) result.History then
            Some "an epoch is empty"
        elif result.Epochs < 1 || result.History.Length <> result.Epochs then
            Some $"it has {result.History.Length} of {result.Epochs} epochs"
        elif result.BestEpoch < 1 || result.BestEpoch > result.Epochs then
            Some $"its best epoch is {result.BestEpoch} of {result.Epochs}"
        else
            None

    let private read<'kept when 'kept: not null and 'kept: not struct> (file: string) : 'kept =
        try
            match JsonSerializer.Deserialize<'kept>(File.ReadAllText file, options) with
            | null -> raise (damaged file "it is empty")
            | kept -> kept
        with :? JsonException as broken ->
            raise (damaged file broken.Message)

    let private files = [
        "result.json"
        "failure.json"
        "paused.json"
        "checkpoint.npz"
        "network.npz"
        "epochs.csv"
    ]

    /// The state of a trial according to the files in its folder. A paused trial is `Open`.
    let state (folder: string) =
        for file in files do
            let file = Path.Combine(folder, file)
            if Directory.Exists file then
                raise (damaged file "it is a folder")
        if File.Exists(resultFile folder) then
            let result = read<TrialResult>(resultFile folder)
            match contradiction result with
            | Some cause -> raise (damaged (resultFile folder) cause)
            | None -> Finished result
        elif File.Exists(failureFile folder) then
            Failed(read<TrialFailure>(failureFile folder))
        else
            Open

    let private pauseFile folder = Path.Combine(folder, "paused.json")

    /// The last pause of an unfinished or failed training run; None if it was never paused.
    let pause (folder: string) : TrialPause option =
        let file = pauseFile folder
        try
            let pause = read<TrialPause> file
            if isNull (box pause.History) || pause.History.IsEmpty then
                raise (damaged file "it has no epochs")
            if
                pause.History
                |> List.indexed
                |> List.exists (fun (index, epoch) -> isNull (box epoch) || epoch.Epoch <> index + 1)
            then
                raise (damaged file "its epochs are not numbered 1, 2, 3, and so on")
            Some pause
        with
        | :? FileNotFoundException
        | :? DirectoryNotFoundException -> None

    /// Time and speed of the training run, from its epoch log; NaN without a log.
    let timing (folder: string) =
        let epochs = Path.Combine(folder, "epochs.csv")
        if File.Exists epochs then
            try
                let log = Frame.ReadCsv(epochs, culture = "")
                {
                    Seconds = log.GetColumn<float>("seconds") |> Series.lastValue
                    ClipsPerSecond = log.GetColumn<float>("clips per second") |> Stats.mean
                }
            // Deedle throws different exceptions for different kinds of invalid tables.
            with error when not (error :? IOException) ->
                raise (
                    InvalidDataException(
                        $"{epochs} is not a valid epoch log. Remove it; only the training time is lost.",
                        error
                    )
                )
        else
            { Seconds = nan; ClipsPerSecond = nan }

    /// The time of the first `epochs` epochs of a training run, in seconds; NaN if it is not known.
    let secondsAfter (folder: string) (epochs: int) : float =
        let file = Path.Combine(folder, "epochs.csv")
        try
            match File.ReadAllLines file |> List.ofArray with
            | names :: lines when epochs >= 1 && lines.Length >= epochs ->
                Seq.zip (names.Split ',') (lines[epochs - 1].Split ',')
                |> Seq.tryPick (fun (name, text) ->
                    match Double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture) with
                    | true, value when name = "seconds" -> Some value
                    | _ -> None)
                |> Option.defaultValue nan
            | _ -> nan
        with
        | :? IOException
        | :? UnauthorizedAccessException -> nan

    /// The last epoch of a training run in progress; None before the first epoch.
    let log (folder: string) : EpochLog option =
        let epochs = Path.Combine(folder, "epochs.csv")
        try
            match File.ReadAllLines epochs |> List.ofArray with
            | names :: (_ :: _ as lines) ->
                let numbers =
                    Seq.zip (names.Split ',') ((List.last lines).Split ',')
                    |> Seq.choose (fun (name, text) ->
                        match Double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture) with
                        | true, value -> Some(name, value)
                        | _ -> None)
                Some {
                    Epochs = lines.Length
                    Last = Map numbers
                }
            | _ -> None
        with
        | :? IOException
        | :? UnauthorizedAccessException -> None

    /// The epochs in the log, with their scores on the split that early stopping monitors.
    let epochs (folder: string) : EpochResult list =
        let isMetric name =
            Seq.exists (fun (metric: Sed.Metric) -> metric.Key = name) Sed.Metric.All
        let number (text: string) =
            match Double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture) with
            | true, value -> value
            | _ -> nan
        let epoch index (names: string[]) (line: string) =
            let columns = Map(Seq.zip names (line.Split ',' |> Seq.map number))
            let column name =
                Map.tryFind name columns |> Option.defaultValue nan
            {
                Epoch = index + 1
                Loss = column "loss"
                Monitor = column "monitor"
                Scores =
                    columns
                    |> Map.filter (fun name value -> isMetric name && not (Double.IsNaN value))
            }
        try
            match File.ReadAllLines(Path.Combine(folder, "epochs.csv")) |> List.ofArray with
            | [] -> []
            | names :: lines -> [ for index, line in List.indexed lines -> epoch index (names.Split ',') line ]
        with
        | :? IOException
        | :? UnauthorizedAccessException -> []

    /// The progress of a training run in another process, for example ", epoch 7"; empty before its first epoch.
    let progress (folder: string) =
        match log folder with
        | Some log -> $", epoch {log.Epochs}"
        | None -> ""

    let private lockName = "lock"

    /// Whether the folder has a lock file. A process then holds the lock, or was killed while it held the lock.
    let isTaken (folder: string) =
        File.Exists(Path.Combine(folder, lockName))

    /// Takes the folder's lock, which is released on disposal; None while another process holds it.
    let tryLock (folder: string) : FolderLock option =
        let lock = FolderLock.Try(folder, lockName)
        match lock.Outcome with
        | LockOutcome.Acquired -> Some lock
        | LockOutcome.HeldElsewhere -> None
        | _ when File.Exists folder ->
            raise (InvalidDataException $"{folder} is a file where a trial's folder should be. Remove it.")
        | _ ->
            raise (
                IOException
                    $"Nothing can be trained in {folder}: {lock.Reason.TrimEnd '.'}. Make it writable, or name another folder with --out."
            )

    /// The file with the trial's canonical key in readable form, for the comparison of runs.
    let private keyFile folder =
        Path.Combine(folder, "specification.json")

    let private writeKey folder (key: string) =
        let indented = JsonSerializerOptions(WriteIndented = true)
        match JsonNode.Parse key with
        | null -> ()
        | node -> AtomicFile.Write(keyFile folder, node.ToJsonString indented + "\n")

    /// The canonical key of a trial as pairs of field name and value. Names have a dot or an index for each level.
    /// Empty without a key.
    let key (folder: string) : (string * string) list =
        let rec fields name (node: JsonNode | null) =
            match node with
            | :? JsonObject as values -> [
                for field in values do
                    yield! fields (if name = "" then field.Key else $"{name}.{field.Key}") field.Value
              ]
            | :? JsonArray as items -> [
                for index, item in Seq.indexed items do
                    yield! fields $"{name}[{index + 1}]" item
              ]
            | null -> [ name, "none" ]
            | value -> [ name, value.ToString() ]
        if File.Exists(keyFile folder) then
            try
                fields "" (JsonNode.Parse(File.ReadAllText(keyFile folder)))
            with :? JsonException as broken ->
                raise (damaged (keyFile folder) broken.Message)
        else
            []

    /// Writes the result of a finished trial.
    let finish (folder: string) (result: TrialResult) =
        writeKey folder result.Key
        AtomicFile.Write(resultFile folder, JsonSerializer.Serialize(result, options))
        File.Delete(failureFile folder)
        File.Delete(pauseFile folder)
        File.Delete(Path.Combine(folder, "checkpoint.npz")) // a finished training is not resumed

    /// Writes the pause of an unfinished training run, which resumes from its checkpoint. An earlier failure is removed.
    let suspend (folder: string) (pause: TrialPause) =
        writeKey folder pause.Key
        AtomicFile.Write(pauseFile folder, JsonSerializer.Serialize(pause, options))
        File.Delete(failureFile folder)

    /// Removes the error of a failed trial, so that the trial is trained again. Changes nothing if the trial has not
    /// failed or another process is training it.
    let reopen (folder: string) =
        if (state folder).IsFailed then
            match tryLock folder with
            | Some lock ->
                use _ = lock
                File.Delete(failureFile folder)
            | None -> ()

    /// Renames a damaged checkpoint, so that the trial starts again. Returns the new name.
    let setAside (checkpoint: string) =
        let rec free number =
            let name = $"{checkpoint}.damaged" + (if number = 1 then "" else $"-{number}")
            if File.Exists name then free (number + 1) else name
        let aside = free 1
        File.Move(checkpoint, aside)
        aside

    // Torch appends its C++ stack trace to its messages.
    let private sentence (error: exn) =
        (error.Message.Split "\nException raised from ").[0].Split('\n')
        |> Array.map _.Trim()
        |> Array.filter ((<>) "")
        |> String.concat " "

    /// Writes the error of a failed trial.
    let fail (folder: string) (key: string) (error: exn) =
        writeKey folder key
        let failure = {
            // The messages about diverged training runs are complete. Other errors are unexpected, and their type helps
            // to find the cause.
            Error =
                match error with
                | :? TrainingException -> sentence error
                | _ -> $"{error.GetType().Name}: {sentence error}"
            Trace = string error
        }
        AtomicFile.Write(failureFile folder, JsonSerializer.Serialize(failure, options))
        failure
