/// The repository that the tests run in.
module Sed.Tests.Repository

open System
open System.IO

/// Its root folder.
let root =
    let rec above (folder: DirectoryInfo | null) =
        match folder with
        | null -> failwith "The tests run outside the repository."
        | folder when File.Exists(Path.Combine(folder.FullName, "SedDsl.sln")) -> folder.FullName
        | folder -> above folder.Parent
    above (DirectoryInfo AppContext.BaseDirectory)

/// A file or folder of it.
let path ([<ParamArray>] parts: string[]) =
    Path.Combine(Array.append [| root |] parts)
