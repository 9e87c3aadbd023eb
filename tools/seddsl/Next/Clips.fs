/// The proposed stretches as WAV files, with the detected events as annotations.
module internal Sed.Tool.Next.Clips

open System
open System.Collections.Generic
open System.IO
open System.Threading
open Sed.Core.Annotations
open Sed.Core.Annotations.Formats
open Sed.Core.Labelling
open Sed.Core.Labelling.Embeddings
open Sed.Core.Models
open Sed.Core.Runtime
open Sed.Tool
open Sed.Tool.Predict

type Clip = {
    Recording: EmbeddedRecording
    Stretch: Stretch
    File: Recordings.Recording
}

/// The clips to write and the paths of their annotations.
type Clips = {
    All: Clip list
    Format: IAnnotationFormat
    Annotations: IReadOnlyDictionary<string, string>
}

/// The clips of those stretches of a queue that are not annotated. Raises `BadArguments` if the annotation file of a
/// clip exists already.
let plan (folder: string) (format: IAnnotationFormat) (recordings: EmbeddedFolder) (round: NextRound) =
    let names =
        StretchAudio.NamesOf(round.Queue.Rows |> Seq.map _.Stretch, recordings.Recordings |> Seq.map _.Name)
    let clips = [
        for row, recording, name in Seq.zip3 round.Queue.Rows round.RecordingOf names do
            if not (round.Annotated.Contains row.Stretch) then
                {
                    Recording = recordings.Recordings[recording]
                    Stretch = row.Stretch
                    File = {
                        Path = Path.Combine(folder, name)
                        Name = name
                    }
                }
    ]
    let directory =
        Path.TrimEndingDirectorySeparator folder + string Path.DirectorySeparatorChar
    match AnnotationFolder.files "--clips" format (Some directory) (clips |> List.map _.File) with
    | Some annotations -> {
        All = clips
        Format = format
        Annotations = annotations
      }
    | None -> raise (BadArguments [ $"--clips {folder}: not a folder" ])

/// Writes the clips and their annotations. Returns the problems of clips that could not be written.
let write (clips: Clips) (model: SedModel) (stop: CancellationToken) =
    let problems = ResizeArray<string>()
    use progress = new Progress()
    let channel = model.Saved.Channel
    let ofRecordings = clips.All |> List.groupBy _.Recording.Path
    for number, (path, own) in List.indexed ofRecordings do
        stop.ThrowIfCancellationRequested()
        try
            StretchAudio.Write(path, [ for clip in own -> struct (clip.Stretch, clip.File.Path) ], channel)
        with
        | :? IOException
        | :? UnauthorizedAccessException as refused -> problems.Add refused.Message
        progress.Count "clips" (number + 1) ofRecordings.Length
    let output = AnnotationFolder.write clips.Format clips.Annotations
    let written = clips.All |> List.filter (fun clip -> File.Exists clip.File.Path)
    let names = dict [ for clip in written -> clip.File.Path, clip.File.Name ]
    for result in model.PredictAll([ for clip in written -> clip.File.Path ], null, stop) do
        match result.Prediction with
        | null -> problems.Add(string result.Problem)
        | prediction ->
            try
                output.Write(names[result.Path], prediction)
            with :? AnnotationException as problem ->
                problems.Add problem.Message
    output.Finish()
    List.ofSeq problems
