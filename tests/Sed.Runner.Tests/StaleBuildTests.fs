/// Detection of a build that is older than the source.
module Sed.Runner.Tests.StaleBuildTests

open System
open System.IO
open Xunit
open Sed.Runner

[<Fact>]
let ``a source file that is newer than all assemblies is found`` () =
    let root = Directory.CreateTempSubdirectory("sed-old-").FullName
    try
        let write (path: string) (minutes: int) =
            let file = Path.Combine(root, path)
            Directory.CreateDirectory(nonNull (Path.GetDirectoryName file)) |> ignore
            File.WriteAllText(file, "")
            File.SetLastWriteTimeUtc(file, DateTime(2026, 1, 1).AddMinutes minutes)
            file
        let source, built = Path.Combine(root, "src"), Path.Combine(root, "bin")
        write "src/Sed.Core/A.cs" 1 |> ignore
        write "bin/Sed.Core.dll" 2 |> ignore
        write "bin/Sed.Dsl.dll" 5 |> ignore
        write "bin/Deedle.dll" 0 |> ignore
        write "src/Sed.Core/README.md" 9 |> ignore
        let edited = write "src/Sed.Dsl/Deep/B.fs" 4
        Assert.Equal(None, StaleBuild.newer source built)
        File.SetLastWriteTimeUtc(edited, DateTime(2026, 1, 1).AddMinutes 6.0)
        Assert.Equal(Some edited, StaleBuild.newer source built)
        Assert.Equal(None, StaleBuild.newer (Path.Combine(root, "nowhere")) built)
    finally
        Directory.Delete(root, recursive = true)
