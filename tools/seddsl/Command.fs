namespace Sed.Tool

open System
open System.ComponentModel
open System.Diagnostics
open System.IO
open System.Threading
open Argu
open Sed.Core.Annotations
open Sed.Core.Corpora
open Sed.Core.Runtime
open Sed.Runner

/// One command of the program.
type Command = {
    Name: string
    /// What the command does, in one line, for the list of commands.
    Summary: string
    /// Example command lines for the help text.
    Examples: string list
    /// Whether the command loads libtorch or a drawing library. The torch-free build does not run these commands.
    NeedsTorch: bool
    /// Runs the command and returns the exit code. The first argument is the command itself; the second one holds the
    /// command-line arguments after the name of the command.
    Run: Command -> string[] -> int
}

module ExitCode =
    [<Literal>]
    let Done = 0

    /// Internal error, or standard output cannot be written.
    [<Literal>]
    let Failed = 1

    /// Invalid input or arguments; standard error gives the place and the cause.
    [<Literal>]
    let BadInput = 2

    /// Some input files were skipped; standard error lists them.
    [<Literal>]
    let Partial = 3

    /// Interrupted by Ctrl-C. The exit code for another signal is 128 plus its number.
    [<Literal>]
    let Interrupted = 130

/// Interruption by Ctrl-C, SIGTERM or SIGHUP.
module Interruption =
    let mutable private signals: StopSignals option = None

    /// Starts to receive signals, for the whole process.
    let start () = signals <- Some(new StopSignals(false))

    /// The token that the first signal cancels. If a command has not requested the token, the signal ends the process.
    let token () =
        match signals with
        | Some signals -> signals.Token
        | None -> CancellationToken.None

    /// The exit code of an interrupted command.
    let code () =
        match signals with
        | Some signals when signals.Code <> 0 -> signals.Code
        | _ -> ExitCode.Interrupted

/// Arguments that the parser (Argu) accepts but that have invalid values or cannot be combined.
exception BadArguments of problems: string list

/// Checks of the paths of output files and folders.
module OutputPath =
    let private nonEmpty (option: string) (path: string) =
        if String.IsNullOrWhiteSpace path || path.Contains '\000' then
            raise (BadArguments [ $"{option}: the path is empty" ])
        path

    /// Returns the path of an output folder. Raises `BadArguments` if the path is empty or names a file. Messages name
    /// `option` as the option that sets the path.
    let folder (option: string) (path: string) =
        if File.Exists(nonEmpty option path) then
            raise (BadArguments [ $"{option} {path}: expected a folder, found a file" ])
        path

    /// Returns the path of an output file. Raises `BadArguments` if the path is empty or names a folder. Messages name
    /// `option` as the option that sets the path.
    let file (option: string) (path: string) =
        if Directory.Exists(nonEmpty option path) then
            raise (BadArguments [ $"{option} {path}: expected a file, found a folder" ])
        path

    /// Raises `BadArguments` for outputs that are also inputs, and for outputs that are given twice. Each output is a
    /// pair of an option and its path; each input is a pair of a description, such as "the model", and a path.
    let protect (outputs: (string * string) seq) (inputs: (string * string) seq) =
        let pairs named =
            seq { for name, path in named -> struct (name, path) }
        match List.ofSeq (FileIdentity.Overwritten(pairs outputs, pairs inputs)) with
        | [] -> ()
        | problems -> raise (BadArguments(List.map string problems))

    /// Writes a file by calling `write` with its path. An existing file is replaced only if it is empty or its first
    /// line is `firstLine`, which identifies files that this command wrote.
    let write (option: string) (path: string) (firstLine: string) (write: string -> unit) =
        if
            File.Exists(file option path)
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

    /// Prints text on standard error. Control characters are shown as "?", because file names may contain escape
    /// sequences.
    let complain (text: string) = eprintfn $"{OneLine.EachOf text}"

    /// Opens a page or file in the browser. If the system cannot start a browser, prints a note with the address, and
    /// the command goes on.
    let openInBrowser (command: string) (address: string) =
        try
            use _ = Process.Start(ProcessStartInfo(address, UseShellExecute = true))
            ()
        with :? Win32Exception ->
            complain
                $"seddsl {command}: --open: the system cannot start a browser; open this address yourself: {address}"

    /// Prints the end of a command's help text.
    let printExamples (command: Command) =
        printfn "EXAMPLES:"
        printfn ""
        for example in command.Examples do
            printfn $"    {example}"

    /// The input problems that an exception reports, one per line; None if the exception is an internal error.
    let problemsOf (error: exn) =
        match error with
        | BadArguments problems -> Some problems
        | :? AnnotationException as problem -> Some(lines problem.Message)
        | :? CorpusException as problem -> Some [ for one in problem.Problems -> string one ]
        | :? NotSupportedException as unsupported -> Some(lines unsupported.Message)
        | :? LockLostException as lost -> Some(lines lost.Message)
        | :? FileNotFoundException as problem -> Some [ $"{problem.FileName}: there is no such file" ]
        | :? ArgumentException as problem when not (isNull problem.ParamName) -> Some(lines (ErrorText.ofInput problem))
        | :? DirectoryNotFoundException as problem -> Some [ problem.Message ]
        | :? IOException
        | :? InvalidDataException
        | :? UnauthorizedAccessException
        | :? ArgumentException
        | :? InvalidOperationException -> Some [ error.Message ]
        | _ -> None

    /// Parses the arguments of a command and runs it. `work` returns the exit code. Invalid input is reported on
    /// standard error, one problem per line, with exit code 2.
    let runToCode<'arguments when 'arguments :> IArgParserTemplate>
        (work: ParseResults<'arguments> -> int)
        (command: Command)
        (arguments: string[])
        =
        let name = command.Name
        let parser =
            ArgumentParser.Create<'arguments>(programName = $"seddsl {name}", checkStructure = false)

        let complainAll problems =
            for problem in problems do
                eprintfn $"seddsl {name}: {OneLine.Of problem}"
            ExitCode.BadInput

        try
            let words, problems = CommandLine.arrange name parser (List.ofArray arguments)
            let words = Array.ofList words
            let numbers = [ for problem in NumberArguments.problems<'arguments> words -> string problem ]
            if Array.contains "--help" words || (problems.IsEmpty && numbers.IsEmpty) then
                work (parser.ParseCommandLine(words, raiseOnUsage = true))
            else
                complainAll (problems @ numbers)
        with
        | :? ArguParseException as help when help.ErrorCode = ErrorCode.HelpText ->
            printfn $"{help.Message}"
            printExamples command
            ExitCode.Done
        | :? ArguParseException as problem ->
            complainAll [ $"{ErrorText.ofParser problem}; 'seddsl {name} --help' lists the options" ]
        | :? OperationCanceledException ->
            eprintfn $"seddsl {name}: interrupted"
            Interruption.code ()
        | :? OutputClosedException -> reraise ()
        | error ->
            match problemsOf error with
            | Some problems -> complainAll problems
            | None ->
                complain $"seddsl {name}: internal error: {error}"
                ExitCode.Failed

    /// As `runToCode`, for work that returns no exit code.
    let run<'arguments when 'arguments :> IArgParserTemplate> work =
        runToCode<'arguments>(fun arguments ->
            work arguments
            ExitCode.Done)
