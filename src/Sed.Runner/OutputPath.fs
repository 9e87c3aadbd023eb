/// Checks paths before something is written to them.
module internal Sed.Runner.OutputPath

open System
open System.IO
open Sed

/// Why a path given for an option cannot be written to: it is empty, or one of its parent folders is a file.
let problem (option: string) (path: string) : Problem option =
    let rec fileAbove (path: string) =
        match Path.GetDirectoryName path with
        | null
        | "" -> None
        | folder when File.Exists folder -> Some folder
        | folder -> fileAbove folder

    if String.IsNullOrWhiteSpace path || path.Contains '\000' then
        Some(Problem.at option $"'{path.Replace('\000', '?')}' is not a path" "give a file or folder name")
    else
        fileAbove (Path.GetFullPath path)
        |> Option.map (fun file -> Problem.at option $"'{path}' lies in '{file}', which is a file" "name a folder")
