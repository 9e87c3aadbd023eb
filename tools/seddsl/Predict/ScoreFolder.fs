namespace Sed.Tool.Predict

open System
open System.Globalization
open System.IO
open Sed.Core.Models
open Sed.Tool

/// Frame probabilities, a list for each recording, written as they become known; nothing where no folder is wanted. A list has
/// its name only when it is whole.
type internal ScoreFolder(folder: string option, model: SedModel, names: (string * string) list) =
    let listOf folder (name: string) =
        let stem = string (Path.ChangeExtension(name, null))
        Path.Combine(folder, stem.TrimStart('/').Replace('/', '_') + ".tsv")

    let lists =
        dict [
            for path, name in names do
                for folder in Option.toList folder do
                    path, listOf folder name
        ]

    let mutable current: (StreamWriter * string) option = None

    let unfinished file = file + ".unfinished"

    do
        let twice = [
            for list, times in Seq.countBy id lists.Values do
                if times > 1 then
                    $"{times} recordings would be written to {list}; name their folders one at a time"
        ]

        if not twice.IsEmpty then
            raise (BadArguments twice)

        for folder in Option.toList folder do
            Directory.CreateDirectory folder |> ignore

    /// Closes the list that is being written; its name.
    let close () =
        match current with
        | Some(writer, file) ->
            writer.Dispose()
            current <- None
            Some file
        | None -> None

    let start path =
        match close () with
        | Some given -> File.Delete(unfinished given) // the recording turned out to be broken
        | None -> ()

        let writer = new StreamWriter(unfinished lists[path])
        writer.Write("onset\toffset\t" + String.Join('\t', model.Classes) + "\n")
        current <- Some(writer, lists[path])

    let writeFrame (writer: StreamWriter) (at: int64) (probabilities: ReadOnlySpan<float32>) =
        let time (frames: int64) =
            (float frames * model.HopSeconds).ToString("R", CultureInfo.InvariantCulture)

        writer.Write(time at)
        writer.Write '\t'
        writer.Write(time (at + 1L))

        for probability in probabilities do
            writer.Write '\t'
            writer.Write(probability.ToString("R", CultureInfo.InvariantCulture))

        writer.Write '\n'

    /// Takes frames; of one recording after another.
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

    /// The recording was heard to its end.
    member _.Finish() =
        match close () with
        | Some file -> File.Move(unfinished file, file, overwrite = true)
        | None -> ()

    interface IDisposable with
        member _.Dispose() =
            match close () with
            | Some file -> File.Delete(unfinished file)
            | None -> ()
