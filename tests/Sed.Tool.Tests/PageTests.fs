/// tools/seddsl/README.md against what the commands say of themselves.
[<Xunit.Collection("console")>]
module Sed.Tool.Tests.PageTests

open System
open System.IO
open System.Text.RegularExpressions
open Xunit
open Sed.Tests

let private folder = Repository.path [| "tools"; "seddsl" |]

let private sections =
    let page =
        File.ReadAllText(Path.Combine(folder, "README.md")).ReplaceLineEndings "\n"
    [
        for section in page.Split("\n## ") |> Array.skip 1 do
            let at = section.IndexOf '\n'
            section[.. at - 1], section[at..]
    ]

/// The commands in the order in which `seddsl help` lists them.
let private commands = [
    for line in (Run.seddsl [ "help" ]).Output.Split '\n' do
        let found = Regex.Match(line, @"^  (\S+) +\S")
        if found.Success then
            found.Groups[1].Value
]

[<Fact>]
let ``Every command has its section, and every section its command`` () =
    Assert.Equal<string list>(commands, List.map fst sections)

[<Fact>]
let ``Every option stands on the page, and no other`` () =
    for name, text in sections do
        let linked = [
            for link in Regex.Matches(text, @"\]\((\w+\.md)\)") ->
                File.ReadAllText(Path.Combine(folder, link.Groups[1].Value))
        ]
        let options (text: string) =
            Set [
                for found in Regex.Matches(text, @"(?<![\w-])--([a-z][a-z0-9-]*)") do
                    if found.Value <> "--help" then
                        found.Value
            ]
        let there = options (Run.seddsl [ name; "--help" ]).Output
        let said = options text
        // What has a page of its own is explained there, or by --help.
        let missing = if linked.IsEmpty then there - said else Set.empty
        Assert.True(missing.IsEmpty, $"{name} lacks %A{missing}")
        Assert.True(Set.isSubset said there, $"{name} has no %A{said - there}")
