namespace Sed.Tool.Predict

open System
open System.Collections.Generic
open System.Globalization
open System.IO
open Sed.Core.Models
open Sed.Tool

/// Frame probabilities, a list for each recording, written as they become known. A list has its name only when it is whole.
type internal ScoreFolder(folder: string, model: SedModel, names: (string * string) list) =
    let listOf (name: string) =
        Path.Combine(
            folder,
            (Path.ChangeExtension(name, null) |> string).TrimStart('/').Replace('/', '_')
            + ".tsv"
        )
    let lists = dict [ for path, name in names -> path, listOf name ]
    let mutable current: StreamWriter = null
    let mutable file = ""

    let unfinished () = file + ".unfinished"

    do
        let twice =
            lists
            |> Seq.countBy _.Value
            |> Seq.filter (fun (_, times) -> times > 1)
            |> Seq.map (fun (list, times) ->
                $"{times} recordings would be written to {list}; name folders one at a time")
            |> List.ofSeq
        if not twice.IsEmpty then
            raise (BadArguments twice)
        Directory.CreateDirectory folder |> ignore

    let close () =
        if not (isNull current) then
            current.Dispose()
            current <- null

    /// Takes frames; of one recording after another.
    member _.Frames (path: string) (first: int64) (probabilities: ReadOnlySpan<float32>) =
        if first = 0L then
            close ()
            file <- lists[path]
            current <- new StreamWriter(unfinished ())
            current.NewLine <- "\n"
            current.WriteLine("onset\toffset\t" + String.Join('\t', model.Classes))
        let classes = model.Classes.Count
        for frame in 0 .. probabilities.Length / classes - 1 do
            let at = first + int64 frame
            let time (frames: int64) =
                (float frames * model.HopSeconds).ToString("R", CultureInfo.InvariantCulture)
            current.Write(time at)
            current.Write '\t'
            current.Write(time (at + 1L))
            for k in 0 .. classes - 1 do
                current.Write '\t'
                current.Write(probabilities[frame * classes + k].ToString("R", CultureInfo.InvariantCulture))
            current.Write '\n'

    /// The recording was heard to its end.
    member _.Finish() =
        if not (isNull current) then
            close ()
            File.Move(unfinished (), file, overwrite = true)

    interface IDisposable with
        member _.Dispose() =
            if not (isNull current) then
                close ()
                File.Delete(unfinished ())
