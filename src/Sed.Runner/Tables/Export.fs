namespace Sed.Runner

open System
open System.Globalization
open System.IO
open Deedle
open Sed
open Sed.Core.Runtime

/// Exports tables and frames as CSV, Markdown, LaTeX or Parquet, according to the file extension.
module Export =
    let private latex (text: string) =
        let escaped (letter: char) =
            match letter with
            | '&'
            | '%'
            | '_'
            | '#'
            | '$'
            | '{'
            | '}' -> $"\\{letter}"
            | '\\' -> "\\textbackslash{}"
            | '~' -> "\\textasciitilde{}"
            | '^' -> "\\textasciicircum{}"
            | '±' -> "$\\pm$"
            | '≈' -> "$\\approx$"
            | '○' -> "$\\circ$"
            | '↓' -> "$\\downarrow$"
            | '*' -> "$\\ast$"
            | letter -> string letter
        text.Trim() |> String.collect escaped

    /// A table for the booktabs package, followed by its notes.
    let private toLatex (table: TableView) =
        let row cells =
            (cells |> List.map latex |> String.concat " & ") + " \\\\"
        let columns =
            table.Headings
            |> List.map (fun heading -> if heading.Number then "r" else "l")
            |> String.concat ""
        [
            "% needs \\usepackage{booktabs}"
            "\\begin{table}"
            "  \\centering"
            $"  \\caption{{{latex table.Title}}}"
            $"  \\begin{{tabular}}{{{columns}}}"
            "    \\toprule"
            "    " + row [ for heading in table.Headings -> heading.Text ]
            "    \\midrule"
            for cells in table.Rows do
                "    " + row cells
            "    \\bottomrule"
            "  \\end{tabular}"
            for note in table.Notes do
                $"  \\par\\footnotesize {latex note}"
            "\\end{table}"
        ]

    let private toMarkdown (table: TableView) =
        let row (cells: string list) =
            let cells = [ for cell in cells -> cell.Trim().Replace("|", "\\|") ]
            "| " + String.concat " | " cells + " |"
        [
            $"**{table.Title}**"
            ""
            row [ for heading in table.Headings -> heading.Text ]
            row [ for heading in table.Headings -> if heading.Number then "---:" else "---" ]
            for cells in table.Rows do
                row cells
            ""
            for note in table.Notes do
                note + "  "
        ]

    let private kinds = [ ".csv"; ".parquet"; ".md"; ".tex" ]

    let private kind (file: string) =
        (Path.GetExtension file |> string).ToLowerInvariant()

    /// Problems of an export file: an unknown extension, a folder, or an invalid path.
    let problems (file: string) = [
        if not (List.contains (kind file) kinds) then
            Problem.at "--export" $"'{file}' has an unknown extension" "use .csv, .parquet, .md or .tex"
        elif Directory.Exists file then
            Problem.at "--export" $"'{file}' is a folder" "name a file"
        else
            yield! Option.toList (OutputPath.problem "--export" file)
    ]

    let private prepare (file: string) =
        match problems file with
        | [] ->
            match Path.GetDirectoryName(Path.GetFullPath file) with
            | null -> ()
            | folder -> Directory.CreateDirectory folder |> ignore
        | found -> invalidArg (nameof file) (Problem.printAll "export" found)

    let private lines (text: string list) =
        String.concat "" [ for line in text -> line + Environment.NewLine ]

    let internal write (file: string) (table: unit -> TableView) (frame: Frame<'row, string>) =
        prepare file
        match kind file with
        | ".csv" ->
            AtomicFile.Write(
                file,
                Action<Stream>(fun stream ->
                    use writer = new StreamWriter(stream, leaveOpen = true)
                    FrameExtensions.SaveCsv(
                        frame,
                        writer,
                        includeRowKeys = not (Seq.contains "row" frame.ColumnKeys),
                        keyNames = [ "row" ],
                        culture = CultureInfo.InvariantCulture
                    ))
            )
        | ".parquet" -> ParquetFile.write file frame
        | ".md" -> AtomicFile.Write(file, lines (toMarkdown (table ())))
        | _ -> AtomicFile.Write(file, lines (toLatex (table ())))

    /// Writes a frame, for example a result of `results` or `compare`.
    let frame (file: string) (frame: Frame<'row, string>) =
        let name = Path.GetFileNameWithoutExtension file |> string
        write file (fun () -> Results.view name frame) frame
