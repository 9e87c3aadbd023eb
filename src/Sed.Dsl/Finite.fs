/// Checks that all numbers of an experiment are finite.
module internal Sed.Finite

open System
open System.Collections
open Microsoft.FSharp.Reflection

/// A field name as words: "StrongWeight" as "strong weight".
let private words (name: string) =
    name
    |> String.collect (fun letter ->
        if Char.IsUpper letter then
            $" {Char.ToLower letter}"
        else
            string letter)
    |> _.Trim()

// An unnamed field is called by the name of the value that contains it.
let private named (above: string) (field: Reflection.PropertyInfo) =
    if field.Name.StartsWith("Item", StringComparison.Ordinal) || field.Name = "Value" then
        above
    else
        words field.Name

/// Whether a type is a C# record without a method `Problems`, such as a monitor. Records with this method check their
/// own numbers.
let private isCSharpRecord (kind: Type) =
    not (isNull (kind.GetMethod "<Clone>$")) && isNull (kind.GetMethod "Problems")

let rec private numbers (name: string) (value: obj | null) : (string * float) list =
    match value with
    | null
    | :? string -> []
    | :? float as number -> if Double.IsFinite number then [] else [ name, number ]
    | :? IEnumerable as values -> [ for value in values -> numbers name value ] |> List.concat
    | value ->
        let kind = value.GetType()
        if FSharpType.IsTuple kind then
            FSharpValue.GetTupleFields value |> Array.toList |> List.collect (numbers name)
        elif FSharpType.IsRecord kind then
            FSharpType.GetRecordFields kind
            |> Array.toList
            |> List.collect (fun field -> numbers (named name field) (FSharpValue.GetRecordField(value, field)))
        elif FSharpType.IsUnion kind then
            let case, values = FSharpValue.GetUnionFields(value, kind)
            List.zip (Array.toList (case.GetFields())) (Array.toList values)
            |> List.collect (fun (field, value) -> numbers (named name field) value)
        elif isCSharpRecord kind then
            [
                for field in kind.GetProperties() do
                    if field.CanRead && field.CanWrite then
                        yield! numbers (named name field) (field.GetValue value)
            ]
        else
            []

/// Reports each number in a value that is not finite, except numbers that the problems in `others` already mention.
let problems place (others: Problem list) value = [
    let found = [ for name, number in numbers "" (box value) -> name, Text.number number ]
    let isNamed (name: string) (text: string) (problem: Problem) =
        problem.Cause.Contains text
        && name.Split ' ' |> Array.exists problem.Cause.Contains
    for name, text in List.distinct found do
        if not (List.exists (isNamed name text) others) then
            Problem.at
                (if name = "" then place else $"{place}, {name}")
                $"{text} is not a finite number"
                "give a finite number"
]
