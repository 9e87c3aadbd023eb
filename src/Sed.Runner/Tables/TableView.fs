namespace Sed.Runner

open System
open System.IO
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
    /// The rows, with one cell for each heading.
    Rows: string list list
    /// Lines below the table.
    Notes: string list
    /// The cells (row, column) with the best value of their column.
    Best: Set<int * int>
    /// Indices of the columns that a narrow terminal leaves out, in this order.
    Dispensable: int list
} with

    /// An empty table. It has no bold cells, and all of its columns are always shown.
    static member Plain = {
        Title = ""
        Headings = []
        Rows = []
        Notes = []
        Best = Set.empty
        Dispensable = []
    }

/// Shows tables in a terminal.
module internal TableView =
    /// Minimum width of a text column in characters. A longer word makes the column wider.
    let private narrowestText = 20

    let private words (text: string) = text.Split ' '

    let private longest (texts: string seq) =
        texts |> Seq.map String.length |> Seq.fold max 0

    let private cells (view: TableView) column = [ for row in view.Rows -> row[column] ]

    /// The width of a column without line breaks.
    let private fullWidth (view: TableView) column =
        longest (view.Headings[column].Text :: cells view column)

    /// The smallest width of a column. Numbers are never broken, but the words of their heading can be on several lines.
    let private leastWidth (view: TableView) column =
        let heading = view.Headings[column]
        if heading.Number then
            max (longest (cells view column)) (longest (words heading.Text))
        else
            let texts = view.Headings[column].Text :: cells view column
            min (fullWidth view column) (max narrowestText (longest (Seq.collect words texts)))

    // One space on both sides of each column.
    let private tableWidth (widths: int list) = List.sum widths + 2 * widths.Length + 1

    /// The columns that fit into the given width.
    let private fitting (view: TableView) width =
        let fits columns =
            tableWidth (List.map (leastWidth view) columns) <= width
        let rec leaveOut columns dispensable =
            match dispensable with
            | next :: further when not (fits columns) -> leaveOut (List.except [ next ] columns) further
            | _ -> columns
        leaveOut [ 0 .. view.Headings.Length - 1 ] view.Dispensable

    /// The widths of columns in a terminal. Headings of numbers are broken first; then the widest text column is made
    /// narrower.
    let private widths (view: TableView) columns width =
        let rec narrow (widths: (int * int) list) =
            let excess = tableWidth (List.map snd widths) - width
            let narrowable =
                widths |> List.filter (fun (column, own) -> own > leastWidth view column)
            if excess <= 0 || narrowable.IsEmpty then
                widths
            else
                let isNumber (column, _) = view.Headings[column].Number
                let first =
                    match List.filter isNumber narrowable with
                    | [] -> narrowable
                    | numbers -> numbers
                let widest = first |> List.maxBy snd |> fst
                narrow [
                    for column, own in widths -> column, (if column = widest then own - 1 else own)
                ]
        narrow [ for column in columns -> column, fullWidth view column ]

    /// Breaks a heading between words into lines of at most the given width.
    let private broken width (text: string) =
        let add (lines: string list) (word: string) =
            match lines with
            | last :: others when last.Length + 1 + word.Length <= width -> $"{last} {word}" :: others
            | _ -> word :: lines
        words text |> Array.fold add [] |> List.rev |> String.concat "\n"

    // Spectre.Console trims spaces and breaks lines at them, but they align numbers.
    let private unbroken (text: string) = text.Replace(' ', '\u00a0')

    let private styled (view: TableView) row column (text: string) =
        let text = OneLine.Of text
        let text =
            Markup.Escape(if view.Headings[column].Number then unbroken text else text)
        if view.Best.Contains(row, column) then
            $"[bold]{text}[/]"
        else
            text

    /// The table for a terminal of the given width, without title and notes. The second result is the headings of the
    /// columns that do not fit.
    let private fitted (view: TableView) width =
        let columns = fitting view width
        let table = Table(Border = TableBorder.Simple)
        for column, own in widths view columns width do
            let heading = view.Headings[column]
            let text = OneLine.Of heading.Text
            let shown =
                TableColumn(
                    Markup.Escape(if heading.Number then broken own text else text),
                    Padding = Nullable(Padding(0, 0, 1, 0)),
                    Width = Nullable own
                )
            table.AddColumn(if heading.Number then shown.RightAligned() else shown)
            |> ignore
        for row, texts in List.indexed view.Rows do
            table.AddRow [| for column in columns -> styled view row column texts[column] |]
            |> ignore
        table,
        [
            for column in view.Dispensable |> List.sort do
                if not (List.contains column columns) then
                    view.Headings[column].Text
        ]

    // Output that is not a terminal may be read by a program or in a window of any width.
    let private unlimited = 100_000

    /// The table as text of at most the given width, without colours or trailing spaces. The second result is the headings
    /// of the columns that do not fit.
    let toText (width: int) (view: TableView) =
        use text = new StringWriter()
        let settings =
            AnsiConsoleSettings(
                Out = AnsiConsoleOutput text,
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors
            )
        let console = AnsiConsole.Create settings
        console.Profile.Width <- width
        let table, leftOut = fitted view width
        console.Write table
        let lines =
            (text.ToString().ReplaceLineEndings "\n").Replace('\u00a0', ' ').Split '\n'
            |> Array.map _.TrimEnd()
            |> Array.filter ((<>) "")
        // The border leaves the first column free.
        String.concat Environment.NewLine [
            for line in lines -> if line.StartsWith ' ' then line.Substring 1 else line
        ],
        leftOut

    let private printNotes (console: IAnsiConsole) (notes: string list) =
        for note in notes do
            console.MarkupLine $"[dim]{Markup.Escape(OneLine.Of note)}[/]"

    let private terminal () =
        AnsiConsole.Create(AnsiConsoleSettings(Out = AnsiConsoleOutput Console.Out))

    /// Prints lines below a table. In a terminal, they are broken between words.
    let printLines (lines: string list) =
        if Console.IsOutputRedirected then
            for line in lines do
                Console.WriteLine(OneLine.Of line)
        else
            printNotes (terminal ()) lines

    /// Prints a table with its title and notes. In a terminal, columns that do not fit are left out and named.
    let print (view: TableView) =
        Console.WriteLine()
        if Console.IsOutputRedirected then
            if view.Title <> "" then
                Console.WriteLine(OneLine.Of view.Title)
            Console.WriteLine(fst (toText unlimited view))
            printLines view.Notes
        else
            let console = terminal ()
            if view.Title <> "" then
                console.MarkupLine $"[bold]{Markup.Escape(OneLine.Of view.Title)}[/]"
            let table, leftOut = fitted view console.Profile.Width
            console.Write table
            printNotes console [
                if not leftOut.IsEmpty then
                    let names = leftOut |> List.distinct |> String.concat ", "
                    $"Columns left out, because the terminal is too narrow: {names}. Output that is redirected to a file has all columns."
                yield! view.Notes
            ]
