namespace Sed.Runner

open System
open System.IO

/// The script or command that runs experiments. Its names appear in messages and reports.
type Caller = {
    /// The name in messages: the path of the script, or for example "seddsl train".
    Name: string
    /// The script file that a table belongs to. As long as this file exists, no other script can replace the table. For
    /// a command, the folder of its training data.
    Source: string
    /// The command that repeats the run, for the report.
    Command: string
    /// How to resume an interrupted run, as the start of a sentence: "Run the script again".
    Again: string
    /// Maps the run folder to the arguments that start this program as a worker process. None if workers cannot be
    /// started; one trial is then trained at a time.
    Worker: (string -> string list) option
}

module Caller =
    /// Joins words into a command line, with quotes around those that contain spaces.
    let commandLine (words: string list) =
        let quoted (word: string) =
            if word.Contains ' ' then $"\"{word}\"" else word
        words |> List.map quoted |> String.concat " "

    /// Copies the script to the run folder and returns the path of the copy. Returns the path of the script itself if
    /// it cannot be copied.
    let private copyOf (folder: string) (script: string) =
        try
            ScriptFiles.copy (Path.Combine(folder, "scripts")) script
        with
        | :? IOException
        | :? UnauthorizedAccessException -> script

    /// Whether this process is `dotnet fsi`, which can start workers with the same script.
    let private isInterpreter () =
        match Environment.ProcessPath with
        | null -> false
        | path -> Path.GetFileNameWithoutExtension path = "dotnet"

    /// The caller for a script that `dotnet fsi` runs. `source` is the file that calls `run`: the script itself or a
    /// file that it loads.
    let ofScript (source: string) (script: string) (arguments: string list) : Caller = {
        Name = script
        Source = source
        Command = commandLine ("dotnet" :: "fsi" :: script :: arguments)
        Again = "Run the script again"
        Worker =
            if isInterpreter () then
                Some(fun folder -> "fsi" :: copyOf folder script :: WorkerProcesses.Arguments arguments)
            else
                None
    }
