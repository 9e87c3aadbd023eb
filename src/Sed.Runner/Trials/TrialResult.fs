namespace Sed.Runner

open System.Text.Json.Serialization
open Sed

/// One epoch of a finished trial.
type EpochResult = {
    [<JsonPropertyName "epoch">]
    Epoch: int
    [<JsonPropertyName "loss">]
    Loss: float
    [<JsonPropertyName "monitor">]
    Monitor: float
    [<JsonPropertyName "scores">]
    Scores: Map<string, float>
}

/// What a finished trial leaves behind. The same specification and data give the same on the same machine, so times are
/// not here.
type TrialResult = {
    /// The canonical key of the training, without its data.
    [<JsonPropertyName "key">]
    Key: string
    /// The corpus that was there.
    [<JsonPropertyName "corpus">]
    Corpus: string
    /// Hash of the corpus's manifest.
    [<JsonPropertyName "data">]
    Data: string
    [<JsonPropertyName "classes">]
    Classes: int
    /// Of each split that the best epoch was scored on when training ended, the metrics of the usual decisions (threshold 0.5,
    /// no smoothing) by their names; what was said of its clips is kept beside.
    [<JsonPropertyName "scores">]
    Scores: Map<string, Map<string, float>>
    [<JsonPropertyName "epochs">]
    Epochs: int
    [<JsonPropertyName "bestEpoch">]
    BestEpoch: int
    [<JsonPropertyName "parameters">]
    Parameters: int64
    /// Multiply-accumulates of one clip in inference.
    [<JsonPropertyName "multiplyAccumulates">]
    MultiplyAccumulates: int64
    [<JsonPropertyName "threads">]
    Threads: int
    [<JsonPropertyName "device">]
    Device: string
    [<JsonPropertyName "history">]
    History: EpochResult list
}

/// What a trial that could not be finished leaves behind.
type TrialFailure = {
    /// What went wrong, in one line.
    [<JsonPropertyName "error">]
    Error: string
    /// Where in the program.
    [<JsonPropertyName "trace">]
    Trace: string
}

/// How far a trial is.
type TrialState =
    | Open
    | Failed of TrialFailure
    | Finished of TrialResult
