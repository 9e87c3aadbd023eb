namespace Sed.Runner

open System
open System.Runtime.InteropServices
open System.Threading

/// Turns the first Ctrl-C or SIGTERM into a cancellation, so that the process can end cleanly. A second signal ends the process
/// immediately.
type internal StopSignals() =
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

    /// The exit code after a signal: 128 plus the signal's number. 0 without one.
    member _.Code = code

    interface IDisposable with
        member _.Dispose() =
            for registration in registrations do
                registration.Dispose()
            source.Dispose()
