/// Files that are there whole or not at all, however the process ends.
module internal Sed.Runner.WholeFile

open System
open System.IO

/// Writes a file, replacing one that is there only when all of it is written; a folder for it is made if need be.
let write (file: string) (text: string) =
    match Path.GetDirectoryName file with
    | null
    | "" -> ()
    | folder -> Directory.CreateDirectory folder |> ignore
    let unfinished = file + $".{Environment.ProcessId}"
    try
        File.WriteAllText(unfinished, text)
        File.Move(unfinished, file, true)
    with _ ->
        (try
            File.Delete unfinished
         with _ ->
             ())
        reraise ()

/// Writes a file unless it has this text already, so that what is finished is shown from storage that cannot be written.
let keep (file: string) (text: string) =
    if not (File.Exists file && File.ReadAllText file = text) then
        write file text
