namespace Sed

open System
open System.Globalization
open System.Text

/// A problem of an experiment: its place, its cause and a remedy.
type Problem = Sed.Core.Runtime.Problem

[<CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module Problem =
    let at place cause remedy = Problem(place, cause, remedy)

    /// Puts `place` in front of the place of a problem.
    let within (place: string) (problem: Problem) = problem.Within place

    let print (problem: Problem) = string problem

    /// A line such as "table2: 3 problems", followed by a line for each problem.
    let printAll (name: string) (problems: Problem list) =
        let count =
            match problems with
            | [ _ ] -> "1 problem"
            | _ -> $"{problems.Length} problems"

        $"{name}: {count}" :: [ for problem in problems -> "  " + print problem ]
        |> String.concat Environment.NewLine

/// Culture-invariant formatting, and checks of names.
module internal Text =
    /// Words as a list in a sentence, for example "a, b and c".
    let andList (words: string list) =
        match List.rev words with
        | [] -> ""
        | [ only ] -> only
        | last :: others -> (others |> List.rev |> String.concat ", ") + " and " + last

    /// The shortest text from which exactly the same number is parsed.
    let number (value: float) =
        value.ToString("R", CultureInfo.InvariantCulture)

    /// A score with three decimals.
    let score (value: float) =
        value.ToString("F3", CultureInfo.InvariantCulture)

    /// A count with its noun, for example "1 row" or "2 rows".
    let count (number: int) what =
        if number = 1 then $"1 {what}" else $"{number} {what}s"

    // Files are named after experiments and profiles, so names must be valid on every file system.
    let private longestName = 100

    let private isNameLetter (letter: char) =
        Char.IsLetterOrDigit letter
        || List.contains (Char.GetUnicodeCategory letter) [
            UnicodeCategory.NonSpacingMark
            UnicodeCategory.SpacingCombiningMark
        ]
        || List.contains letter [ ' '; '-'; '_'; '.' ]

    /// Problems of a name that files are named after.
    let nameProblems place (name: string) = [
        let shown =
            name |> String.map (fun letter -> if Char.IsControl letter then '?' else letter)
        let remedy = "use letters, digits, '-', '_', '.' and spaces, for example `table2`"
        if String.IsNullOrWhiteSpace name then
            Problem.at place "the name is empty" "give a name, for example `table2`; files are named after it"
        elif not (Seq.forall isNameLetter name) then
            Problem.at place $"the name '{shown}' is not valid in file names" remedy
        elif name.Trim() <> name || name.StartsWith '.' || name.EndsWith '.' then
            Problem.at place $"the name '{shown}' starts or ends with a space or a dot" "remove the space or the dot"
        elif Encoding.UTF8.GetByteCount name > longestName then
            Problem.at
                place
                $"the name '{shown.Substring(0, 20)}...' has {Encoding.UTF8.GetByteCount name} bytes"
                $"give at most {longestName} bytes, because files are named after it"
    ]

    /// Problems of a text that is printed in one line.
    let lineProblems place what (text: string) = [
        if String.IsNullOrWhiteSpace text then
            Problem.at place $"{what} is empty" "write at least one character"
        elif Seq.exists Char.IsControl text then
            let shown =
                text |> String.map (fun letter -> if Char.IsControl letter then '?' else letter)
            Problem.at place $"{what} '{shown}' contains line breaks, tabs or other control characters" "remove them"
    ]

    /// A problem for each keyword that is given more than once.
    let keywordsTwice place (declared: string list) = [
        for keyword, times in List.countBy id declared do
            if times > 1 then
                Problem.at place $"`{keyword}` is given {times} times" "keep one of them"
    ]
