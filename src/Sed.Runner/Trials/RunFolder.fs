namespace Sed.Runner

open System
open System.IO
open Sed.Core.Runtime

/// The format of a run folder. Within a format, equal settings have equal keys.
module internal RunFolder =
    let private format = "2"

    /// Writes the format into a new run folder and rejects a folder of a different format, which it leaves unchanged.
    let openFor (folder: string) =
        let file = Path.Combine(folder, "format")
        let refuse found =
            raise (
                InvalidDataException
                    $"{folder} was written by another version of SedDsl (run folder format {found}; this version uses {format}). Nothing in it was changed; choose another folder with --out."
            )
        if File.Exists file then
            match File.ReadAllText(file).Trim() with
            | found when found <> format -> refuse found
            | _ -> ()
        elif Directory.Exists(Path.Combine(folder, "trials")) then
            refuse "1"
        else
            try
                Directory.CreateDirectory folder |> ignore
                AtomicFile.Write(file, format + "\n")
            with
            | :? IOException
            | :? UnauthorizedAccessException -> () // the next write reports why the folder cannot be written
