namespace Sed.Tool.Predict

open System
open System.Globalization
open System.IO
open Sed.Core.Models
open Sed.Tool

/// Writes frame probabilities, one list per recording, while they are computed. A list gets its final name when it is complete.
/// Does nothing without a folder.
type internal ScoreFolder(folder: string option, model: SedModel, names: (string * string) list) =
    let listPath folder (name: string) =
        let stem = string (Path.ChangeExtension(name, null))
        Path.Combine(folder, stem.TrimStart('/').Replace('/', '_') + ".tsv")

    let lists =
        dict [
            for path, name in names do
                for folder in Option.toList folder do
                    path, listPath folder name
        ]

    let mutable current: (StreamWriter * string) option = None

    let unfinished file = file + ".unfinished"

    do
        let collisions = [
            for list, count in Seq.countBy id lists.Values do
                if count > 1 then
                    $"{count} recordings would be written to {list}; process their folders one at a time"
        ]

        if not collisions.IsEmpty then
            raise (BadArguments collisions)

        for folder in Option.toList folder do
            Directory.CreateDirectory folder |> ignore

    /// Closes the open list, if any, and returns its final name.
    let close () =
        match current with
        | Some(writer, file) ->
            writer.Dispose()
            current <- None
            Some file
        | None -> None

    let start path =
        // A list that is still open belongs to a recording that turned out to be damaged.
        close () |> Option.iter (fun file -> File.Delete(unfinished file))
        let writer = new StreamWriter(unfinished lists[path])
        writer.Write("onset\toffset\t" + String.Join('\t', model.Classes) + "\n")
        current <- Some(writer, lists[path])

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

    /// Appends frames (frames, classes) of a recording. Frame 0 starts a new list.
    member _.Frames(path: string, first: int64, probabilities: ReadOnlySpan<float32>) =
        if folder.IsSome then
            if first = 0L then
                start path

            match current with
            | Some(writer, _) ->
                let classes = model.Classes.Count

                for frame in 0 .. probabilities.Length / classes - 1 do
                    writeFrame writer (first + int64 frame) (probabilities.Slice(frame * classes, classes))
            | None -> ()

    /// Completes the list of the current recording.
    member _.Finish() =
        close ()
        |> Option.iter (fun file -> File.Move(unfinished file, file, overwrite = true))

    interface IDisposable with
        member _.Dispose() =
            close () |> Option.iter (fun file -> File.Delete(unfinished file))
