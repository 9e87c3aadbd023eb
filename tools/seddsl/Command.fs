namespace Sed.Tool

open System
open System.IO
open Argu
open Sed.Core.Annotations
open Sed.Core.Corpora
open Sed.Runner

/// One command of the program.
type Command = {
    Name: string
    /// One line for the list of commands.
    Summary: string
    /// Whether the command loads libtorch or a drawing library. The torch-free build does not run these commands.
    NeedsTorch: bool
    /// Runs the command with the arguments after its name; returns the exit code.
    Run: string[] -> int
}

module ExitCode =
    [<Literal>]
    let Done = 0

    /// Internal error.
    [<Literal>]
    let Failed = 1

    /// Invalid input or arguments; standard error gives the place and the cause.
    [<Literal>]
    let BadInput = 2

    /// Some input files were skipped; standard error lists them.
    [<Literal>]
    let Partial = 3

    /// Interrupted by Ctrl-C.
    [<Literal>]
    let Interrupted = 130

/// Invalid arguments that Argu accepts: bad values and bad combinations.
exception BadArguments of problems: string list

/// Checks of the paths of output files and folders.
module OutputPath =
    let private nonEmpty (option: string) (path: string) =
        if String.IsNullOrWhiteSpace path || path.Contains '\000' then
            raise (BadArguments [ $"{option}: the path is empty" ])
        path

    /// Returns the path of a folder that exists or can be created.
    let folder (option: string) (path: string) =
        if File.Exists(nonEmpty option path) then
            raise (BadArguments [ $"{option} {path}: expected a folder, found a file" ])
        path

    /// Writes a file. An existing file is replaced only if it is empty or starts with the given first line, which identifies
    /// files that this command wrote.
    let write (option: string) (path: string) (firstLine: string) (write: string -> unit) =
        if Directory.Exists(nonEmpty option path) then
            raise (BadArguments [ $"{option} {path}: expected a file, found a folder" ])
        if
            File.Exists path
            && FileInfo(path).Length > 0
            && Seq.tryHead (File.ReadLines path) <> Some firstLine
        then
            raise (
                BadArguments [
                    $"{option} {path}: the file exists and was not written by this command; choose another name"
                ]
            )
        try
            write path
        with
        | :? IOException
        | :? UnauthorizedAccessException as refused ->
            raise (BadArguments [ $"{option} {path}: cannot write the file ({refused.Message.TrimEnd '.'})" ])

module Command =
    let private lines (text: string) =
        List.ofArray (text.Split Environment.NewLine)

    /// The problems with the input, one per line, or None if the error is an internal one.
    let private problemsOf (error: exn) =
        match error with
        | BadArguments problems -> Some problems
        | :? AnnotationException as problem -> Some(lines problem.Message)
        | :? CorpusException as problem -> Some [ for one in problem.Problems -> string one ]
        | :? NotSupportedException as unsupported -> Some(lines unsupported.Message)
        | :? FileNotFoundException as problem -> Some [ $"{problem.FileName}: there is no such file" ]
        // .NET appends the name of a parameter in the source, which means nothing on the command line.
        | :? ArgumentException as problem when not (isNull problem.ParamName) ->
            Some [ problem.Message.Replace($" (Parameter '{problem.ParamName}')", "") ]
        | :? DirectoryNotFoundException as problem -> Some [ problem.Message ]
        | :? IOException
        | :? InvalidDataException
        | :? UnauthorizedAccessException
        | :? ArgumentException
        | :? InvalidOperationException -> Some [ error.Message ]
        | _ -> None

    /// Parses the arguments of a command and runs it. `work` returns the exit code. Invalid input is reported on standard
    /// error, one problem per line, with exit code 2.
    let runToCode<'arguments when 'arguments :> IArgParserTemplate>
        (name: string)
        (work: ParseResults<'arguments> -> int)
        (arguments: string[])
        =
        let parser =
            ArgumentParser.Create<'arguments>(programName = $"seddsl {name}", checkStructure = false)

        try
            match NumberArguments.problems<'arguments> arguments with
            | [] -> work (parser.ParseCommandLine(arguments, raiseOnUsage = true))
            | problems -> raise (BadArguments [ for one in problems -> string one ])
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
                eprintfn $"seddsl {name}: internal error: {error}"
                ExitCode.Failed

    /// The same for work that returns no exit code.
    let run<'arguments when 'arguments :> IArgParserTemplate> (name: string) work =
        runToCode<'arguments> name (fun arguments ->
            work arguments
            ExitCode.Done)
