/// Tutorials: Markdown pages whose code blocks are run in order, and which show the output of each block.
module Sed.Runner.Tests.Tutorials.Tutorial

open System
open System.IO
open System.Text.RegularExpressions
open Xunit
open Sed.Tests

/// A fenced block: its language, the words after the language, its lines, and where it starts and ends in the page.
type Block = {
    Language: string
    Words: string
    Text: string
    Start: int
    End: int
}

/// The fenced blocks of a page.
let blocks (page: string) : Block list = [
    for found in
        Regex.Matches(page, @"^```(\w*) ?([^\n]*)\n(.*?)^```\n", RegexOptions.Multiline ||| RegexOptions.Singleline) ->
        {
            Language = found.Groups[1].Value
            Words = found.Groups[2].Value
            Text = found.Groups[3].Value
            Start = found.Index
            End = found.Index + found.Length
        }
]

/// The blocks of code that are run.
let code (page: string) : Block list =
    blocks page
    |> List.filter (fun block -> block.Language <> "text" && block.Language <> "")

/// The line that a script prints after block number `index`, so that the output can be divided among the blocks.
let endOf index = $"=== end of block {index} ==="

/// The output of each block.
let divided (count: int) (output: string) : string list =
    let rec parts index (rest: string) =
        if index = count then
            []
        else
            match rest.Split(endOf index + "\n", 2) with
            | [| own; others |] -> own :: parts (index + 1) others
            | _ -> failwith $"Block {index} did not end:\n{rest}"
    parts 0 (output.ReplaceLineEndings "\n")

// Lines that depend on the time of day or the load of the machine.
let private progress =
    Regex(@"^(Mixing|Checking|Training \d|Computing|Reading|trial \d|Report: )")

/// The part of an output that the page shows. All lines except progress; with the word `table`, only the table with its
/// title; with `from "A"`, `until "B"` or both, only the lines from the first one that contains A and before the next one
/// that contains B.
let shown (words: string) (output: string) : string =
    let lines =
        output.Split '\n'
        |> Array.map _.TrimEnd()
        |> Array.filter (progress.IsMatch >> not)
        |> List.ofArray
        |> List.skipWhile ((=) "")
    let given word =
        let found = Regex.Match(words, $"{word} \"([^\"]+)\"")
        if found.Success then Some found.Groups[1].Value else None
    let without (text: string option) (lines: string list) =
        match text with
        | Some text -> lines |> List.skipWhile (fun line -> not (line.Contains text))
        | None -> lines
    let before (text: string option) (lines: string list) =
        match text with
        | Some text -> lines |> List.takeWhile (fun line -> not (line.Contains text))
        | None -> lines
    let table (lines: string list) =
        // A title, headings, a rule, rows, an empty line.
        match lines |> List.tryFindIndex _.Trim().StartsWith("──") with
        | Some rule -> lines[..rule] @ (lines[rule + 1 ..] |> List.takeWhile ((<>) ""))
        | None -> lines
    let lines = lines |> without (given "from") |> before (given "until")
    let lines = if words.Contains "table" then table lines else lines
    (String.concat "\n" lines).TrimEnd()

/// The page with the output of each code block in the blocks `text` that follow it. If a block prints something and no
/// such block follows, one is inserted.
let withOutputs (page: string) (outputs: string list) : string =
    let fence words text =
        let words = if words = "" then "" else " " + words
        $"```text{words}\n{text}\n```\n"
    let code = code page
    let texts = blocks page |> List.filter (fun block -> block.Language = "text")
    let changes = [
        for index, (block, output) in List.indexed (List.zip code outputs) do
            let next =
                if index + 1 < code.Length then
                    code[index + 1].Start
                else
                    page.Length
            match texts |> List.filter (fun text -> text.Start >= block.End && text.Start < next) with
            | [] when shown "" output <> "" -> block.End, block.End, "\n" + fence "" (shown "" output)
            | own ->
                for text in own do
                    text.Start, text.End, fence text.Words (shown text.Words output)
    ]
    List.foldBack
        (fun (start, end', text: string) (page: string) -> page[.. start - 1] + text + page[end'..])
        changes
        page

/// The text without what differs between processors: numbers and the width of columns are replaced by signs, and the
/// marks of tables and the answers in the column "better than constant" are removed.
let masked (page: string) : string =
    let replace (pattern: string) (by: string) text =
        Regex.Replace(text, pattern, by, RegexOptions.Multiline)
    page
    |> replace @"(?<=\d)[ ]+[*≈○?](?= |$)" ""
    |> replace @"(yes|(○ )?no|higher, not significantly)$" ""
    |> replace @"\d+([.,]\d+)*(E[+-]\d+)?" "#"
    |> replace @"-(?=#)" ""
    |> replace @"─+" "─"
    |> replace @"[ ]+" " "

/// The text of a page of `experiments`.
let read (name: string) =
    File.ReadAllText(Repository.path [| "experiments"; name |]).ReplaceLineEndings "\n"

/// Gives a new folder to a function and deletes it afterwards.
let inFolder (run: string -> unit) =
    let folder = Directory.CreateTempSubdirectory("sed-tutorial-").FullName
    try
        run folder
    finally
        Directory.Delete(folder, true)

/// Runs a program to its end. Fails with its output if it fails. Returns its standard output.
let outputOf (folder: string) (variables: (string * string) list) (program: string) (arguments: string list) : string =
    let code, output, errors = Repository.runIn folder variables program arguments
    Assert.True((code = 0), $"exit code {code}\n{output}\n{errors}")
    output

/// Compares the outputs that a page shows with those of a run. `dotnet fsi build.fsx tutorials` sets the environment
/// variable SED_WRITE_TUTORIALS, and the outputs of the run then replace those in the page.
let check (file: string) (outputs: string list) =
    let page = File.ReadAllText(file).ReplaceLineEndings "\n"
    let actual = withOutputs page outputs
    if String.IsNullOrEmpty(Environment.GetEnvironmentVariable "SED_WRITE_TUTORIALS") then
        Assert.Equal(masked page, masked actual)
    else
        File.WriteAllText(file, actual)
