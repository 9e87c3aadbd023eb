/// The recordings to process, with the names used in the output.
module internal Sed.Tool.Predict.Recordings

open System
open System.IO
open Sed.Core.Audio
open Sed.Core.Runtime
open Sed.Tool

type Recording = {
    Path: string
    /// The path relative to the folder given on the command line, or the file name if the file itself was given.
    Name: string
}

let private ofPath (path: string) = [
    if Directory.Exists path then
        for file in FolderTree.Files path do
            if AudioFile.HasAudioExtension file then
                {
                    Path = file
                    Name = Path.GetRelativePath(path, file).Replace('\\', '/')
                }
    else
        {
            Path = path
            Name = string (Path.GetFileName path)
        }
]

/// Removes a prefix from the file name; folders are kept.
let private removePrefix (prefix: string) (name: string) =
    let start = name.LastIndexOf '/' + 1
    if
        prefix <> ""
        && name.Substring(start).StartsWith(prefix, StringComparison.Ordinal)
    then
        name.Remove(start, prefix.Length)
    else
        name

/// Finds all recordings, each once, in the order of the paths; the recordings of a folder are sorted by name. If two
/// recordings have the same name, full paths are used as names.
let find (prefix: string) (paths: string list) =
    let recordings =
        [
            for path in paths do
                let found =
                    ofPath path
                    |> List.sortWith (fun first second -> String.CompareOrdinal(first.Name, second.Name))
                if found.IsEmpty then
                    raise (BadArguments [ $"{path}: the folder contains no audio files" ])
                yield! found
        ]
        |> List.distinctBy (fun recording -> Path.GetFullPath recording.Path)
        |> List.map (fun recording -> {
            recording with
                Name = removePrefix prefix recording.Name
        })
    if (List.distinctBy _.Name recordings).Length = recordings.Length then
        recordings
    else
        [
            for recording in recordings ->
                {
                    recording with
                        Name = recording.Path.Replace('\\', '/')
                }
        ]
