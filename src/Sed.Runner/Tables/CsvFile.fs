/// Tables that are kept as CSV, read back.
module internal Sed.Runner.CsvFile

open System
open System.IO
open Deedle

/// What is said of a file that is no such table.
let noTable (file: string) (cause: string) =
    InvalidDataException $"{file} is no table ({cause})."

/// A table in which there are at least these columns.
let read (columns: string list) (file: string) : Frame<int, string> =
    if Directory.Exists file then
        raise (noTable file "it is a folder")
    let frame =
        try
            Frame.ReadCsv(file, culture = "")
        // Deedle has an exception of another kind for each way in which a table is none.
        with error when not (error :? IOException || error :? UnauthorizedAccessException) ->
            raise (noTable file ((error.Message.Split '\n').[0].TrimEnd('.', '\r')))
    match
        columns
        |> List.filter (fun column -> not (Seq.contains column frame.ColumnKeys))
    with
    | [] -> frame
    | lacking ->
        let names = [ for column in lacking -> $"'{column}'" ] |> String.concat " and "
        raise (noTable file $"it has no column {names}")
