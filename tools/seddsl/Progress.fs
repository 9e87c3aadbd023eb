namespace Sed.Tool

open System
open System.Diagnostics
open Sed.Core.Runtime

/// Progress on standard error: one line that is rewritten in a terminal, otherwise one line every ten seconds.
/// Thread-safe.
type Progress() =
    let interactive = not Console.IsErrorRedirected
    let pause = if interactive then 0.1 else 10.0
    let clock = Stopwatch.StartNew()
    let gate = obj ()
    let mutable lastShown = 0.0
    let mutable width = 0

    let clear () =
        if width > 0 then
            eprintf "\r%s\r" (String(' ', width))
            width <- 0

    /// Shows a line of text if enough time has passed since the last line. Otherwise, the text is not even computed.
    member _.Show(text: unit -> string) =
        lock gate (fun () ->
            if clock.Elapsed.TotalSeconds - lastShown >= pause then
                lastShown <- clock.Elapsed.TotalSeconds

                if interactive then
                    let line = OneLine.Of(text ())
                    clear ()
                    eprintf $"{line}"
                    width <- line.Length
                else
                    eprintfn $"{OneLine.Of(text ())}")

    /// Shows the number of finished items and an estimate of the remaining time.
    member progress.Count (what: string) (finished: int) (total: int) =
        progress.Show(fun () ->
            let seconds = clock.Elapsed.TotalSeconds
            let left = seconds / float (max 1 finished) * float (total - finished)
            $"{what}: {finished} of {total}, {left:F0} s left")

    /// A receiver of the numbers (finished, total), which it shows as `Count` does.
    member progress.Counter what = {
        new IProgress<struct (int * int)> with
            member _.Report(struct (finished, total)) = progress.Count what finished total
    }

    interface IDisposable with
        member _.Dispose() = lock gate clear
