/// Paths of files and folders.
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

/// The problem of an input folder that does not exist or is a file.
let folderProblem (path: string) = [
    if File.Exists path then
        $"{path}: this is a file, not a folder"
    elif not (Directory.Exists path) then
        $"{path}: there is no such folder"
]

/// The problem of an input file that does not exist or is a folder.
let fileProblem (path: string) = [
    if Directory.Exists path then
        $"{path}: this is a folder, not a file"
    elif not (File.Exists path) then
        $"{path}: there is no such file"
]
