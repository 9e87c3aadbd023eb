namespace Sed.Tool

open System
open System.Collections.Generic
open System.IO
open Argu
open Sed.Core.Runtime

/// Rearranges the words of a command line, so that options may stand before, between and after the other arguments. A
/// misspelt option is an error. After `--`, words that begin with a hyphen are file names.
module internal CommandLine =
    /// The message for an unknown option.
    let private unknown command (names: string seq) (word: string) =
        if Path.Exists word then
            $"there is no option {word}; if {word} is a file, write -- before the file names"
        else
            match Spelling.Nearest(word, names) with
            | null -> $"there is no option {word}; 'seddsl {command} --help' lists the options"
            | nearest -> $"there is no option {word}; did you mean {nearest}?"

    /// Returns the rearranged words and all problems. The arguments that belong to no option come first, then each
    /// option with its values. The parser defines the options and the number of their values.
    let arrange (command: string) (parser: ArgumentParser) (words: string list) : string list * string list =
        let arity = Dictionary<string, int>()
        for case in parser.GetArgumentCases() do
            for name in case.CommandLineNames.Value do
                arity[name] <- case.UnionCaseInfo.GetFields().Length
        for flag in parser.HelpFlags do
            arity[flag] <- 0
        let isOption (word: string) = arity.ContainsKey word
        let takesFiles = parser.GetArgumentCases() |> List.exists _.IsMainCommand
        // The prefix keeps the parser from reading a file name as an option.
        let asFile (word: string) =
            if word.StartsWith '-' then $"./{word}" else word
        let rec read words options others problems =
            match words with
            | [] -> List.rev others @ List.rev options, List.rev problems
            | "--" :: files when takesFiles -> read [] options (List.rev (List.map asFile files) @ others) problems
            | "-h" :: rest -> read ("--help" :: rest) options others problems
            | word :: rest when isOption word ->
                // The parser reports missing values.
                let values = rest |> List.truncate arity[word] |> List.takeWhile (isOption >> not)
                read (List.skip values.Length rest) (List.rev values @ word :: options) others problems
            | word :: rest when word.StartsWith '-' && word.Length > 1 && not (Char.IsDigit word[1]) ->
                match word.Split('=', 2) with
                | [| name; value |] when isOption name && arity[name] = 1 ->
                    read rest (value :: name :: options) others problems
                | _ -> read rest options others (unknown command arity.Keys word :: problems)
            | word :: rest -> read rest options (word :: others) problems
        read words [] [] []
