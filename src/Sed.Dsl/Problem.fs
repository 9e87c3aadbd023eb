namespace Sed

open System
open System.Globalization

/// Something in an experiment that cannot be run: where, what, and what to do about it.
type Problem = {
    /// The place as the author of the script would name it, for example "features" or "network, layer 3".
    Place: string
    /// What is wrong there, with the value.
    What: string
    /// What to write instead; empty where the problem says it already.
    Remedy: string
}

module Problem =
    let at place what remedy = {
        Place = place
        What = what
        Remedy = remedy
    }

    /// What the core says: "what; remedy".
    let internal ofSentence place (sentence: string) =
        match sentence.Split("; ", 2) with
        | [| what; remedy |] -> at place what remedy
        | _ -> at place sentence ""

    let print problem =
        if problem.Remedy = "" then
            $"{problem.Place}: {problem.What}"
        else
            $"{problem.Place}: {problem.What}; {problem.Remedy}"

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

    /// Each keyword that was given more than once, as a problem.
    let keywordsTwice place (declared: string list) = [
        for keyword, times in List.countBy id declared do
            if times > 1 then
                Problem.at place $"`{keyword}` is given {times} times" "keep one of them"
    ]
