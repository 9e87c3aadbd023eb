namespace Sed.Tool.Tests

open System
open System.IO
open System.Text.Json
open Xunit

/// The output and exit code of a run of the command line.
type Run = {
    ExitCode: int
    Output: string
    Errors: string
}

/// Tests that redirect the console run one at a time.
[<CollectionDefinition("console", DisableParallelization = true)>]
type ConsoleCollection() = class end

/// A temporary folder, deleted on disposal.
type Folder() =
    let path = Directory.CreateTempSubdirectory("sed-tool-").FullName

    member _.Path(name: string) = Path.Combine(path, name)

    /// The folder's path with a trailing separator, as it precedes file names in messages.
    member _.Prefix = path + string Path.DirectorySeparatorChar

    /// Writes a tab-separated list from rows with spaces between fields.
    member this.List(name: string, rows: string list) =
        let text =
            rows |> List.map (fun row -> row.Replace(' ', '\t') + "\n") |> String.concat ""
        Directory.CreateDirectory(Path.GetDirectoryName(this.Path name) |> Unchecked.nonNull)
        |> ignore
        File.WriteAllText(this.Path name, text)
        this.Path name

    member this.Bytes(name: string, bytes: byte[]) =
        File.WriteAllBytes(this.Path name, bytes)
        this.Path name

    interface IDisposable with
        member _.Dispose() = Directory.Delete(path, true)

module Run =
    let seddsl (arguments: string list) =
        let output, errors = Console.Out, Console.Error
        use capturedOutput = new StringWriter()
        use capturedErrors = new StringWriter()
        Console.SetOut capturedOutput
        Console.SetError capturedErrors

        try
            let exitCode = Sed.Tool.Program.run (Array.ofList arguments)

            {
                ExitCode = exitCode
                Output = capturedOutput.ToString()
                Errors = capturedErrors.ToString()
            }
        finally
            Console.SetOut output
            Console.SetError errors

    let evaluate (arguments: string list) = seddsl ("evaluate" :: arguments)

    let json (arguments: string list) =
        let run = evaluate (arguments @ [ "--format"; "json" ])
        Assert.Equal("", run.Errors)
        Assert.Equal(0, run.ExitCode)
        JsonDocument.Parse(run.Output).RootElement

    /// The JSON element at a path of names and indices, for example "segment_based/0/overall".
    let at (path: string) (element: JsonElement) =
        path.Split '/'
        |> Array.fold
            (fun (one: JsonElement) (name: string) ->
                match Int32.TryParse name with
                | true, index when one.ValueKind = JsonValueKind.Array -> one[index]
                | _ -> one.GetProperty name)
            element

    let number path element = (at path element).GetDouble()
