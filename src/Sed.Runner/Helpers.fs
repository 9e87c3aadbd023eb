namespace Sed.Runner

open System
open System.Diagnostics
open System.IO

/// Other processes of the same script that train trials of the same plans. They end when they find nothing to do, and with
/// the process that started them, however that ends: then their standard input does. One that is killed is replaced; the
/// trial that it was at goes on in whichever process asks for it next. Each has words of its own on its command line.
type internal Helpers(script: string, arguments: string list, places: string list list, threads: int) =
    // More deaths than these have another cause than somebody who kills processes.
    let mostReplaced = 20
    let gate = obj ()
    let words = Array.ofList places
    let running = Array.zeroCreate<Process> words.Length
    let mutable replaced = 0
    let mutable ended = false

    // Killed, crashed or aborted; what is asked to end by Ctrl-C or SIGTERM gives 130 or 143.
    let died (helper: Process) =
        List.contains helper.ExitCode [ 134; 137; 139 ]

    let rec start place =
        let info =
            ProcessStartInfo(
                nonNull Environment.ProcessPath,
                [ "fsi"; script ] @ arguments @ words[place] @ [ "--worker"; string threads ],
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true
            )
        let helper = nonNull (Process.Start info)
        running[place] <- helper
        helper.Exited.Add(fun _ ->
            lock gate (fun () ->
                if not ended && died helper && replaced < mostReplaced then
                    replaced <- replaced + 1
                    start place))
        // What is not read in time would stop it; failures are kept in the trials' folders.
        helper.OutputDataReceived.Add ignore
        helper.ErrorDataReceived.Add ignore
        helper.BeginOutputReadLine()
        helper.BeginErrorReadLine()
        helper.EnableRaisingEvents <- true

    do lock gate (fun () -> Seq.iter start [ 0 .. words.Length - 1 ])

    // Words that are the first process's own business, with the number of words that follow them.
    static let own =
        Map [
            "--on", 1
            yield! Map.toSeq SlurmOptions.words
            "--jobs", 1
            "--device", 1
            "--export", 1
            "--export-model", 1
            "--report", 0
            "--no-report", 0
            "--no-audio", 0
            "--verify", 0
            "--record", 0
            "--retry-failed", 0
        ]

    /// Whether this process can start others of its script.
    static member Possible =
        match Environment.ProcessPath with
        | null -> false
        | path -> Path.GetFileNameWithoutExtension path = "dotnet"

    /// A command line without what is the first process's own business.
    static member Arguments(arguments: string list) =
        let rec without words =
            match words with
            | [] -> []
            | (word: string) :: rest ->
                match Map.tryFind word own with
                | Some following -> without (List.skip (min following rest.Length) rest)
                | None -> word :: without rest
        without arguments

    interface IDisposable with
        member _.Dispose() =
            lock gate (fun () -> ended <- true)
            for helper in running do
                // It stops after its current step, and what it was at goes on from its last epoch.
                helper.StandardInput.Close()
                helper.WaitForExit()
                helper.Dispose()
