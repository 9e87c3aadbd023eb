/// Warns when the build is older than the source, because a script would then run code from before the last edit.
module Sed.Runner.StaleBuild

open System.IO
open System.Reflection
open Sed.Core.Runtime

/// A source file below `source` that is newer than every Sed assembly in the folder `built`.
let internal newer (source: string) (built: string) : string option =
    let times = [
        for file in Directory.GetFiles(built, "Sed.*.dll") -> File.GetLastWriteTimeUtc file
    ]
    if times.IsEmpty || not (Directory.Exists source) then
        None
    else
        FolderTree.Files source
        |> Seq.filter (fun file -> List.contains (Path.GetExtension file) [ ".cs"; ".fs" ])
        |> Seq.tryFind (fun file -> File.GetLastWriteTimeUtc file > List.max times)

/// Prints a warning on standard error if a source file below `source` is newer than the build that this process runs.
let warn (source: string) =
    match newer source (Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location) |> string) with
    | Some file ->
        let name = Path.GetRelativePath(Path.Combine(source, ".."), file)
        eprintfn $"{name} has changed since the last build. To run the changed code, first run: dotnet fsi build.fsx"
    | None -> ()
