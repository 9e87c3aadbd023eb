namespace Sed.Runner

open System
open Sed.Core.Runtime
open Spectre.Console

/// A column heading of a table.
type Heading = {
    Text: string
    /// Whether the column holds numbers, which are right-aligned.
    Number: bool
} with

    static member TextColumn(text: string) = { Text = text; Number = false }
    static member NumberColumn(text: string) = { Text = text; Number = true }

/// A table as text, to be shown in a terminal or a report, or to be exported.
type TableView = {
    Title: string
    Headings: Heading list
    /// One cell for each heading.
    Rows: string list list
    /// Lines below the table.
    Notes: string list
}

/// Shows tables in a terminal.
module internal TableView =
    let private console () =
        let settings = AnsiConsoleSettings(Out = AnsiConsoleOutput Console.Out)
        if Console.IsOutputRedirected then
            settings.Ansi <- AnsiSupport.No
            settings.ColorSystem <- ColorSystemSupport.NoColors
        let console = AnsiConsole.Create settings
        if Console.IsOutputRedirected then
            console.Profile.Width <- 200
        console

    /// The table, without title and notes, as a renderable of Spectre.Console.
    let rendered (view: TableView) =
        let table = Table(Border = TableBorder.Simple)
        for heading in view.Headings do
            let column = TableColumn(Markup.Escape(OneLine.Of heading.Text))
            table.AddColumn(if heading.Number then column.RightAligned() else column)
            |> ignore
        for cells in view.Rows do
            // Spectre.Console trims trailing spaces, but they align numbers without a mark below numbers with a mark.
            table.AddRow [|
                for text in cells -> Markup.Escape((OneLine.Of text).Replace("  ", " \u00a0"))
            |]
            |> ignore
        table

    /// Prints a table with its title and notes.
    let print (view: TableView) =
        let console = console ()
        console.WriteLine()
        console.WriteLine(OneLine.Of view.Title)
        console.Write(rendered view)
        for note in view.Notes do
            console.WriteLine(OneLine.Of note)
