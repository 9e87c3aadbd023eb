/// Checks paths before something is written to them.
module internal Sed.Runner.OutputPath

open System
open System.IO
open Sed
open Sed.Core.Runtime

/// The problem of an option's output path: it is empty, or one of its parent folders is a file. None for a valid path.
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
        |> Option.map (fun file -> Problem.at option $"'{path}' lies in '{file}', which is a file" "give another path")

/// The problems of outputs that would overwrite an input file or a file in a folder of inputs. Each pair in `outputs`
/// is an option and a path. Each pair in `inputs` and `folders` is a description, such as "the script", and a path.
let overwritten (outputs: (string * string) list) (inputs: (string * string) list) (folders: (string * string) list) = [
    let pairs named =
        seq { for name, path in named -> struct (name, path) }
    yield! FileIdentity.Overwritten(pairs outputs, pairs inputs)
    let places =
        dict [ for what, folder in List.rev folders -> FileIdentity.Of folder, what ]
    let rec above (path: string | null) =
        match path with
        | null -> None
        | folder ->
            match places.TryGetValue(FileIdentity.Of folder) with
            | true, what -> Some what
            | _ -> above (Path.GetDirectoryName folder)
    for option, file in outputs do
        match above (Path.GetDirectoryName(FileIdentity.FullTarget file)) with
        | Some what -> Problem.at $"{option} {file}" $"the output file is in {what}" "choose another folder"
        | None -> ()
]
