/// Opens the embedding vectors of recordings, which are kept in the run folder.
module internal Sed.Tool.EmbeddedRecordings

open System.IO
open Sed.Core.Labelling.Embeddings
open Sed.Tool.Predict

/// Opens the embedding vectors of the stretches of recordings and, if `withScores`, the scores of the model. Computes
/// the vectors and scores that are missing. `seconds`: the length of a stretch; `folder`: the folder of the recordings;
/// `runs`: the folder in which vectors and scores are kept.
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
