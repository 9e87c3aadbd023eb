/// Where something is to be written.
module internal Sed.Runner.Placed

open System
open System.IO
open Sed

/// Why nothing can be written under a name: it is empty, or a file stands where a folder has to be.
let problem (option: string) (path: string) : Problem option =
    let rec fileAbove (path: string) =
        match Path.GetDirectoryName path with
        | null
        | "" -> None
        | folder when File.Exists folder -> Some folder
        | folder -> fileAbove folder

    if String.IsNullOrWhiteSpace path || path.Contains '\000' then
        Some(Problem.at option $"'{path.Replace('\000', '?')}' names nothing" "give a name")
    else
        fileAbove (Path.GetFullPath path)
        |> Option.map (fun file -> Problem.at option $"'{path}' lies in '{file}', which is a file" "name a folder")
