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

/// A list with one problem if an input folder does not exist or is a file; otherwise an empty list.
let folderProblem (path: string) = [
    if File.Exists path then
        $"{path}: this is a file, not a folder"
    elif not (Directory.Exists path) then
        $"{path}: there is no such folder"
]

/// A list with one problem if an input file does not exist or is a folder; otherwise an empty list.
let fileProblem (path: string) = [
    if Directory.Exists path then
        $"{path}: this is a folder, not a file"
    elif not (File.Exists path) then
        $"{path}: there is no such file"
]
