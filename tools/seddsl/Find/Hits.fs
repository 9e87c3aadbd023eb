/// Lists of similar stretches.
module internal Sed.Tool.Find.Hits

open System.Globalization
open System.IO
open Sed.Core.Annotations
open Sed.Core.Annotations.Formats
open Sed.Core.Labelling.Embeddings
open Sed.Core.Models
open Sed.Core.Runtime
open Sed.Tool.Predict

/// A time to the millisecond.
let private time (seconds: float) =
    seconds.ToString("0.###", CultureInfo.InvariantCulture)

/// A tab-separated list in descending order of similarity.
let list (hits: SimilarStretch seq) (target: TextWriter) =
    target.WriteLine "filename\tonset\toffset\tsimilarity"
    for hit in hits do
        let similarity = hit.Similarity.ToString("F4", CultureInfo.InvariantCulture)
        let name = ListNames.Field hit.Stretch.Recording
        target.WriteLine $"{name}\t{time hit.Stretch.Onset}\t{time hit.Stretch.Offset}\t{similarity}"
    target.Flush()

/// The recordings of the hits, in the order of their first hits.
let recordings (folder: EmbeddedFolder) (hits: SimilarStretch seq) : Recordings.Recording list = [
    for index in hits |> Seq.map _.Recording |> Seq.distinct do
        {
            Recordings.Path = folder.Recordings[index].Path
            Recordings.Name = folder.Recordings[index].Name
        }
]

/// Writes the hits as events with the label `label`: recording by recording, and in temporal order within each
/// recording.
let events (folder: EmbeddedFolder) (hits: SimilarStretch seq) (label: string) (output: Output.Output) =
    for index, own in hits |> Seq.groupBy _.Recording do
        let found = [|
            for hit in own |> Seq.sortBy _.Stretch.Onset -> SoundEvent(hit.Stretch.Onset, hit.Stretch.Offset, label)
        |]
        output.Write(folder.Recordings[index].Name, Prediction(folder.Recordings[index].Seconds, found, [||], [||]))
    output.Finish()
