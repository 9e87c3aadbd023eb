/// tools/seddsl/README.md agrees with the help texts of the commands.
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

/// The commands in the order of `seddsl help`.
let private commands = [
    for line in (Run.seddsl [ "help" ]).Output.Split '\n' do
        let found = Regex.Match(line, @"^  (\S+) +\S")
        if found.Success then
            found.Groups[1].Value
]

[<Fact>]
let ``The page has one section for each command, in the order of the help text`` () =
    Assert.Equal<string list>(commands, List.map fst sections)

[<Fact>]
let ``The page names every option of a command, and no other`` () =
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
        let inHelp = options (Run.seddsl [ name; "--help" ]).Output
        let onPage = options text
        // A command with a page of its own need not list every option.
        let missing = if linked.IsEmpty then inHelp - onPage else Set.empty
        Assert.True(missing.IsEmpty, $"{name} lacks %A{missing}")
        Assert.True(Set.isSubset onPage inHelp, $"{name} has no %A{onPage - inHelp}")

[<Fact>]
let ``--version prints the version of the package`` () =
    let run = Run.seddsl [ "--version" ]
    Assert.Equal(0, run.ExitCode)
    Assert.Equal("", run.Errors)
    Assert.Matches(@"^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9a-f]+)?\s*$", run.Output)
