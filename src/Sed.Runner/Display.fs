namespace Sed.Runner

open System
open System.Diagnostics
open System.Threading
open Spectre.Console
open Spectre.Console.Rendering

/// What is seen while experiments run. In a terminal: a line that changes, or a table that fills with that line below it;
/// elsewhere a line now and then. Any thread may show something.
type internal Display() =
    let gate = obj ()
    let live = not Console.IsOutputRedirected
    let clock = Stopwatch.StartNew()
    let mutable shown = 0
    let mutable watching = false
    let mutable below = ""
    let mutable lastLine = TimeSpan.MinValue
    let quiet = TimeSpan.FromSeconds 10.0
    let oftenEnough = TimeSpan.FromSeconds 0.5

    let clear () =
        if live && shown > 0 then
            Console.Write("\r" + String(' ', shown) + "\r")
            shown <- 0

    let line (text: string) =
        clear ()
        if watching then
            AnsiConsole.WriteLine text // above the table, which is drawn again below it
        else
            Console.WriteLine text
        lastLine <- clock.Elapsed

    let state (text: string) =
        if watching then
            below <- text
        elif live then
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

    /// A table that is drawn in place while something is done, and taken away after it; nothing where it cannot be. Below it
    /// stand the given lines, or where there are none the state.
    member _.Watch (table: unit -> IRenderable) (lines: unit -> string list) (work: unit -> 'result) : 'result =
        if not live || not AnsiConsole.Profile.Capabilities.Ansi then
            work ()
        else
            lock gate clear
            let rendered () =
                let under =
                    match lines () with
                    | [] -> below
                    | several -> String.concat "\n" several
                Rows(table (), Text(under, Style(decoration = Decoration.Dim))) :> IRenderable
            AnsiConsole
                .Live(rendered ())
                .AutoClear(true)
                .Overflow(VerticalOverflow.Ellipsis)
                .Start(fun context ->
                    use ended = new ManualResetEventSlim()
                    let drawing =
                        Thread(
                            (fun () ->
                                while not (ended.Wait oftenEnough) do
                                    context.UpdateTarget(rendered ())),
                            IsBackground = true
                        )
                    watching <- true
                    drawing.Start()
                    try
                        work ()
                    finally
                        ended.Set()
                        drawing.Join()
                        watching <- false
                        below <- "")

module internal Duration =
    /// For example "45 s", "3 min 20 s" or "2 h 5 min".
    let print (time: TimeSpan) =
        if time.TotalSeconds < 90.0 then
            $"{ceil time.TotalSeconds:F0} s"
        elif time.TotalMinutes < 90.0 then
            $"{int time.TotalMinutes} min {time.Seconds} s"
        else
            $"{int time.TotalHours} h {time.Minutes} min"
