namespace Sed.Runner

open System
open System.IO
open System.Text.Json
open Sed

/// One epoch of a finished trial.
type EpochResult = {
    Epoch: int
    Loss: float
    Monitor: float
    Scores: Map<string, float>
}

/// What a finished trial leaves behind.
type TrialResult = {
    /// The specification, line by line.
    Specification: string
    /// The corpus that was there.
    Corpus: string
    /// Hash of the corpus's manifest.
    Data: string
    Classes: int
    /// Scores of the best epoch on the split that is reported, by the metrics' names.
    Scores: Map<string, float>
    Epochs: int
    BestEpoch: int
    Parameters: int64
    Seconds: float
    ClipsPerSecond: float
    Threads: int
    Device: string
    History: EpochResult list
}

/// A trial's folder: the specification as text, and once the trial is finished its result.
module internal TrialFolder =
    let private options = JsonSerializerOptions(WriteIndented = true)

    let private resultFile folder = Path.Combine(folder, "result.json")

    let private damaged file cause =
        InvalidDataException $"{file} is damaged ({cause}). Remove its folder to train the trial again."

    /// The result of a finished trial; None where there is none yet.
    let read (folder: string) : TrialResult option =
        let file = resultFile folder

        if not (File.Exists file) then
            None
        else
            try
                match JsonSerializer.Deserialize<TrialResult>(File.ReadAllText file, options) with
                | null -> raise (damaged file "it is empty")
                | result -> Some result
            with :? JsonException as broken ->
                raise (damaged file broken.Message)

    /// Keeps a result. It is there whole or not at all, however the process ends.
    let write (folder: string) (result: TrialResult) =
        Directory.CreateDirectory folder |> ignore
        File.WriteAllText(Path.Combine(folder, "specification.txt"), result.Specification + "\n")
        let unfinished = resultFile folder + $".{Environment.ProcessId}"
        File.WriteAllText(unfinished, JsonSerializer.Serialize(result, options))
        File.Move(unfinished, resultFile folder, true)
