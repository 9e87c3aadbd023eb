namespace Sed.Runner

open System
open System.Diagnostics

/// What is seen while experiments run: one line that changes in a terminal, a line now and then elsewhere. Any thread may
/// show something.
type internal Display() =
    let gate = obj ()
    let live = not Console.IsOutputRedirected
    let clock = Stopwatch.StartNew()
    let mutable shown = 0
    let mutable lastLine = TimeSpan.MinValue
    let quiet = TimeSpan.FromSeconds 10.0

    let clear () =
        if live && shown > 0 then
            Console.Write("\r" + String(' ', shown) + "\r")
            shown <- 0

    let line (text: string) =
        clear ()
        Console.WriteLine text
        lastLine <- clock.Elapsed

    let state (text: string) =
        if live then
            let width =
                (try
                    Console.WindowWidth
                 with _ ->
                     80)
                - 1

            let text =
                if text.Length > width then
                    text.Substring(0, max 0 width)
                else
                    text

            clear ()
            Console.Write text
            shown <- text.Length
        elif lastLine = TimeSpan.MinValue || clock.Elapsed - lastLine > quiet then
            line text

    /// A line that stays.
    member _.Line(text: string) = lock gate (fun () -> line text)

    /// A state that the next one replaces; where nothing can be replaced, it is shown when nothing was for a while.
    member _.State(text: string) = lock gate (fun () -> state text)

    member _.Clear() = lock gate clear

module internal Duration =
    /// For example "45 s", "3 min 20 s" or "2 h 5 min".
    let print (time: TimeSpan) =
        if time.TotalSeconds < 90.0 then
            $"{ceil time.TotalSeconds:F0} s"
        elif time.TotalMinutes < 90.0 then
            $"{int time.TotalMinutes} min {time.Seconds} s"
        else
            $"{int time.TotalHours} h {time.Minutes} min"
