namespace Sed.Runner

open System.Text.Json.Serialization
open Sed

/// One epoch of a training run.
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

/// A training run that a search has paused. This record depends only on specification, data and machine, so it contains
/// no training times.
type TrialPause = {
    /// The canonical key of the training, without its data.
    [<JsonPropertyName "key">]
    Key: string
    /// Number of trainable parameters; 0 if it is unknown.
    [<JsonPropertyName "parameters">]
    Parameters: int64
    /// Multiply-accumulate operations for one clip in inference; 0 if they are unknown.
    [<JsonPropertyName "multiplyAccumulates">]
    MultiplyAccumulates: int64
    [<JsonPropertyName "history">]
    History: EpochResult list
}

/// The result of a finished trial. It depends only on specification, data and machine, so it contains no training
/// times.
type TrialResult = {
    /// The canonical key of the training, without its data.
    [<JsonPropertyName "key">]
    Key: string
    /// The name of the corpus.
    [<JsonPropertyName "corpus">]
    Corpus: string
    /// Hash of the corpus's manifest.
    [<JsonPropertyName "data">]
    Data: string
    [<JsonPropertyName "classes">]
    Classes: int
    /// Metrics of the best epoch by split and metric key, at the default decoding (threshold 0.5, no smoothing). The
    /// frame probabilities are stored in the same folder.
    [<JsonPropertyName "scores">]
    Scores: Map<string, Map<string, float>>
    [<JsonPropertyName "epochs">]
    Epochs: int
    [<JsonPropertyName "bestEpoch">]
    BestEpoch: int
    [<JsonPropertyName "parameters">]
    Parameters: int64
    /// Multiply-accumulate operations for one clip in inference.
    [<JsonPropertyName "multiplyAccumulates">]
    MultiplyAccumulates: int64
    [<JsonPropertyName "threads">]
    Threads: int
    [<JsonPropertyName "device">]
    Device: string
    [<JsonPropertyName "history">]
    History: EpochResult list
}

/// The error of a failed trial.
type TrialFailure = {
    /// The error in one line.
    [<JsonPropertyName "error">]
    Error: string
    /// The stack trace.
    [<JsonPropertyName "trace">]
    Trace: string
}

/// The state of a trial.
type TrialState =
    | Open
    | Failed of TrialFailure
    /// Stopped by the search of its experiment after the epochs of the history. Its network is not scored. Another
    /// experiment may have trained it further.
    | Stopped of TrialPause
    | Finished of TrialResult
