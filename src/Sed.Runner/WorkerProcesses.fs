namespace Sed.Runner

open System
open System.Diagnostics

/// Worker processes: each runs the same script or command, started with `--worker`, and trains trials of the same
/// plans. A worker ends when no trial is left or when its standard input closes, so it never outlives the process that
/// started it. A worker that crashes or is killed is restarted. Any process can then take its trial, which resumes from
/// the last epoch. `arguments`: the arguments of this program that all workers have in common; `own`: the additional
/// arguments of each worker. `refused` is called if a worker has a different plan than this process.
type internal WorkerProcesses(arguments: string list, own: string list list, threads: int, refused: unit -> unit) =
    // Maximum number of restarts after crashes.
    let mostRestarts = 20
    let gate = obj ()
    let own = Array.ofList own
    let running = Array.zeroCreate<Process> own.Length
    let mutable restarts = 0
    let mutable hasRefused = false
    let mutable ended = false

    // SIGABRT, SIGKILL and SIGSEGV. Ctrl-C and SIGTERM end a worker with 130 or 143.
    let crashed (worker: Process) =
        List.contains worker.ExitCode [ 134; 137; 139 ]

    let rec start index =
        let info =
            ProcessStartInfo(
                nonNull Environment.ProcessPath,
                arguments @ own[index] @ [ "--worker"; string threads ],
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true
            )
        let worker = nonNull (Process.Start info)
        running[index] <- worker
        worker.Exited.Add(fun _ ->
            lock gate (fun () ->
                if not ended && crashed worker && restarts < mostRestarts then
                    restarts <- restarts + 1
                    start index
                elif worker.ExitCode = WorkerProcesses.OtherPlan && not hasRefused then
                    hasRefused <- true
                    refused ()))
        // A full pipe would block the worker. Failures are stored in the trials' folders.
        worker.OutputDataReceived.Add ignore
        worker.ErrorDataReceived.Add ignore
        worker.BeginOutputReadLine()
        worker.BeginErrorReadLine()
        worker.EnableRaisingEvents <- true

    do lock gate (fun () -> Seq.iter start [ 0 .. own.Length - 1 ])

    static let mainOnly = OptionCases.marked<Arguments, MainProcessAttribute>

    /// The exit code of a worker process or a cluster job whose script has a different plan than the process that
    /// started it.
    static member OtherPlan = 3

    /// The command line without the options that concern the main process only.
    static member Arguments(arguments: string list) =
        let rec without words =
            match words with
            | [] -> []
            | (word: string) :: rest ->
                match Map.tryFind word mainOnly with
                | Some values -> without (List.skip (min values rest.Length) rest)
                | None -> word :: without rest
        without arguments

    interface IDisposable with
        member _.Dispose() =
            lock gate (fun () -> ended <- true)
            for worker in running do
                // The worker stops after its current step. Its trial resumes from the last epoch.
                worker.StandardInput.Close()
                worker.WaitForExit()
                worker.Dispose()
