/// Paths of files in folders.
module internal Sed.Tool.FolderPath

open System
open System.IO
open Sed.Core.Runtime

/// Name of the folder of queues and reviewed labels, in the folder of the recordings.
[<Literal>]
let review = "review"

/// Whether a path lies in a folder.
let isWithin (folder: string) (path: string) =
    let full (path: string) =
        Path.TrimEndingDirectorySeparator(FileIdentity.FullTarget path)
        + string Path.DirectorySeparatorChar
    (full path).StartsWith(full folder, StringComparison.Ordinal)
