namespace Sed.Runner

open System
open System.IO
open System.Text.Json
open Deedle
open Sed.Core.Annotations
open Sed.Core.Training

/// What the training of a trial took.
type internal TrialTiming = {
    Seconds: float
    ClipsPerSecond: float
}

/// A trial's folder: its specification, and what it left behind. Files are there whole or not at all, however the process
/// ends; one process at a time works in it.
module internal TrialFolder =
    let private options = JsonSerializerOptions(WriteIndented = true)

    let private resultFile folder = Path.Combine(folder, "result.json")
    let private failureFile folder = Path.Combine(folder, "failure.json")

    let private damaged file cause =
        InvalidDataException $"{file} is damaged ({cause}). Remove its folder to train the trial again."

    let private read<'kept when 'kept: not null and 'kept: not struct> (file: string) : 'kept =
        try
            match JsonSerializer.Deserialize<'kept>(File.ReadAllText file, options) with
            | null -> raise (damaged file "it is empty")
            | kept -> kept
        with :? JsonException as broken ->
            raise (damaged file broken.Message)

    let private write (file: string) (text: string) =
        let unfinished = file + $".{Environment.ProcessId}"
        File.WriteAllText(unfinished, text)
        File.Move(unfinished, file, true)

    /// How far the trial is.
    let state (folder: string) =
        if File.Exists(resultFile folder) then
            Finished(read<TrialResult>(resultFile folder))
        elif File.Exists(failureFile folder) then
            Failed(read<TrialFailure>(failureFile folder))
        else
            Open

    /// What its training took, as its log of epochs says; unknown where that is gone.
    let timing (folder: string) =
        let epochs = Path.Combine(folder, "epochs.csv")
        if File.Exists epochs then
            let log = Frame.ReadCsv(epochs, culture = "")
            {
                Seconds = log.GetColumn<float>("seconds") |> Series.lastValue
                ClipsPerSecond = log.GetColumn<float>("clips per second") |> Stats.mean
            }
        else
            { Seconds = nan; ClipsPerSecond = nan }

    /// The right to work in the folder until it is disposed; None while another process has it.
    let tryLock (folder: string) : IDisposable option =
        Directory.CreateDirectory folder |> ignore
        try
            Some(new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None))
        with :? IOException when Directory.Exists folder ->
            None

    /// Keeps what a finished trial found.
    let finish (folder: string) (result: TrialResult) (evaluation: Evaluation) =
        write (Path.Combine(folder, "specification.txt")) (result.Specification + "\n")
        write (Path.Combine(folder, "events.tsv")) (EventListFile.Format evaluation.Events)
        write (Path.Combine(folder, "tags.tsv")) (TagListFile.Format evaluation.Tags)
        write (resultFile folder) (JsonSerializer.Serialize(result, options))
        File.Delete(failureFile folder)
        File.Delete(Path.Combine(folder, "checkpoint.npz")) // nothing is left to go on with

    /// Keeps why a trial could not be finished.
    let fail (folder: string) (specification: string) (error: exn) =
        write (Path.Combine(folder, "specification.txt")) (specification + "\n")
        let failure = {
            Error = $"{error.GetType().Name}: {error.Message}"
            Trace = string error
        }
        write (failureFile folder) (JsonSerializer.Serialize(failure, options))
        failure
