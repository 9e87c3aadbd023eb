// Generates src/Sed.Dsl/README.md from the build output: dotnet fsi build.fsx words
#r "../../artifacts/bin/Sed.Runner/release/Sed.Core.dll"
#r "../../artifacts/bin/Sed.Runner/release/TorchSharp.dll"
#r "../../artifacts/bin/Sed.Runner/release/Sed.Dsl.dll"
#load "WordsPage.fs"

open System.IO
open Sed.Tools

let root = Path.GetFullPath(Path.Combine(__SOURCE_DIRECTORY__, "..", ".."))
printfn $"wrote {WordsPage.write typeof<Sed.Training>.Assembly root}"
