/// The recordings that the command line names, and what they are called in lists.
module internal Sed.Tool.Predict.Recordings

open System
open System.IO
open Sed.Core.Audio
open Sed.Tool

/// A file that is listened to.
type Recording = {
    Path: string
    /// Its name within the folder that was named, or its own.
    Name: string
}

let private ofPath (path: string) = [
    if Directory.Exists path then
        for file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories) do
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

/// The name without a prefix that it need not have; its folder stays.
let private without (prefix: string) (name: string) =
    let start = name.LastIndexOf '/' + 1
    if
        prefix <> ""
        && name.Substring(start).StartsWith(prefix, StringComparison.Ordinal)
    then
        name.Remove(start, prefix.Length)
    else
        name

/// Every recording once; a folder's in the order of their names. Where two have the same name, all are called by their paths.
let find (prefix: string) (paths: string list) =
    let recordings = [
        for path in paths do
            let found =
                ofPath path
                |> List.sortWith (fun one other -> String.CompareOrdinal(one.Name, other.Name))
            if found.IsEmpty then
                raise (BadArguments [ $"{path}: the folder has no audio files" ])
            yield! found
    ]
    let recordings =
        recordings
        |> List.distinctBy (fun one -> Path.GetFullPath one.Path)
        |> List.map (fun one -> {
            one with
                Name = without prefix one.Name
        })
    if (List.distinctBy _.Name recordings).Length = recordings.Length then
        recordings
    else
        [
            for one in recordings ->
                {
                    one with
                        Name = one.Path.Replace('\\', '/')
                }
        ]
