namespace Sed.Tool.Data

open System
open System.Diagnostics

/// Progress on standard error: one line that changes in a terminal, a line every ten seconds elsewhere. Safe from several threads.
type Progress() =
    let live = not Console.IsErrorRedirected
    let pause = if live then 0.1 else 10.0
    let clock = Stopwatch.StartNew()
    let gate = obj ()
    let mutable told = 0.0
    let mutable shown = 0

    let clear () =
        if shown > 0 then
            eprintf "\r%s\r" (String(' ', shown))
            shown <- 0

    /// Shows a state; it is made only when it is time to show one.
    member _.State(text: unit -> string) =
        lock gate (fun () ->
            if clock.Elapsed.TotalSeconds - told >= pause then
                told <- clock.Elapsed.TotalSeconds

                if live then
                    let line = text ()
                    clear ()
                    eprintf $"{line}"
                    shown <- line.Length
                else
                    eprintfn $"{text ()}")

    /// Shows how many of all are done.
    member progress.Count (what: string) (finished: int) (all: int) =
        progress.State(fun () ->
            let seconds = clock.Elapsed.TotalSeconds
            let left = seconds / float (max 1 finished) * float (all - finished)
            $"{what}: {finished} of {all}, {left:F0} s left")

    interface IDisposable with
        member _.Dispose() = lock gate clear
