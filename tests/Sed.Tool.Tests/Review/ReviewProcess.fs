namespace Sed.Tool.Tests.Review

open System
open System.Diagnostics
open System.IO
open Sed.Tool.Tests

/// The program as a process that serves a review.
type ReviewProcess(folder: Folder, arguments: string list) =
    let start =
        ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "seddsl"),
            "review" :: arguments,
            WorkingDirectory = folder.Path "",
            RedirectStandardOutput = true,
            RedirectStandardError = true
        )
    let running = nonNull (Process.Start start)
    let errors = running.StandardError.ReadToEndAsync()

    /// Reads the output up to the address.
    let rec address () =
        match running.StandardOutput.ReadLine() with
        | null -> failwith $"seddsl review ended: {errors.Result}"
        | line when line.StartsWith "http://" -> line.Substring(0, line.IndexOf ' ')
        | _ -> address ()

    let address = address ()

    member _.Address = address

    /// Ends the process without any chance to write.
    member _.Kill() =
        running.Kill()
        running.WaitForExit()

    /// Ends the process by SIGTERM, because programs in the background may ignore Ctrl-C. Returns the exit code and the
    /// rest of the output.
    member _.Stop() =
        use kill = Process.Start("kill", [ "-TERM"; string running.Id ])
        kill.WaitForExit()
        let output = running.StandardOutput.ReadToEnd()
        running.WaitForExit()
        running.ExitCode, output

    member _.Errors = errors.Result

    interface IDisposable with
        member _.Dispose() =
            if not running.HasExited then
                running.Kill()
                running.WaitForExit()
            running.Dispose()
