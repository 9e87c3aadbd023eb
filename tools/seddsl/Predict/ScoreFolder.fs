namespace Sed.Tool.Predict

open System
open System.Globalization
open System.IO
open Sed.Core.Annotations
open Sed.Core.Models
open Sed.Core.Runtime
open Sed.Tool

/// Writes frame probabilities, one list per recording, while they are computed. A list gets its final name when it is
/// complete. Does nothing if `folder` is None.
type internal ScoreFolder(folder: string option, model: SedModel, names: (string * string) list) =
    let lists =
        dict [
            for path, name in names do
                for folder in Option.toList folder do
                    path, ScoreFolder.ListPath(folder, name)
        ]

    let mutable current: (StreamWriter * UnfinishedFile) option = None

    do
        let collisions = [
            for list, count in Seq.countBy id lists.Values do
                if count > 1 then
                    $"--scores: the probabilities of {count} recordings would be written to {list}; process their folders one at a time"
        ]

        if not collisions.IsEmpty then
            raise (BadArguments collisions)

        for folder in Option.toList folder do
            Directory.CreateDirectory folder |> ignore

    /// Deletes the open list, if there is one: its recording is damaged, or its processing was interrupted.
    let abandon () =
        current |> Option.iter (fun (_, file) -> (file :> IDisposable).Dispose())
        current <- None

    /// Calls `write`. If the list cannot be written, ends the command, because the next list could not be written
    /// either.
    let writing (write: unit -> unit) =
        try
            write ()
        with
        | :? IOException
        | :? UnauthorizedAccessException as refused ->
            raise (BadArguments [ $"--scores: cannot write a list ({refused.Message.TrimEnd '.'})" ])

    let start path =
        abandon ()
        let file = AtomicFile.Begin lists[path]
        let writer = new StreamWriter(file.Content, leaveOpen = true)
        current <- Some(writer, file)
        writer.Write(
            "onset\toffset\t"
            + String.Join('\t', model.Classes |> Seq.map ListNames.Field)
            + "\n"
        )

    let writeFrame (writer: StreamWriter) (frame: int64) (probabilities: ReadOnlySpan<float32>) =
        let time (frame: int64) =
            (float frame * model.HopSeconds).ToString("R", CultureInfo.InvariantCulture)

        writer.Write(time frame)
        writer.Write '\t'
        writer.Write(time (frame + 1L))

        for probability in probabilities do
            writer.Write '\t'
            writer.Write(probability.ToString("R", CultureInfo.InvariantCulture))

        writer.Write '\n'

    /// The path of the list of a recording with this name.
    static member ListPath(folder: string, name: string) =
        let stem = string (Path.ChangeExtension(name, null))
        Path.Combine(folder, stem.TrimStart('/').Replace('/', '_') + ".tsv")

    /// Appends the probabilities of frames of a recording, shape (frames, classes), from the frame `first` on. Frame 0
    /// starts a new list.
    member _.Frames(path: string, first: int64, probabilities: ReadOnlySpan<float32>) =
        if folder.IsSome then
            if first = 0L then
                writing (fun () -> start path)

            match current with
            | Some(writer, _) ->
                let classes = model.Classes.Count
                let values = probabilities.ToArray()
                writing (fun () ->
                    for frame in 0 .. values.Length / classes - 1 do
                        writeFrame writer (first + int64 frame) (ReadOnlySpan(values, frame * classes, classes)))
            | None -> ()

    /// Completes the list of the current recording.
    member _.Finish() =
        writing (fun () ->
            for writer, file in Option.toList current do
                writer.Flush()
                file.Complete())
        abandon ()

    interface IDisposable with
        member _.Dispose() = abandon ()
