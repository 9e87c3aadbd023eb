namespace Sed.Runner

open System
open System.Diagnostics
open System.IO
open System.Threading
open Sed.Core.Runtime
open Spectre.Console
open Spectre.Console.Rendering

/// Shows the progress of a run. In a terminal, it shows a status line, or one line for each running trial and one for
/// the whole run. Otherwise, it prints a line from time to time. Thread-safe.
/// output: receives the lines; None for the console.
type internal Display(output: TextWriter option) =
    let gate = obj ()
    let live = output.IsNone && not Console.IsOutputRedirected
    let clock = Stopwatch.StartNew()
    let mutable shown = 0
    let mutable watching = false
    let mutable below = ""
    let mutable lastLine = TimeSpan.MinValue
    let mutable lastText = ""
    let linesApart = TimeSpan.FromSeconds 10.0
    let refresh = TimeSpan.FromSeconds 0.5

    let clear () =
        if live && shown > 0 then
            Console.Write("\r" + String(' ', shown) + "\r")
            shown <- 0

    let line (text: string) =
        clear ()
        match output with
        | Some output -> output.WriteLine(OneLine.EachOf text)
        // Prints the text above the live lines, which are then redrawn below the text.
        | None when watching -> AnsiConsole.WriteLine(OneLine.EachOf text)
        | None -> Console.WriteLine(OneLine.EachOf text)
        lastLine <- clock.Elapsed
        lastText <- text

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
            Console.Write(OneLine.EachOf text)
            shown <- text.Length
        elif
            lastLine = TimeSpan.MinValue
            || text <> lastText && clock.Elapsed - lastLine > linesApart
        then
            line text

    /// Prints a permanent line.
    member _.Line(text: string) = lock gate (fun () -> line text)

    /// Shows `text` as the status line. If the output is not a terminal, prints `text` as a line, at most every 10 s, and
    /// not again while it stays the same.
    member _.State(text: string) = lock gate (fun () -> state text)

    /// Shows in the status line how many clips have been processed. `what`: the name of the processing step.
    member display.Clips (what: string) (finished: int) (all: int) =
        display.State $"{what}: {finished} of {all} clips"

    member _.Clear() = lock gate clear

    /// Redraws `lines ()` every 0.5 s while `work` runs, and removes these lines afterwards. If there is only one line,
    /// because no trial is being trained, the status line is shown above it. Shows nothing if the output is not a
    /// terminal.
    member _.Watch (lines: unit -> string list) (work: unit -> 'result) : 'result =
        if not live || not AnsiConsole.Profile.Capabilities.Ansi then
            work ()
        else
            lock gate clear
            let rendered () =
                let cropped (text: string) =
                    let width = max 20 (AnsiConsole.Profile.Width - 1)
                    if text.Length > width then
                        text.Substring(0, width - 1) + "…"
                    else
                        text
                let shown =
                    match lines () with
                    | [ last ] when below <> "" -> [ below; last ] // no trial is being trained
                    | lines -> lines
                let text = String.concat "\n" [ for line in shown -> cropped (OneLine.Of line) ]
                Text(text, Style(decoration = Decoration.Dim)) :> IRenderable
            AnsiConsole
                .Live(rendered ())
                .AutoClear(true)
                .Overflow(VerticalOverflow.Ellipsis)
                .Start(fun context ->
                    use ended = new ManualResetEventSlim()
                    let drawing =
                        Thread(
                            (fun () ->
                                while not (ended.Wait refresh) do
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

    /// Shows the progress on the console.
    new() = Display None

module internal Duration =
    /// A duration as text, for example "45 s", "3 min 20 s" or "2 h 5 min".
    let print (time: TimeSpan) =
        if time.TotalSeconds < 90.0 then
            $"{ceil time.TotalSeconds:F0} s"
        elif time.TotalMinutes < 90.0 then
            $"{int time.TotalMinutes} min {time.Seconds} s"
        else
            $"{int time.TotalHours} h {time.Minutes} min"
