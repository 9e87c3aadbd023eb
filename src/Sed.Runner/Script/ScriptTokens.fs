/// Splits an F# script into tokens, words and statements. Comments are left out.
module internal Sed.Runner.ScriptTokens

open System
open System.Text.RegularExpressions

type Token = {
    Text: string
    /// Counted from 1.
    Line: int
    /// Counted from 1.
    Column: int
    /// Whether there is no white space before the token.
    IsAttached: bool
} with

    member token.IsName = Char.IsLetter token.Text[0] || token.Text[0] = '_'
    member token.IsNumber = Char.IsDigit token.Text[0]
    member token.IsText = token.Text.EndsWith '"'

let private pattern =
    Regex(
        String.concat "|" [
            @"(?<skip>//[^\n]*|\s+)"
            @"(?<comment>\(\*(?!\)))"
            "\\$*@?\\$?\"\"\"[\\s\\S]*?\"\"\""
            "(?:@\\$?|\\$@)\"(?:[^\"]|\"\")*\""
            "\\$?\"(?:[^\"\\\\]|\\\\[\\s\\S])*\""
            @"'(?:[^'\\\n]|\\[^\n]{1,9}?)'"
            @"``[^`\n]+``"
            @"[\p{L}_][\p{L}\p{N}_']*(?:\.[\p{L}_][\p{L}\p{N}_']*)*"
            @"\d[\d_]*(?:\.(?!\.)\d*)?(?:[eE][+-]?\d+)?[A-Za-z]*(?:<[A-Za-z][^<>\n]*>)?"
            @"[(){}\[\],;]"
            @"[^\s\p{L}\p{N}_(){}\[\],;""']+"
            @"."
        ],
        RegexOptions.ExplicitCapture
    )

/// The index after the comment that starts at `start`. Comments can be nested.
let private endOfComment (text: string) start =
    let rec find depth index =
        if index >= text.Length || depth = 0 then
            index
        elif String.CompareOrdinal(text, index, "(*", 0, 2) = 0 then
            find (depth + 1) (index + 2)
        elif String.CompareOrdinal(text, index, "*)", 0, 2) = 0 then
            find (depth - 1) (index + 2)
        else
            find depth (index + 1)
    find 1 (start + 2)

let tokens (text: string) : Token[] =
    let found = ResizeArray()
    let mutable index = 0
    let mutable line = 1
    let mutable lineStart = 0
    let mutable attached = false
    while index < text.Length do
        let one = pattern.Match(text, index)
        let ending =
            if one.Groups["comment"].Success then
                endOfComment text index
            else
                index + max 1 one.Length
        if one.Groups["comment"].Success || one.Groups["skip"].Success then
            attached <- false
        else
            found.Add {
                Text = one.Value
                Line = line
                Column = index - lineStart + 1
                IsAttached = attached
            }
            attached <- true
        for position in index .. ending - 1 do
            if text[position] = '\n' then
                line <- line + 1
                lineStart <- position + 1
        index <- ending
    found.ToArray()

let private opening = [ "("; "["; "{" ]
let private closing = [ ")"; "]"; "}" ]

/// The index of the bracket that closes the bracket at the index `start`; the last index if there is none.
let closes (tokens: Token[]) start =
    let rec find depth index =
        if index >= tokens.Length then
            tokens.Length - 1
        else
            let depth =
                if List.contains tokens[index].Text opening then depth + 1
                elif List.contains tokens[index].Text closing then depth - 1
                else depth
            if depth = 0 then index else find depth (index + 1)
    find 0 start

/// Splits tokens into words, at white space outside brackets.
let words (tokens: Token[]) : Token[] list =
    let rec collect (word: Token list) index = [
        if index >= tokens.Length then
            if not word.IsEmpty then
                Array.ofList word
        else
            if not (word.IsEmpty || tokens[index].IsAttached) then
                Array.ofList word
            let word = if tokens[index].IsAttached then word else []
            let last =
                if List.contains tokens[index].Text opening then
                    closes tokens index
                else
                    index
            yield! collect (word @ List.ofArray tokens[index..last]) (last + 1)
    ]
    collect [] 0

/// The statements between the braces of a block. They are separated by semicolons, or by lines that are indented no
/// further than the first statement.
let statements (tokens: Token[]) (first: int) (last: int) : Token[] list =
    if first > last then
        []
    else
        let column = tokens[first].Column
        let rec collect start index = [
            if index > last then
                if start <= last then
                    tokens[start..last]
            elif tokens[index].Text = ";" then
                tokens[start .. index - 1]
                yield! collect (index + 1) (index + 1)
            elif
                index > start
                && tokens[index].Line > tokens[index - 1].Line
                && tokens[index].Column <= column
            then
                tokens[start .. index - 1]
                yield! collect index (next index)
            else
                yield! collect start (next index)
        ]
        and next index =
            if List.contains tokens[index].Text opening then
                closes tokens index + 1
            else
                index + 1
        collect first first |> List.filter (Array.isEmpty >> not)
