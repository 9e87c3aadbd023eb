namespace Sed

open System
open System.Globalization
open System.Text

/// Something in an experiment that cannot be run: its place, its cause, and what to do about it.
type Problem = Sed.Core.Runtime.Problem

[<CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module Problem =
    let at place cause remedy = Problem(place, cause, remedy)

    /// The same problem inside a larger place.
    let within (place: string) (problem: Problem) = problem.Within place

    let print (problem: Problem) = string problem

    /// "table2: 3 problems" and a line for each.
    let printAll (name: string) (problems: Problem list) =
        let count =
            match problems with
            | [ _ ] -> "1 problem"
            | _ -> $"{problems.Length} problems"

        $"{name}: {count}" :: [ for problem in problems -> "  " + print problem ]
        |> String.concat Environment.NewLine

/// Numbers as text, the same in every culture.
module internal Text =
    /// The shortest text that reads back as the same number.
    let number (value: float) =
        value.ToString("R", CultureInfo.InvariantCulture)

    /// "1 row", "2 rows".
    let count (number: int) what =
        if number = 1 then $"1 {what}" else $"{number} {what}s"

    // Files are named after experiments and profiles, in every system's file names at once.
    let private longestName = 100

    let private isNameLetter (letter: char) =
        Char.IsLetterOrDigit letter
        || List.contains (Char.GetUnicodeCategory letter) [
            UnicodeCategory.NonSpacingMark
            UnicodeCategory.SpacingCombiningMark
        ]
        || List.contains letter [ ' '; '-'; '_'; '.' ]

    /// What keeps a text from naming files.
    let nameProblems place (name: string) = [
        let shown =
            name |> String.map (fun letter -> if Char.IsControl letter then '?' else letter)
        let remedy =
            "letters, digits, '-', '_', '.' and blanks make a name, for example `table2`"
        if String.IsNullOrWhiteSpace name then
            Problem.at place "the name is empty" "files are named after it: give it one, for example `table2`"
        elif not (Seq.forall isNameLetter name) then
            Problem.at place $"the name '{shown}' cannot name files" remedy
        elif name.Trim() <> name || name.StartsWith '.' || name.EndsWith '.' then
            Problem.at place $"the name '{shown}' starts or ends with a blank or a dot" "take it away"
        elif Encoding.UTF8.GetByteCount name > longestName then
            Problem.at
                place
                $"the name '{shown.Substring(0, 20)}...' has {Encoding.UTF8.GetByteCount name} bytes"
                $"files are named after it: at most {longestName}"
    ]

    /// What keeps a text from standing in a line of a table.
    let lineProblems place what (text: string) = [
        if String.IsNullOrWhiteSpace text then
            Problem.at place $"{what} is empty" "give it a name"
        elif Seq.exists Char.IsControl text then
            let shown =
                text |> String.map (fun letter -> if Char.IsControl letter then '?' else letter)
            Problem.at place $"{what} '{shown}' has line breaks, tabs or other control characters" "leave them out"
    ]

    /// Each keyword that was given more than once, as a problem.
    let keywordsTwice place (declared: string list) = [
        for keyword, times in List.countBy id declared do
            if times > 1 then
                Problem.at place $"`{keyword}` is given {times} times" "keep one of them"
    ]
