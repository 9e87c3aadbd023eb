namespace Sed.Runner

open System
open System.Runtime.InteropServices
open System.Threading

/// Ctrl-C and SIGTERM ask for an end, and what runs ends in good order; asked a second time, the process just ends.
type internal Stopping() =
    let source = new CancellationTokenSource()
    let mutable code = 0

    let onSignal exitCode =
        Action<PosixSignalContext>(fun signal ->
            if not source.IsCancellationRequested then
                signal.Cancel <- true
                code <- exitCode
                source.Cancel())

    let registrations = [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, onSignal 130)
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, onSignal 143)
    ]

    member _.Token = source.Token

    /// The exit code of a process that was ended so: 128 and the number of the signal.
    member _.Code = code

    interface IDisposable with
        member _.Dispose() =
            for registration in registrations do
                registration.Dispose()
            source.Dispose()
