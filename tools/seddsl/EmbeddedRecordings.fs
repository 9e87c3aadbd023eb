/// The vectors of recordings, which are kept in the folder of runs.
module internal Sed.Tool.EmbeddedRecordings

open System.IO
open Sed.Core.Labelling.Embeddings
open Sed.Tool.Predict

/// Opens the vectors of recordings, with the scores of the model if `withScores`, and computes the missing ones.
/// `folder`: the folder of the recordings; `runs`: the folder in which vectors and scores are kept.
let openIn
    (runs: string)
    (source: EmbeddingSource)
    (seconds: float)
    withScores
    (recordings: Recordings.Recording list)
    (folder: string)
    stop
    =
    use progress = new Progress()
    EmbeddedFolder.Open(
        source,
        seconds,
        withScores,
        [| for recording in recordings -> struct (recording.Name, recording.Path) |],
        folder,
        Path.Combine(runs, "embeddings"),
        Path.Combine(runs, "checks"),
        progress.Counter "recordings",
        stop
    )
