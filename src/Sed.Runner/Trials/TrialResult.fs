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

/// What a finished trial leaves behind. The same specification and data give the same on the same machine, so times are
/// not here.
type TrialResult = {
    /// The specification, line by line.
    Specification: string
    /// The corpus that was there.
    Corpus: string
    /// Hash of the corpus's manifest.
    Data: string
    Classes: int
    /// Of each split that the best epoch was scored on when training ended, the metrics of the usual decisions (threshold 0.5,
    /// no smoothing) by their names; what was said of its clips is kept beside.
    Scores: Map<string, Map<string, float>>
    Epochs: int
    BestEpoch: int
    Parameters: int64
    /// Multiply-accumulates of one clip in inference.
    MultiplyAccumulates: int64
    Threads: int
    Device: string
    History: EpochResult list
}

/// What a trial that could not be finished leaves behind.
type TrialFailure = {
    /// What went wrong, in one line.
    Error: string
    /// Where in the program.
    Trace: string
}

/// How far a trial is.
type TrialState =
    | Open
    | Failed of TrialFailure
    | Finished of TrialResult
