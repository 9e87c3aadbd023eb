namespace Sed.Runner

open System
open System.Globalization
open FSharp.Reflection
open Sed.Core.Runtime

/// Checks that numbers on a command line are in invariant notation. Argu reads 0,2 as 2, because it accepts thousands
/// separators.
module NumberArguments =
    let private isWhole (field: Type) =
        field = typeof<int> || field = typeof<int64> || field = typeof<uint64>

    /// The numeric options of a command. Each name is mapped to whether the option takes a whole number.
    let private options<'arguments> =
        Map [
            for case in FSharpType.GetUnionCases(typeof<'arguments>, true) do
                match case.GetFields() with
                | [| field |] when isWhole field.PropertyType || field.PropertyType = typeof<float> ->
                    OptionCases.word case, isWhole field.PropertyType
                | _ -> ()
        ]

    let private isWholeNumber (text: string) =
        let mutable number = 0L
        NumberText.TryRead(text, &number)
        || UInt64.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, ref 0UL)

    let private isNumber (text: string) =
        let mutable number = 0.0
        NumberText.TryRead(text, &number)

    let private problem (option: string) whole (text: string) =
        let isNumber = if whole then isWholeNumber text else isNumber text
        if isNumber || text.StartsWith("--", StringComparison.Ordinal) then
            None
        else
            let kind = if whole then "whole number" else "number"
            let remedy =
                match NumberText.Remedy text with
                | "" -> ""
                | remedy when not whole -> remedy
                | remedy ->
                    match remedy.Split " or " with
                    | [| _; number |] -> $"write {number}"
                    | _ -> "write a whole number without separators"
            Some(Problem(option, $"'{text}' is not a {kind}", remedy))

    /// Problems of numeric options whose value is not a number in invariant notation, in the order of the command line.
    /// Options without a value are reported by the parser instead.
    let problems<'arguments> (arguments: string seq) =
        let numeric = options<'arguments>
        [
            for option, text in Seq.pairwise arguments do
                match Map.tryFind option numeric with
                | Some whole -> yield! Option.toList (problem option whole text)
                | None -> ()
        ]
