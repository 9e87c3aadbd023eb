module Sed.Dsl.Tests.WordsPageTests

open System
open System.IO
open Sed
open Sed.Tools
open Xunit
open Sed.Tests

let private language = typeof<Training>.Assembly
let private comments = nonNull (Path.ChangeExtension(language.Location, ".xml"))

let private page = Repository.path [| "src"; "Sed.Dsl"; "README.md" |]

[<Fact>]
let ``The language page agrees with the comments; build.fsx words regenerates it`` () =
    let lines (text: string) =
        text.ReplaceLineEndings("\n").Split '\n'
    Assert.Equal<string[]>(lines (WordsPage.markdown language comments), lines (File.ReadAllText page))

[<Fact>]
let ``Every keyword on the page has a comment`` () =
    for section in WordsPage.sections language comments do
        for word, text in section.Words do
            Assert.True(text.Length > 10, $"{section.Heading}: {word} has no comment")

[<Theory>]
[<InlineData "experiment">]
[<InlineData "biGru">]
[<InlineData "StrongER">]
[<InlineData "LinearSoftmax">]
[<InlineData "Soundscapes.smartCars">]
[<InlineData "ByRarity">]
[<InlineData "TrainingClips">]
[<InlineData "Evaluation">]
[<InlineData "NoMerging">]
let ``Blocks, layers, metrics, outputs, corpora, settings, splits and choices are on the page`` (word: string) =
    Assert.Contains(word, WordsPage.sections language comments |> WordsPage.words)
