/// The messages of errors, as commands and scripts print them.
module Sed.Runner.ErrorText

open System
open Argu

/// The error message of the command-line parser, without the help text that follows it and without a full stop.
let ofParser (error: ArguParseException) =
    let first = error.Message.Split('\n').[0].Trim().TrimEnd '.'
    if first.StartsWith("ERROR: ", StringComparison.Ordinal) then
        first.Substring 7
    else
        first

/// The message of an error in the input. .NET appends the name of a parameter of the source code; it is removed,
/// because it means nothing to users.
let ofInput (error: exn) =
    match error with
    | :? ArgumentException as wrong when not (isNull wrong.ParamName) ->
        wrong.Message.Replace($" (Parameter '{wrong.ParamName}')", "")
    | _ -> error.Message
