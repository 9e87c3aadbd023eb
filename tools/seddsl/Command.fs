namespace Sed.Tool

open System
open System.IO
open Argu
open Sed.Core.Annotations
open Sed.Core.Corpora

/// One word behind "seddsl": what it does, and how it runs.
type Command = {
    Name: string
    /// One line for the list of commands.
    Summary: string
    /// Whether it computes with torch, or draws: the command line for those who only score has it in name only.
    NeedsTorch: bool
    /// Takes the arguments behind the name and gives the exit code.
    Run: string[] -> int
}

module ExitCode =
    [<Literal>]
    let Done = 0

    /// Something went wrong that is not the input's fault.
    [<Literal>]
    let Failed = 1

    /// The input or the arguments cannot be used; standard error says where and why.
    [<Literal>]
    let BadInput = 2

    /// Some of the input could not be used and was left out; standard error names it.
    [<Literal>]
    let Partly = 3

    /// Stopped by Ctrl-C.
    [<Literal>]
    let Stopped = 130

/// Arguments that Argu accepts but that do not fit together.
exception BadArguments of problems: string list

/// Places that a command line names.
module Place =
    /// A path that names something; the empty one names nothing.
    let named (option: string) (path: string) =
        if String.IsNullOrWhiteSpace path || path.Contains '\000' then
            raise (BadArguments [ $"{option} names nothing; give it a path" ])
        path

    /// A folder that is there or can be made.
    let folder (option: string) (path: string) =
        if File.Exists(named option path) then
            raise (
                BadArguments [
                    $"{option} {path}: this is a file; name a folder, which is made where there is none"
                ]
            )
        path

    /// Writes a file of the command's own kind, known by its first line: a file of another kind is not overwritten.
    let write (option: string) (path: string) (firstLine: string) (write: string -> unit) =
        if Directory.Exists(named option path) then
            raise (BadArguments [ $"{option} {path}: this is a folder; name a file" ])
        if
            File.Exists path
            && FileInfo(path).Length > 0
            && Seq.tryHead (File.ReadLines path) <> Some firstLine
        then
            raise (
                BadArguments [
                    $"{option} {path}: another file has this name, and it is no list that this command wrote; name another one"
                ]
            )
        try
            write path
        with
        | :? IOException
        | :? UnauthorizedAccessException as refused ->
            raise (BadArguments [ $"{option} {path}: it cannot be written ({refused.Message.TrimEnd '.'})" ])

module Command =
    /// Every reason for which input cannot be used, as lines; None for a fault of our own.
    let private problemsOf (error: exn) =
        match error with
        | BadArguments problems -> Some problems
        | :? AnnotationException as problem -> Some [ problem.Message ]
        | :? CorpusException as problem -> Some(List.ofSeq problem.Problems)
        | :? NotSupportedException as unsupported -> Some(List.ofArray (unsupported.Message.Split Environment.NewLine))
        // The framework's own message names no more than the file; ours say what there is instead.
        | :? FileNotFoundException as problem when problem.Message.StartsWith "There are no results" ->
            Some [ problem.Message ]
        | :? FileNotFoundException as problem -> Some [ $"{problem.FileName}: there is no such file" ]
        // What .NET appends names a parameter of the program, which whoever typed the command never saw.
        | :? ArgumentException as problem when not (isNull problem.ParamName) ->
            Some [ problem.Message.Replace($" (Parameter '{problem.ParamName}')", "") ]
        | :? DirectoryNotFoundException as problem -> Some [ problem.Message ]
        | :? IOException
        | :? InvalidDataException
        | :? UnauthorizedAccessException
        | :? ArgumentException
        | :? InvalidOperationException -> Some [ error.Message ]
        | _ -> None

    /// Parses the arguments of a command and runs it, which gives the exit code; bad input becomes lines on standard error and
    /// exit code 2.
    let runToCode<'arguments when 'arguments :> IArgParserTemplate>
        (name: string)
        (work: ParseResults<'arguments> -> int)
        (arguments: string[])
        =
        let parser =
            ArgumentParser.Create<'arguments>(programName = $"seddsl {name}", checkStructure = false)

        try
            work (parser.ParseCommandLine(arguments, raiseOnUsage = true))
        with
        | :? ArguParseException as help when help.ErrorCode = ErrorCode.HelpText ->
            printfn $"{help.Message}"
            ExitCode.Done
        | :? ArguParseException as problem ->
            eprintfn $"{problem.Message}"
            ExitCode.BadInput
        | error ->
            match problemsOf error with
            | Some problems ->
                for problem in problems do
                    eprintfn $"seddsl {name}: {problem}"

                ExitCode.BadInput
            | None ->
                eprintfn $"seddsl {name} failed: {error}"
                ExitCode.Failed

    /// The same of work that is done when it ends.
    let run<'arguments when 'arguments :> IArgParserTemplate> (name: string) work =
        runToCode<'arguments> name (fun arguments ->
            work arguments
            ExitCode.Done)
